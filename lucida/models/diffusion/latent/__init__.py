"""Small latent diffusion models that draw points of the shared space: the embedded generator's own parts."""
