"""The embedded encoder: an image tower trained into the space of all-MiniLM-L6-v2."""
