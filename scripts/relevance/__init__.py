"""The parts of ``fit_relevance``: material, models, and what they are measured by."""
