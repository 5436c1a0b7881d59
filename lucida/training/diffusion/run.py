"""A whole run: the autoencoder, its latents, the denoiser, and the folder that ``mini`` is loaded from.

Every part has a folder of its own below the run's and goes on where it was left off.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from lucida.errors import UsageError
from lucida.lazy import require
from lucida.training.diffusion.autoencoder import vae_learner
from lucida.training.diffusion.denoising import denoiser_learner
from lucida.training.diffusion.latents import Latents, keep_latents
from lucida.training.encoder import write_log

if TYPE_CHECKING:
    from lucida.models.protocols import SharedEncoder
    from lucida.training.diffusion.forge import Forge, Parts
    from lucida.training.diffusion.learner import Learner
    from lucida.training.diffusion.perceptual import Perception
    from lucida.training.diffusion.recipe import Recipe
    from lucida.training.diffusion.sources import Source
    from lucida.training.loop import Report

#: The denoiser has at least this share of the minutes, however long the latents took.
_LEAST_SHARE = 0.3
#: Settings of a scheduler that say how noise grows, and what is predicted.
_NOISE = {"num_train_timesteps", "prediction_type", "beta_schedule", "beta_start", "beta_end"}
#: What is usual with the model; ``lucida evaluate generator`` says whether it is good.
_STEPS, _GUIDANCE = 20, 3.0


@dataclass(frozen=True, slots=True)
class Stage:
    """Where a run stands: the part that is worked at, and how far it is, 0..1, in words too."""

    name: str
    progress: float
    remark: str


@dataclass(frozen=True)
class Tools:
    """What a run is given besides its data.

    Attributes:
        forge: builds, writes and reads models.
        encoder: of the shared space.
        perception: compares pictures for the autoencoder; None compares pixels alone.
        observe: hears how far it is.
        device: "cpu" or "cuda".
    """

    forge: Forge
    encoder: SharedEncoder
    perception: Perception | None
    observe: Callable[[Stage], None]
    device: str = "cpu"


def train(
    recipe: Recipe, folder: Path, sources: Sequence[Source], tools: Tools, *, borrowed: Path | None = None
) -> dict[str, Any]:
    """Train a generator from nothing, or go on with a run.

    Args:
        recipe: what it is made of.
        folder: of the run; the result lies in its ``model``.
        sources: pictures and what they show.
        tools: what builds models and encodes pictures.
        borrowed: folder of another run, whose autoencoder and latents are taken, so that denoisers can be compared on
            the same ones; all of the minutes are the denoiser's then.

    Returns:
        The card: what it was trained on, steps, minutes, sizes.

    Raises:
        UsageError: a folder holds a run of another shape, or the sizes do not go into each other.
    """
    recipe.shape.check()
    place = folder if borrowed is None else borrowed
    if borrowed is not None and not (borrowed / "latents").is_dir():
        raise UsageError(f"{borrowed} is no run whose latents could be taken.", "Name the folder of a run.")
    learner = vae_learner(recipe, place / "vae", sources, tools.forge, tools.perception, tools.device)
    if borrowed is None and not (folder / "denoiser").is_dir():
        # Later, with more minutes say, it stays: the denoiser knows its latents.
        learner.run(_observer(folder, "autoencoder", tools))
    vae = learner.settle()
    latents = _latents(recipe, place, sources, tools, vae, {"vae": learner.step}, there=borrowed is not None)
    vae.register_to_config(latents_mean=latents.mean.tolist(), latents_std=latents.std.tolist())
    plane = tools.forge.plane(_means(latents))
    torch = require("torch", "train a generator")
    torch.manual_seed(recipe.seed)
    kind, config = recipe.shape.denoiser_config(latents.vectors.shape[1])
    parts = tools.forge.parts(vae, tools.forge.denoiser(kind, config), recipe.scheduler_config(), plane, {})
    minutes = recipe.minutes
    if borrowed is None:
        minutes = max(minutes * (1 - recipe.vae_share) - latents.seconds / 60, _LEAST_SHARE * minutes)
    return _finish(recipe, folder, sources, tools, parts, latents, minutes, {"vae_steps": learner.step})


def fine_tune(
    recipe: Recipe, folder: Path, sources: Sequence[Source], tools: Tools, start: Parts, *, name: str
) -> dict[str, Any]:
    """Go on with a generator on other pictures: its autoencoder stays, its denoiser learns, all of it.

    Args:
        recipe: its shape has to be the model's; what the model says of its noise goes before the recipe.
        folder: of the run.
        sources: pictures and what they show.
        tools: what builds models and encodes pictures.
        start: the generator.
        name: of it, for the card; latents of another one are made anew.

    Returns:
        The card.

    Raises:
        UsageError: the folder holds a run of another shape.
    """
    vae = start.vae.to(tools.device).eval()
    latents = _latents(recipe, folder, sources, tools, vae, {"from": name})
    config = vae.config
    known = [np.asarray(part, dtype=np.float32) for part in (config.latents_mean, config.latents_std)]
    # The denoiser knows latents by the figures that it was trained with, and those stay.
    latents = Latents(**{**vars(latents), "mean": known[0], "std": known[1]})
    return _finish(recipe, folder, sources, tools, start, latents, recipe.minutes, {"from": name})


def _finish(
    recipe: Recipe,
    folder: Path,
    sources: Sequence[Source],
    tools: Tools,
    parts: Parts,
    latents: Latents,
    minutes: float,
    more: dict[str, Any],
) -> dict[str, Any]:
    """Train the denoiser and write the folder."""
    noise = {name: value for name, value in parts.scheduler.items() if name in _NOISE}
    learner = denoiser_learner(
        recipe, folder / "denoiser", parts.denoiser, noise, latents, parts.plane, tools.forge,
        minutes=minutes, device=tools.device,
    )  # fmt: skip
    usual = {"steps": _STEPS, "guidance_scale": _GUIDANCE}
    settings = {**usual, **parts.settings, "encoder": tools.encoder.fingerprint}

    def write(learner: Learner) -> None:
        """What there is so far can be drawn with while the run goes on."""
        card = {**more, **_card(recipe, sources, learner, latents)}
        with learner.averaged() as denoiser:
            made = tools.forge.parts(parts.vae, denoiser, parts.scheduler, parts.plane, settings)
            tools.forge.write(folder / "model", made, card)

    learner.run(_observer(folder, "denoiser", tools), write)
    write(learner)
    return {**more, **_card(recipe, sources, learner, latents)}


def _latents(
    recipe: Recipe,
    folder: Path,
    sources: Sequence[Source],
    tools: Tools,
    vae: Any,
    stamp: dict[str, Any],
    *,
    there: bool = False,
) -> Latents:
    def progress(done: int, total: int) -> None:
        tools.observe(Stage("latents", done / total, f"{done} of {total} pictures"))

    return keep_latents(
        folder / "latents", sources, vae, tools.encoder,
        side=recipe.shape.side, most=recipe.pictures, seed=recipe.seed, stamp=stamp, device=tools.device,
        bfloat16=recipe.bfloat16, there=there, progress=progress,
    )  # fmt: skip


def _means(latents: Latents) -> np.ndarray[Any, Any]:
    """The mean of texts and the mean of pictures, as often as each is shown: float64 (2, d)."""
    texts = latents.weights @ np.asarray(latents.texts[latents.first], dtype=np.float64)
    pictures = latents.weights @ np.asarray(latents.vectors, dtype=np.float64)
    return np.stack([texts, pictures])


def _observer(folder: Path, name: str, tools: Tools) -> Callable[[Report], None]:
    def observe(report: Report) -> None:
        losses = " ".join(f"{what} {value:.4f}" for what, value in report.losses.items())
        tools.observe(Stage(name, report.progress, f"step {report.step} · {report.rate:.0f} pictures/s · {losses}"))
        row = {"stage": name, "step": report.step, "progress": report.progress, "rate": report.rate}
        write_log(folder, {**row, **report.losses})

    return observe


def _card(recipe: Recipe, sources: Sequence[Source], learner: Learner, latents: Latents) -> dict[str, Any]:
    return {
        "sets": [
            {"name": one.name, "share": one.ingredient.share, "pictures": len(one.rows), "kept_out": len(one.kept),
             "source": one.packed.card.source, "licence": one.packed.card.licence}
            for one in sources
        ],
        "pictures": len(latents.vectors),
        "texts": len(latents.texts),
        "steps": learner.step,
        "minutes": round(recipe.minutes, 2),
        "latents_minutes": round(latents.seconds / 60, 2),
        "denoiser_parameters": sum(one.numel() for one in learner.network.parameters()),
        "recipe": json.loads(json.dumps(asdict(recipe))),
    }  # fmt: skip
