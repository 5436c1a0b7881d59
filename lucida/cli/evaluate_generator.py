"""``lucida evaluate generator``: how well a generator of pictures draws what it is asked for."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lucida.cli.options import AsJson
from lucida.cli.output import out, print_json
from lucida.cli.run_bar import RunBar
from lucida.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lucida.models.protocols.drawing import Generator
    from lucida.query.evaluation.drawing import DrawingReport, Reference, Sample

#: Columns of the sheet, and suspects that are shown on it.
_COLUMNS, _SHOWN = 8, 8


def generator(
    spec: Annotated[
        str,
        typer.Argument(metavar="MODEL", help="mini, diffusers:ID_OR_FOLDER, or the folder of a trained one."),
    ],
    data: Annotated[
        list[Path],
        typer.Option("--data", metavar="SETS", help="Folder of packed sets (lucida train data); repeatable."),
    ],
    prompts: Annotated[int, typer.Option("--prompts", min=1, help="Prompts, about.")] = 100,
    each: Annotated[int, typer.Option("--each", min=1, help="Drawings of each.")] = 4,
    pictures: Annotated[
        int, typer.Option("--pictures", min=2, help="Held-out pictures, at most; ten times as many trained ones.")
    ] = 1000,
    size: Annotated[int, typer.Option("--size", min=16, help="Side at which pictures are compared, in pixels.")] = 64,
    steps: Annotated[int | None, typer.Option("--steps", min=1, help="Of the denoiser; the model's own.")] = None,
    guidance: Annotated[float | None, typer.Option("--guidance", min=0.0, help="Scale; the model's own.")] = None,
    scheduler: Annotated[str | None, typer.Option("--scheduler", metavar="NAME", help="The model's own.")] = None,
    clock: Annotated[bool, typer.Option("--time/--no-time", help="Take the time at 10, 20 and 50 steps.")] = True,
    sheet: Annotated[
        Path | None, typer.Option("--sheet", metavar="FILE", help="Write a sheet of drawings here (PNG, JPEG, WebP).")
    ] = None,
    card: Annotated[
        Path | None, typer.Option("--card", metavar="FILE", help="Write the figures as a part of a model card here.")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="Of prompts, drawings and resampling.")] = 0,
    as_json: AsJson = False,
) -> int:
    """Measure a generator of pictures on prompts in words that it was not trained with.

    Agreement, KID and memory are taken over the vectors of mini, Lucida's own encoder: compare them with figures of the
    same encoder alone. Beside each figure stands that of real pictures.
    """
    from lucida.models.mini.encoder import Mini
    from lucida.query.contact_sheet import check_sheet_path
    from lucida.query.evaluation.drawing import draw_all, measure, timed
    from lucida.training.diffusion.held_out import reference
    from lucida.training.diffusion.sources import sources

    check_sheet_path(sheet)
    model = _named(spec)
    given = reference(sources(data), prompts=prompts, pictures=pictures, side=size, seed=seed)
    if not given.kept:
        raise UsageError("No picture of these sets is kept for measuring.", "Give larger sets, of 50 pictures or more.")
    wanted = {"num_inference_steps": steps, "guidance_scale": guidance, "scheduler": scheduler}
    settings = {name: value for name, value in wanted.items() if value is not None}
    with RunBar("Drawing", each * len(given.prompts)) as advance:
        samples = draw_all(model, given.prompts, each, settings, seed=seed, progress=advance)
    seconds = timed(model, given.prompts[0]) if clock else {}
    report = measure(model, Mini(), given, samples, seconds=seconds, settings=settings, seed=seed)
    if sheet is not None:
        _draw_sheet(sheet, given, samples, report)
    if card is not None:
        _write(card, _card(report))
    if as_json:
        print_json(report.to_json())
    else:
        out().print(report.to_markdown(), markup=False)
    return int(ExitCode.DONE)


def _named(spec: str) -> Generator:
    """The generator, by its spec or as a folder."""
    from lucida.models.mini.drawer import Drawer
    from lucida.models.registry import load_generator

    place = Path(spec).expanduser()
    return Drawer(place) if place.is_dir() else load_generator(spec)


def _draw_sheet(path: Path, given: Reference, samples: Sequence[Sample], report: DrawingReport) -> None:
    """The first drawing of each prompt, and those that are near to a training picture beside it."""
    from lucida.query.contact_sheet import Group, grouped_sheet, save_sheet

    first = {sample.prompt: sample for sample in reversed(samples)}
    drawn = [(sample.image, given.prompts[number]) for number, sample in sorted(first.items())]
    near = [
        (image, caption)
        for row, seen in report.memory.suspects[:_SHOWN]
        for image, caption in ((samples[row].image, "drawn"), (given.seen[seen], "trained on"))
    ]
    groups = [Group("Drawn", drawn), *([Group("Near to training pictures", near)] if near else [])]
    save_sheet(grouped_sheet(groups, columns=_COLUMNS, title=report.spec, cell_px=120), path)


def _card(report: DrawingReport) -> str:
    command = shlex.join(["lucida", *sys.argv[1:]])
    return f"`{report.fingerprint}`, by\n\n```console\n$ {command}\n```\n\n{report.to_markdown()}"


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}.", "Check the path.") from error
