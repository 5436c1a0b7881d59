"""Data for training: pictures with captions, drawn here or decoded from elsewhere, as packed sets."""
