"""Pictures by diffusion, through diffusers' own pipelines and schedulers."""
