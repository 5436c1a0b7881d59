"""A small generator learns four colours: training and drawing mean the same by noise, latents and conditions."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from lucida.models.diffusion.latent.forge import Forge
from lucida.models.mini.drawer import Drawer
from lucida.models.protocols.drawing import DrawRequest, Guide
from lucida.training.diffusion import autoencoder
from lucida.training.diffusion.denoising import denoiser_learner
from lucida.training.diffusion.latents import keep_latents
from lucida.training.diffusion.recipe import Recipe
from lucida.training.diffusion.sources import Source

COLOURS = {"red": (220, 30, 30), "green": (30, 180, 40), "blue": (40, 60, 220), "white": (240, 240, 240)}


@pytest.mark.slow
def test_it_draws_what_it_was_taught(
    found: list[Source], recipe: Recipe, space: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(autoencoder, "_WHOLE_FROM", 0.0)  # an even square says nothing of itself but by its borders
    recipe = replace(
        recipe, shape=replace(recipe.shape, denoiser="dit"), minutes=1e9, batch=16, average=0.98, rate=2e-3,
        schedule="scaled_linear", target="epsilon",
    )  # fmt: skip
    forge = Forge()
    sources = found[:1]
    learner = autoencoder.vae_learner(recipe, tmp_path / "vae", sources, forge, None, "cpu")
    vae = _taught(learner, 300)
    latents = keep_latents(tmp_path / "latents", sources, vae, space, side=16, most=200, seed=1, stamp={})
    vae.register_to_config(latents_mean=latents.mean.tolist(), latents_std=latents.std.tolist())
    means = np.stack([np.asarray(rows, dtype=float).mean(axis=0) for rows in (latents.texts, latents.vectors)])
    plane = forge.plane(means)
    torch.manual_seed(1)
    network = forge.denoiser(*recipe.shape.denoiser_config(384))
    learner = denoiser_learner(
        recipe, tmp_path / "denoiser", network, recipe.noise_config(), latents, plane, forge, minutes=1e9, device="cpu"
    )
    parts = forge.parts(vae, _taught(learner, 400), recipe.scheduler_config(), plane, {"guidance_scale": 2.0})
    forge.write(tmp_path / "model", parts, {})
    drawer = Drawer(tmp_path / "model", "mini?dtype=float32&device=cpu", space)
    for name, colour in COLOURS.items():
        shown = Image.new("RGB", (9, 9), colour)
        for request in (DrawRequest(name), DrawRequest(guides=(Guide(shown),)), DrawRequest(name, scheduler="ddim")):
            drawn = np.asarray(drawer.draw(replace(request, num_inference_steps=12)).images[0]).mean(axis=(0, 1))
            far = {other: np.abs(drawn - value).sum() for other, value in COLOURS.items()}
            assert min(far, key=lambda other: far[other]) == name, (request, far)


def _taught(learner: Any, steps: int) -> Any:
    learner.seconds = 60 * learner.lesson.minutes * 0.05  # past the warm-up
    for _ in range(steps):
        learner.advance()
    return learner.settle()
