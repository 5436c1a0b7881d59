"""Vision-language models: those of transformers on this machine, and those that a server speaks for."""
