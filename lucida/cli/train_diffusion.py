"""``lucida train diffusion``: the embedded generator, by its recipe or on one's own pictures."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lucida.cli.options import AsJson
from lucida.cli.output import err, out, print_json
from lucida.cli.run_bar import RunBar
from lucida.cli.stage_bar import StageBar
from lucida.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from lucida.training.alignment import Debt
    from lucida.training.diffusion.recipe import Recipe
    from lucida.training.diffusion.run import Stage, Tools


class Denoiser(StrEnum):
    """Kinds of denoisers."""

    UNET = "unet"
    DIT = "dit"


class Target(StrEnum):
    """What a denoiser predicts."""

    EPSILON = "epsilon"
    SAMPLE = "sample"
    V = "v"


class Noise(StrEnum):
    """How noise grows."""

    LINEAR = "linear"
    SCALED = "scaled-linear"
    COSINE = "cosine"


#: Gentler than from nothing: what it knows of the rest of the world should stay.
_TUNING_RATE = 1e-4


def diffusion(
    folder: Annotated[Path, typer.Argument(metavar="RUN", help="Folder of the run; an interrupted run goes on.")],
    data: Annotated[
        list[Path] | None,
        typer.Option("--data", metavar="SETS", help="Folder of packed sets (lucida train data); repeatable."),
    ] = None,
    start: Annotated[
        str | None, typer.Option("--from", metavar="MODEL", help="Generator to go on with: mini, or its folder.")
    ] = None,
    items: Annotated[
        Path | None,
        typer.Option("--items", help="With --from: your own pictures with captions; a folder, archives or parquet."),
    ] = None,
    latents_of: Annotated[
        Path | None,
        typer.Option("--latents-of", metavar="RUN", help="With --data: take another run's autoencoder and latents."),
    ] = None,
    minutes: Annotated[float, typer.Option("--minutes", min=0.01, help="Length of the run.")] = 90.0,
    denoiser: Annotated[Denoiser, typer.Option("--denoiser", help="Convolutions or a transformer.")] = Denoiser.UNET,
    target: Annotated[
        Target, typer.Option("--target", help="What it predicts: the noise, the picture, or v.")
    ] = Target.V,
    noise: Annotated[Noise, typer.Option("--noise", help="How noise grows.")] = Noise.COSINE,
    min_snr: Annotated[
        float, typer.Option("--min-snr", min=0.0, help="Bound of a noise level's weight; 0 weighs all alike.")
    ] = 5.0,
    size: Annotated[int, typer.Option("--size", min=16, help="Side of the pictures in pixels.")] = 64,
    pictures: Annotated[int, typer.Option("--pictures", min=1, help="Pictures to learn from, at most.")] = 80_000,
    batch: Annotated[int, typer.Option("--batch", min=1, help="Pictures per step.")] = 64,
    learning_rate: Annotated[
        float | None, typer.Option("--learning-rate", min=0.0, help="Of the denoiser, at its greatest.")
    ] = None,
    lora: Annotated[
        bool, typer.Option("--lora", help="With --from diffusers:MODEL and --items: train low-rank weights for it.")
    ] = False,
    rank: Annotated[int, typer.Option("--rank", min=1, help="Of the low-rank weights.")] = 8,
    force: Annotated[bool, typer.Option("--force", help="Train on pairs whose captions were judged unfit.")] = False,
    seed: Annotated[int, typer.Option("--seed", help="Of everything random.")] = 1,
    as_json: AsJson = False,
) -> int:
    """Train a small generator of pictures, or go on with one on your own pictures.

    It draws points of the space that texts and pictures share. The result is a folder, RUN/model, in the form of
    diffusers, which LUCIDA_MINI_GENERATOR makes the generator mini.
    """
    from lucida.training.diffusion.recipe import Recipe, Shape

    if (data is None) == (items is None) or (items is not None and start is None):
        raise UsageError(
            "There is nothing to train on, or too much.",
            "Give --data for the recipe, or --from mini and --items for your own pictures.",
        )
    if data is not None and start is not None:
        raise UsageError("A recipe begins with nothing.", "Give --items with --from, or --data without it.")
    if lora:
        from lucida.cli.train_lora import train_low_rank

        return train_low_rank(folder, start, items, minutes, rank, learning_rate, seed, force=force, as_json=as_json)
    if start is not None and start.startswith("diffusers:"):
        raise UsageError(f"{start} is trained by low-rank weights alone.", "Say --lora.")
    predicted: Any = {Target.V: "v_prediction"}.get(target, str(target))
    recipe = Recipe(
        shape=Shape(side=size, denoiser=denoiser.value), minutes=minutes, target=predicted,
        schedule=noise.value.replace("-", "_"), min_snr=min_snr, pictures=pictures, batch=batch, seed=seed,  # type: ignore[arg-type]
        rate=learning_rate or (Recipe().rate if items is None else _TUNING_RATE), bfloat16=_bfloat16(),
    )  # fmt: skip
    if items is not None:
        return _tune(recipe, folder, start or "mini", items, force=force, as_json=as_json)
    from lucida.training.diffusion.run import train
    from lucida.training.diffusion.sources import sources

    found = sources(data or ())
    with StageBar() as observe:
        card = train(recipe, folder, found, _tools(observe, perceives=True), borrowed=latents_of)
    return _told(folder, card, data, as_json=as_json)


def _tune(recipe: Recipe, folder: Path, start: str, items: Path, *, force: bool, as_json: bool) -> int:
    """Fine-tuning: read the pairs, judge them, train."""
    from dataclasses import replace

    from lucida.training.adapt import prepare
    from lucida.training.diffusion.recipe import Shape
    from lucida.training.diffusion.run import fine_tune
    from lucida.training.diffusion.tuning import own_source
    from lucida.training.pairs import read_pairs

    with StageBar() as observe:
        tools = _tools(observe, perceives=False)
        base = _folder_of(start)
        parts = tools.forge.load(base)
        pairs = list(read_pairs(items))
        folder.mkdir(parents=True, exist_ok=True)
        with RunBar("Reading", len(pairs)) as advance:
            prepared = prepare(pairs, folder / "pairs", tools.encoder, advance)
        judge(prepared.debt, force=force)
        shape = Shape(side=int(parts.vae.config.sample_size), vae_widths=tuple(parts.vae.config.block_out_channels))
        source = own_source(prepared.packed)
        recipe = replace(recipe, shape=shape, batch=min(recipe.batch, max(8, len(source.rows))))
        card = fine_tune(recipe, folder, [source], tools, parts, name=_name_of(base))
    return _told(folder, card, None, as_json=as_json)


def judge(debt: Debt, *, force: bool) -> None:
    """Say what is wrong with pairs, and refuse those whose captions do not fit, unless forced.

    Raises:
        UsageError: they do not fit.
    """
    for remark in (*debt.reasons, *debt.remarks):
        err().print(remark, markup=False)
    if debt.reasons and not force:
        raise UsageError(
            "The captions do not fit the pictures well enough to learn from.", "Mend them, or say --force."
        )


def _tools(observe: Callable[[Stage], None], *, perceives: bool) -> Tools:
    """What builds and encodes; chosen here, since training chooses no back ends."""
    from lucida.models.devices import choose
    from lucida.models.diffusion.latent.forge import Forge
    from lucida.models.mini import files
    from lucida.models.mini.encoder import Mini
    from lucida.models.mini.tower import build
    from lucida.training.diffusion.perceptual import Perception
    from lucida.training.diffusion.run import Tools

    device = "cuda" if choose().device.startswith("cuda") else "cpu"
    tower = files.read(files.find())
    trunk = getattr(build(tower), "trunk", None) if perceives else None
    seen = hasattr(trunk, "stem") and hasattr(trunk, "stages")
    perception = Perception(trunk, tower.mean, tower.std, device) if seen else None
    return Tools(Forge(), Mini(), perception, observe, device)


def _bfloat16() -> bool:
    from lucida.models.devices import choose

    return choose().dtype == "bf16"


def _folder_of(model: str) -> Path:
    """Where the generator lies that is gone on with."""
    from lucida.models.mini import drawer

    if model != drawer.SPEC:
        return Path(model).expanduser()
    return drawer.load().folder


def _name_of(folder: Path) -> str:
    from lucida.models.mini.drawer import Drawer

    return Drawer(folder).fingerprint


def _told(folder: Path, card: dict[str, Any], data: list[Path] | None, *, as_json: bool) -> int:
    made = folder / "model"
    size = sum(path.stat().st_size for path in made.rglob("*") if path.is_file())
    if as_json:
        print_json({"steps": card["steps"], "model": str(made), "bytes": size})
        return int(ExitCode.DONE)
    out().print(f"Trained for {card['steps']} steps. The model: {made}, {size / 1e6:.1f} MB", soft_wrap=True)
    out().print(f"Make it mini with: export LUCIDA_MINI_GENERATOR={made}", soft_wrap=True, markup=False)
    if data:
        out().print(f"Measure it with: lucida evaluate generator {made} --data {data[0]}", soft_wrap=True, markup=False)
    return int(ExitCode.DONE)
