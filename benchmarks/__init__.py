"""Speed and memory, each as a ratio against a named peer measured in the same run. Start with ``make bench``."""
