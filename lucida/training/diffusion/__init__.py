"""The recipe of the embedded generator: an autoencoder, its latents on disk, and a denoiser of them."""
