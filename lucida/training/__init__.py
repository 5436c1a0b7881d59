"""Training the embedded models: data sets, objectives, loops, checkpoints."""
