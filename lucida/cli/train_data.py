"""``lucida train data``: the packed sets that the embedded encoder's recipe is trained on."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lucida.cli.options import AsJson
from lucida.cli.output import err, out, print_json
from lucida.errors import ExitCode


def register_data(train: typer.Typer) -> None:
    """Add the command to ``lucida train``."""
    train.command()(data)


def data(
    folder: Annotated[Path, typer.Argument(metavar="OUT", help="Where the sets go; an interrupted run goes on.")],
    emoji: Annotated[
        Path | None, typer.Option("--emoji", help="Folder in which the npm packages of drawings were installed.")
    ] = None,
    photographs: Annotated[
        Path | None, typer.Option("--photographs", help="Folder of folders of parquet files with labelled pictures.")
    ] = None,
    scenes: Annotated[int, typer.Option("--scenes", min=0, help="Scenes to draw.")] = 15_000,
    sheets: Annotated[int, typer.Option("--sheets", min=0, help="Pages and charts to draw.")] = 8_000,
    hold_out: Annotated[
        list[str] | None,
        typer.Option("--hold-out", help="Family of art styles that scenes must not show; repeatable."),
    ] = None,
    only: Annotated[list[str] | None, typer.Option("--only", help="Name of a set to make; repeatable.")] = None,
    side: Annotated[int, typer.Option("--side", min=16, help="Width and height of scenes and sheets, in pixels.")] = 96,
    seed: Annotated[int, typer.Option("--seed", help="Of everything that is drawn.")] = 7,
    workers: Annotated[int, typer.Option("--workers", min=1, help="Processes that draw.")] = 2,
    as_json: AsJson = False,
) -> int:
    """Make the packed sets that the recipe of the embedded encoder is trained on.

    Scenes, pages and charts are drawn. With --emoji, pictograms are rendered from npm packages and a font, and stand in
    the scenes too. With --photographs, folders of parquet files are read. docs/train.md says how to get them.
    """
    from lucida.training.data.collection import Ingredients, make_sets

    given = Ingredients(
        emoji, photographs, scenes, sheets, tuple(hold_out or ()), seed, only=tuple(only or ()), side=side
    )
    last = {"line": ""}

    def progress(name: str, done: int, total: int) -> None:
        line = f"{name}: {done * 10 // total * 10}%"
        if line != last["line"]:
            err().print(line, markup=False)
            last["line"] = line

    made = make_sets(folder, given, workers=workers, progress=progress)
    if as_json:
        sets = [{"name": one.name, "pictures": len(one.packed), "concepts": len(one.packed.card.concepts),
                 "styles": list(one.packed.card.styles), "was_there": one.was_there} for one in made]  # fmt: skip
        print_json({"folder": str(folder), "sets": sets})
    else:
        for one in made:
            known = "was there" if one.was_there else "made"
            out().print(f"{one.name}: {len(one.packed)} pictures of {len(one.packed.card.concepts)} concepts, {known}.")
        out().print(f"Train on them with: lucida train encoder RUN --data {folder}", soft_wrap=True, markup=False)
    return int(ExitCode.DONE)
