"""``lucida train``, and ``train encoder``: the embedded encoder's recipe, its adaptation to one's own pictures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lucida.cli.options import AsJson
from lucida.cli.output import err, out, print_json
from lucida.cli.run_bar import RunBar
from lucida.cli.train_data import register_data
from lucida.cli.train_diffusion import diffusion
from lucida.cli.train_reader import reader
from lucida.cli.train_vlm import vlm
from lucida.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from lucida.training.alignment import Debt
    from lucida.training.encoder import Report, Trainer

#: Lines of each kind of complaint that are shown; the report file has all.
_SHOWN = 5

train = typer.Typer(name="train", help="Train the embedded models, or adapt them to your own data.")


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    register_data(train)
    train.command()(reader)
    train.command()(vlm)
    train.command()(diffusion)
    app.add_typer(train)


@train.callback()
def _group() -> None:
    """Train the embedded models, or adapt them to your own data."""


@train.command()
def encoder(
    folder: Annotated[Path, typer.Argument(metavar="RUN", help="Folder of the run; an interrupted run goes on.")],
    pairs: Annotated[
        Path | None,
        typer.Option("--pairs", help="Your own pictures with captions: a folder, WebDataset archives or parquet."),
    ] = None,
    data: Annotated[
        Path | None, typer.Option("--data", help="Packed sets of the recipe, as lucida train data makes them.")
    ] = None,
    minutes: Annotated[float, typer.Option("--minutes", min=0.01, help="Length of the run.")] = 20.0,
    rate: Annotated[
        float,
        typer.Option("--rate", min=0.0, help="With --data: greatest learning rate; less for a tower that has learned."),
    ] = 0.2,
    start: Annotated[
        Path | None, typer.Option("--start", help="Folder of a tower to begin with; with --pairs the present mini.")
    ] = None,
    hold_out: Annotated[
        list[str] | None, typer.Option("--hold-out", help="Family of art styles kept for measuring; repeatable.")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="Of everything random.")] = 1,
    check: Annotated[bool, typer.Option("--check", help="Judge the pairs and stop.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Train on pairs that were judged unfit.")] = False,
    as_json: AsJson = False,
) -> int:
    """Train an image tower into the space of the text encoder.

    With --pairs the embedded tower is adapted to your own pictures, after a check whether captions fit them. With
    --data it is trained by the recipe of the tower that is shipped. The result is a folder that --encoder and
    lucida models switch take as openclip:local-dir:RUN/tower.
    """
    if (pairs is None) == (data is None):
        raise UsageError("There is nothing to train on, or too much.", "Give either --pairs or --data.")
    if pairs is not None:
        return _adapt(folder, pairs, minutes, start, seed, check=check, force=force, as_json=as_json)
    assert data is not None
    from lucida.models.registry import load_text_encoder
    from lucida.training.encoder import Recipe
    from lucida.training.recipe import mini_trainer
    from lucida.training.schedule import Schedule

    recipe = Recipe(minutes=minutes, seed=seed, schedule=Schedule(peak_rate=rate))
    text = load_text_encoder("minilm")
    weights = None if start is None else start / "model.safetensors"
    trainer = mini_trainer(data, folder, text, recipe, start=weights, held_out=hold_out or ())
    return _run(trainer, folder, as_json=as_json)


def _adapt(
    folder: Path,
    place: Path,
    minutes: float,
    start: Path | None,
    seed: int,
    *,
    check: bool,
    force: bool,
    as_json: bool,
) -> int:
    from lucida.models.mini import files
    from lucida.models.mini.encoder import Mini
    from lucida.training.adapt import adapt, prepare
    from lucida.training.pairs import read_pairs

    base = files.read(start or files.find())
    present = Mini(base.folder)
    found = list(read_pairs(place))
    folder.mkdir(parents=True, exist_ok=True)
    with RunBar("Reading", len(found)) as advance:
        prepared = prepare(found, folder / "pairs", present, advance)
    report = folder / "alignment.json"
    _write_json(report, prepared.debt.to_json())
    unfit = bool(prepared.debt.reasons)
    if not as_json:
        _show(prepared.debt, report)
    if check or (unfit and not force):
        if as_json:
            print_json({"trained": False, "alignment": prepared.debt.to_json()})
        if unfit and not check:
            err().print("Nothing was trained. Mend the data, or say --force.")
        return int(ExitCode.SOME_FILES_FAILED if unfit else ExitCode.DONE)
    trainer = adapt(prepared, base.weights, folder, present, minutes, seed)
    return _run(trainer, folder, as_json=as_json, more={"alignment": prepared.debt.to_json()})


def _run(trainer: Trainer, folder: Path, *, as_json: bool, more: dict[str, Any] | None = None) -> int:
    from lucida.models.mini.export import save_tower
    from lucida.training.encoder import MEAN, SIDE, STD, write_log

    if trainer.step:
        err().print(f"Going on from step {trainer.step} ({trainer.progress:.0%} of the run).")
    with RunBar("Training", 1000) as advance:

        def observe(report: Report) -> None:
            advance(round(1000 * report.progress), 1000, _line(report))
            write_log(folder, {"step": report.step, "progress": report.progress, "rate": report.rate, **report.losses})

        trainer.run(observe)
    recipe = trainer.recipe
    tower = folder / "tower"
    save_tower(
        tower,
        trainer.mean_tower.state_dict(),
        architecture=recipe.architecture,
        image_size=SIDE,
        mean=MEAN,
        std=STD,
        resize_mode="squash",
    )
    if as_json:
        print_json({"trained": True, "steps": trainer.step, "tower": str(tower), **(more or {})})
    else:
        out().print(f"Trained for {trainer.step} steps. The tower: {tower}", soft_wrap=True)
        out().print(f"Use it with: lucida models switch openclip:local-dir:{tower}", soft_wrap=True, markup=False)
    return int(ExitCode.DONE)


def _line(report: Report) -> str:
    losses = " ".join(f"{name} {value:.2f}" for name, value in report.losses.items())
    return f"step {report.step} · {report.rate:.0f} pictures/s · {losses}"


def _show(debt: Debt, report: Path) -> None:
    console = err()
    console.print(f"{debt.pairs} pairs, {len(debt.broken)} unreadable, {len(debt.suspects)} suspect.", markup=False)
    for reason in debt.reasons:
        console.print(f"Unfit: {reason}", style="bold red", markup=False)
    for remark in debt.remarks:
        console.print(remark, markup=False)
    for suspect in debt.suspects[:_SHOWN]:
        console.print(f"  {suspect.name}: {suspect.caption!r}; {suspect.better!r} fits better.", markup=False)
    for name, reason in debt.broken[:_SHOWN]:
        console.print(f"  {name}: {reason}", markup=False)
    console.print(f"All of it: {report}", markup=False, soft_wrap=True)


def _write_json(path: Path, document: dict[str, Any]) -> None:
    import json

    path.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
