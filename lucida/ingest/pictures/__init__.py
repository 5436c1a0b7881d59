"""Picture files: decoded within limits, turned upright, read when they are pages of text."""
