"""The denoiser's part of a run: noisy latents and what is known of the picture, to noise, picture or velocity."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from lucida.lazy import require
from lucida.training.diffusion.learner import Learner, Lesson, layout

if TYPE_CHECKING:
    import torch
    from numpy.typing import NDArray

    from lucida.training.diffusion.forge import Forge, Plane
    from lucida.training.diffusion.latents import Latents
    from lucida.training.diffusion.recipe import Recipe


def denoiser_learner(
    recipe: Recipe,
    folder: Path,
    network: Any,
    noise: Mapping[str, Any],
    latents: Latents,
    plane: Plane,
    forge: Forge,
    *,
    minutes: float,
    device: str,
) -> Learner:
    """The denoiser's run, begun or gone on with.

    Args:
        recipe: of the whole.
        folder: of this part.
        network: the denoiser, new or one that has learned.
        noise: settings of its noise, as diffusers' schedulers have them.
        latents: what it learns from.
        plane: makes conditions of vectors.
        forge: calls it.
        minutes: of this part.
        device: "cpu" or "cuda".

    Raises:
        UsageError: the folder holds a run of another shape.
    """
    network = _quick(network.to(device).to(memory_format=layout(device)).train(), device)
    config = {name: value for name, value in network.config.items() if not name.startswith("_")}
    own: dict[str, Any] = {"config": repr(sorted(config.items())), "noise": dict(noise), "seed": recipe.seed}
    lesson = Lesson(
        minutes, recipe.rate, recipe.batch, recipe.average, recipe.weight_decay, recipe.save_minutes, own
    )  # fmt: skip
    return Learner(network, lesson, folder, _Loss(recipe, network, noise, latents, plane, forge, device))


class Conditions:
    """Draws what a denoiser is told of pictures: a text's point of the space, the picture's own, or a mixture.

    Args:
        recipe: how often which.
        latents: texts and pictures.
        plane: brings both to one form.
    """

    def __init__(self, recipe: Recipe, latents: Latents, plane: Plane) -> None:
        self._recipe, self._latents, self._plane = recipe, latents, plane
        self._texts = plane.conditions(latents.texts)

    def drawn(self, rows: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.float32]:
        """Conditions for pictures.

        Args:
            rows: (n,), of the pictures.
            rng: of everything that is drawn.

        Returns:
            float32 (n, d), rows of length √d, or zeros where nothing is told.
        """
        recipe, latents, many = self._recipe, self._latents, len(rows)
        texts = self._texts[latents.first[rows] + (rng.random(many) * latents.count[rows]).astype(np.int64)]
        pictures = self._plane.conditions(latents.vectors[rows])
        sort, weight = rng.random(many), rng.random(many)
        weight[sort < recipe.by_text] = 0.0
        weight[(sort >= recipe.by_text) & (sort < recipe.by_text + recipe.by_picture)] = 1.0
        mixed = texts * (1 - weight[:, None]) + pictures * weight[:, None]
        mixed = _long(mixed) + recipe.blur * rng.normal(size=mixed.shape) * rng.random((many, 1))
        return np.where(rng.random((many, 1)) < recipe.drop, 0.0, _long(mixed)).astype(np.float32)


class _Loss:
    def __init__(
        self,
        recipe: Recipe,
        network: Any,
        noise: Mapping[str, Any],
        latents: Latents,
        plane: Plane,
        forge: Forge,
        device: str,
    ) -> None:
        import torch

        self._recipe, self._network, self._latents, self._forge, self._device = recipe, network, latents, forge, device
        self._conditions = Conditions(recipe, latents, plane)
        known = {name: value for name, value in noise.items() if not name.startswith("_")}
        self._noise = require("diffusers", "train a generator").DDPMScheduler.from_config(known)
        self._weights = level_weights(self._noise.alphas_cumprod, str(noise["prediction_type"]), recipe.min_snr)
        self._shift, self._scale = (torch.from_numpy(part).view(1, -1, 1, 1) for part in (latents.mean, latents.std))
        # Rows are drawn by their weights: where on the line from 0 to 1 a number falls says which.
        self._ends = np.cumsum(latents.weights)

    def __call__(self, step: int) -> dict[str, torch.Tensor]:
        import torch

        recipe, target = self._recipe, self._noise.config.prediction_type
        rng = np.random.default_rng((recipe.seed, step))
        rows = np.sort(np.searchsorted(self._ends[:-1], rng.random(recipe.batch), side="right"))
        clean = (torch.from_numpy(self._latents.latents[rows].astype(np.float32)) - self._shift) / self._scale
        conditions = torch.from_numpy(self._conditions.drawn(rows, rng)).to(self._device)
        generator = torch.Generator().manual_seed(recipe.seed * 1_000_003 + step)
        times = _spread(recipe.batch, int(self._noise.config.num_train_timesteps), generator)
        noise = torch.randn(clean.shape, generator=generator)
        noisy = self._noise.add_noise(clean, noise, times)
        wanted = {"epsilon": noise, "sample": clean}.get(target)
        wanted = self._noise.get_velocity(clean, noise, times) if wanted is None else wanted
        noisy = noisy.to(self._device).contiguous(memory_format=layout(self._device))
        with torch.autocast(self._device, dtype=torch.bfloat16, enabled=recipe.bfloat16):
            said = self._forge.predict(self._network, noisy, times.to(self._device), conditions)
        each = (said.float() - wanted.to(self._device)).pow(2).mean(dim=(1, 2, 3))
        return {"noise": (each * self._weights[times].to(self._device)).mean()}


def _quick(network: Any, device: str) -> Any:
    """On a processor, learning takes three quarters of the time with diffusers' plain attention in place of torch's."""
    if device == "cpu" and hasattr(network, "set_attn_processor"):
        plain = require("diffusers.models.attention_processor", "train a generator").AttnProcessor
        network.set_attn_processor(plain())
    return network


def level_weights(kept: torch.Tensor, target: str, min_snr: float) -> torch.Tensor:
    """How much the loss at each noise level counts: min(SNR, gamma), in terms of what is predicted.

    Args:
        kept: float (t,), share of the picture's variance that is left at each level.
        target: "epsilon", "sample" or "v_prediction".
        min_snr: gamma; 0 weighs all alike.

    Returns:
        float32 (t,).
    """
    import torch

    if not min_snr:
        return torch.ones(len(kept))
    ratio = (kept / (1 - kept)).float()
    bounded = ratio.clamp(max=min_snr)
    # The distance of the picture is that of the noise times 1 / SNR, and that of the velocity times 1 / (SNR + 1).
    per = {"epsilon": ratio, "sample": torch.ones_like(ratio), "v_prediction": ratio + 1}[target]
    return bounded / per.clamp(min=1e-8)


def _spread(count: int, times: int, generator: torch.Generator) -> torch.Tensor:
    """Noise levels for a batch, evenly over all of them: as random ones, with less chance in the loss (Kingma et al.,
    "Variational Diffusion Models", 2021, section 4.3).
    """
    import torch

    places = (torch.arange(count) + torch.rand(1, generator=generator)) / count
    order = torch.randperm(count, generator=generator)
    levels: torch.Tensor = (places[order] * times).long().clamp(max=times - 1)
    return levels


def _long(rows: NDArray[np.floating[Any]]) -> NDArray[np.floating[Any]]:
    """Rows at the length of a condition."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    scaled: NDArray[np.floating[Any]] = np.sqrt(rows.shape[1]) * rows / np.maximum(lengths, 1e-6)
    return scaled
