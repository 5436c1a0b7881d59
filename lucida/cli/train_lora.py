"""``lucida train diffusion --lora``: low-rank weights for a model of diffusers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from lucida.cli.output import out, print_json
from lucida.cli.run_bar import RunBar
from lucida.cli.train_diffusion import judge
from lucida.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from lucida.training.loop import Report


def train_low_rank(
    folder: Path,
    start: str | None,
    items: Path | None,
    minutes: float,
    rank: int,
    rate: float | None,
    seed: int,
    *,
    force: bool,
    as_json: bool,
) -> int:
    """Train a LoRA on people's own pictures; see ``lucida train diffusion``."""
    from dataclasses import replace

    from lucida.models.mini.encoder import Mini
    from lucida.training.adapt import prepare
    from lucida.training.diffusion.lora import LoraRecipe, train_lora
    from lucida.training.encoder import write_log
    from lucida.training.pairs import read_pairs

    if start is None or items is None or not start.startswith("diffusers:"):
        raise UsageError("Low-rank weights are trained for a model of diffusers.", "Give --from diffusers:... --items.")
    pairs = list(read_pairs(items))
    folder.mkdir(parents=True, exist_ok=True)
    with RunBar("Reading", len(pairs)) as advance:
        judge(prepare(pairs, folder / "pairs", Mini(), advance).debt, force=force)
    recipe = LoraRecipe(rank=rank, minutes=minutes, seed=seed)
    recipe = recipe if rate is None else replace(recipe, rate=rate)
    with RunBar("Training", 1000) as advance:

        def observe(report: Report) -> None:
            advance(round(1000 * report.progress), 1000, f"step {report.step} · {report.rate:.1f} pictures/s")
            write_log(folder, {"step": report.step, "progress": report.progress, **report.losses})

        made = train_lora(_pipeline(start), pairs, folder, recipe, observe)
    if as_json:
        print_json({"lora": str(made), "bytes": sum(path.stat().st_size for path in made.iterdir())})
    else:
        joined = "&" if "?" in start else "?"
        out().print(f"Draw with it by: --model '{start}{joined}lora={made}'", soft_wrap=True, markup=False)
    return int(ExitCode.DONE)


def _pipeline(spec: str) -> Any:
    """The pipeline in float32: low-rank weights are too small for fewer bits."""
    from lucida.models.devices import choose
    from lucida.models.diffusion.files import find, read
    from lucida.models.diffusion.loading import load_pipeline
    from lucida.models.diffusion.options import read as read_options

    options = read_options(spec)
    return load_pipeline(read(find(options.model)), choose(options.device, "fp32"), options)
