"""``lucida generate augment``: retrieved pictures, changed as cameras and people change them, with their boxes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lucida.cli.generate_options import SPLITS, Formats, Key, Sign, Splits, Suffix, identity_of, names_in
from lucida.cli.options import AsJson, LibraryDir, PathGlob
from lucida.cli.output import err, out, plural, print_json, short_path
from lucida.cli.run_bar import RunBar
from lucida.errors import ExitCode

if TYPE_CHECKING:
    from lucida.library.augmenting import Augmented


def augment(
    target: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder of the dataset; a run there goes on.")],
    query: Annotated[str, typer.Argument(metavar="[QUERY]", help="Which pictures; without it, all that fit.")] = "",
    like: Annotated[
        list[int] | None, typer.Option("--like", metavar="ID", help="Picture by its id; repeatable.")
    ] = None,
    classes: Annotated[
        str | None,
        typer.Option("--classes", metavar="WORDS", help='Classes that pictures show, e.g. "cat,sailing boat".'),
    ] = None,
    top_k: Annotated[int, typer.Option("-k", "--top-k", min=1, help="Most pictures, of each class.")] = 100,
    per_item: Annotated[int, typer.Option("--per-item", min=1, help="Augmented pictures of each.")] = 4,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Of the changes.")] = 0,
    preset: Annotated[str, typer.Option("--preset", metavar="NAME", help="gentle or strong.")] = "gentle",
    only: Annotated[
        str,
        typer.Option(
            "--only",
            metavar="NAMES",
            help="Just these changes: flip, rotate, perspective, crop, colour, grey, blur, noise, jpeg.",
        ),
    ] = "",
    label: Annotated[str, typer.Option("--label", metavar="WORD", help="Class of the pictures (default: QUERY).")] = "",
    originals: Annotated[
        bool, typer.Option("--originals/--no-originals", help="Whether the pictures themselves are in the dataset.")
    ] = True,
    max_side: Annotated[int, typer.Option("--max-side", min=16, help="Larger pictures become so large, px.")] = 1024,
    formats: Formats = None,
    splits: Splits = SPLITS,
    suffix: Suffix = "png",
    sign: Sign = None,
    key: Key = None,
    path: PathGlob = None,
    library: LibraryDir = None,
    as_json: AsJson = False,
) -> int:
    """Change retrieved pictures by chance, their boxes with them, and write a dataset.

    Boxes are those of a YOLO or COCO file beside a picture, else the regions that were read on it. A run that was
    interrupted goes on when the same command is given again.
    """
    from lucida.generate.augment.operations import Changes
    from lucida.generate.augment.run import AugmentRequest
    from lucida.generate.making.splits import parse_shares
    from lucida.library import Library

    request = AugmentRequest(Changes(preset, names_in(only)), per_item, seed, max_side, originals, f".{suffix}")
    shares = parse_shares(splits)
    with Library.open(library, create=False) as opened, RunBar("Augmenting", 1) as told:
        made = opened.generate_augmented(
            request,
            target,
            query=query,
            like=like or (),
            classes=names_in(classes or ""),
            path=path,
            top_k=top_k,
            label=label,
            formats=formats or ("imagefolder",),
            shares=shares,
            sign=identity_of(sign, key),
            told=told,
        )
    _report(made, as_json=as_json)
    return int(ExitCode.SOME_FILES_FAILED if made.failed else ExitCode.DONE)


def _report(made: Augmented, *, as_json: bool) -> None:
    if as_json:
        print_json(made.to_json())
    else:
        count = sum(len(row["samples"]) for row in made.rows)
        out().print(f"{plural(len(made.rows) - len(made.failed), 'picture')}, {count:,} augmented")
        for name in ("examples.png", "README.md", "manifest.json"):
            out().print(f"{name}: {short_path(str(made.folder / name))}")
    for note in made.notes:
        err().print(f"note: {note}", style="yellow", markup=False)
    for row in made.failed:
        err().print(f"failed: item {row['item']}: {row['error']} {row['advice']}", style="red", markup=False)
