"""Finding files, telling what they are, and refusing what would do harm."""
