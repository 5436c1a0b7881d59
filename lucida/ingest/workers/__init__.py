"""Processes that read files ahead of whoever consumes the results."""
