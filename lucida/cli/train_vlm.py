"""``lucida train vlm``: the embedded vision-language model, by its recipe."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lucida.cli.options import AsJson
from lucida.cli.output import err, out, print_json
from lucida.cli.run_bar import RunBar
from lucida.errors import ExitCode

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lucida.training.loop import Report
    from lucida.training.vlm.feed import Share
    from lucida.training.vlm.trainer import Trainer

Data = Annotated[
    list[Path],
    typer.Option("--data", metavar="SETS", help="Folder of packed sets, as lucida train data makes them; repeatable."),
]
HoldOut = Annotated[
    list[str] | None,
    typer.Option("--hold-out", help="Family of art styles kept for measuring; repeatable; twemoji if not given."),
]

Papers = Annotated[
    list[Path] | None,
    typer.Option(
        "--papers",
        metavar="FOLDER",
        help="Papers that lucida generate documents drew, as a further source; repeatable.",
    ),
]


def vlm(
    folder: Annotated[Path, typer.Argument(metavar="RUN", help="Folder of the run; an interrupted run goes on.")],
    data: Data,
    minutes: Annotated[float, typer.Option("--minutes", min=0.01, help="Length of the run.")] = 90.0,
    start: Annotated[
        Path | None, typer.Option("--start", metavar="TOWER", help="Folder of the eye; the present mini if not given.")
    ] = None,
    hold_out: HoldOut = None,
    papers: Papers = None,
    batch: Annotated[int, typer.Option("--batch", min=1, help="Conversations per step.")] = 128,
    learning_rate: Annotated[float | None, typer.Option("--learning-rate", min=0.0, help="At its greatest.")] = None,
    seed: Annotated[int, typer.Option("--seed", help="Of everything random.")] = 1,
    as_json: AsJson = False,
) -> int:
    """Train a small vision-language model on the eye of mini.

    It learns to say what is in a picture, colours, counts, places and kinds of pages, and to call for reading where
    letters are asked for. The result is a folder, RUN/model, which hf:RUN/model loads.
    """
    from dataclasses import replace

    from lucida.models.mini import files
    from lucida.models.minilm import MiniLM
    from lucida.models.vlm.chat import Chat
    from lucida.training.vlm.beginning import Space
    from lucida.training.vlm.building import Eye
    from lucida.training.vlm.recipe import HELD_OUT, sources, vlm_trainer
    from lucida.training.vlm.template import TEMPLATE
    from lucida.training.vlm.trainer import Recipe

    recipe = Recipe(minutes=minutes, batch=batch, seed=seed)
    if learning_rate is not None:
        recipe = replace(recipe, schedule=replace(recipe.schedule, peak_rate=learning_rate))
    tower = files.read(start or files.find())
    eye = Eye(str(tower.vision.get("timm_model_name")), tower.weights, tower.mean, tower.std)
    shares = sources(data, hold_out or HELD_OUT, papers or ())
    space = Space(eye.head(), MiniLM().encode_texts)
    trainer = vlm_trainer(shares, folder, recipe, eye, lambda processor: Chat(processor, TEMPLATE, str(folder)), space)
    _run(trainer, folder)
    made = folder / "model"
    trainer.save(made, {"sources": _shares(shares), "held_out": list(hold_out or HELD_OUT)})
    size = sum(path.stat().st_size for path in made.iterdir())
    if as_json:
        print_json({"steps": trainer.step, "model": str(made), "bytes": size})
    else:
        out().print(f"Trained for {trainer.step} steps. The model: {made}, {size / 1e6:.1f} MB", soft_wrap=True)
        told = f"Measure it with: lucida evaluate vlm hf:{made} --data {data[0]}"
        out().print(told, soft_wrap=True, markup=False)
    return int(ExitCode.DONE)


def _run(trainer: Trainer, folder: Path) -> None:
    from lucida.training.encoder import write_log

    if trainer.step:
        err().print(f"Going on from step {trainer.step} ({trainer.progress:.0%} of the run).")
    with RunBar("Training", 1000) as advance:

        def observe(report: Report) -> None:
            losses = " ".join(f"{name} {value:.2f}" for name, value in report.losses.items())
            remark = f"step {report.step} · {report.rate:.0f} conversations/s · {losses}"
            advance(round(1000 * report.progress), 1000, remark)
            write_log(folder, {"step": report.step, "progress": report.progress, "rate": report.rate, **report.losses})

        trainer.run(observe)


def _shares(shares: Mapping[str, Share]) -> dict[str, list[float]]:
    return {name: [share.begin, share.end] for name, share in shares.items()}
