"""``lucida duplicates``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lucida.cli.options import AsJson, LibraryDir, PathGlob
from lucida.cli.output import err, out, plural, print_json, short_path, size_of
from lucida.errors import ExitCode, LucidaError

if TYPE_CHECKING:
    from PIL.Image import Image

    from lucida.library import Library
    from lucida.query.duplicates import Copy, DuplicateGroup

#: Pictures on one sheet; more are not looked at, and take minutes to draw.
_MOST_SHOWN = 240


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.command()(duplicates)


def duplicates(
    library: LibraryDir = None,
    kind: Annotated[
        list[str] | None,
        typer.Option("--kind", metavar="KIND", help="Only this kind: exact, near or alike; repeatable."),
    ] = None,
    path: PathGlob = None,
    alike: Annotated[
        float | None,
        typer.Option(
            "--alike",
            min=0.0,
            max=1.0,
            help="How close look-alikes are: 0 as any two pictures, 1 the same (default 0.8).",
        ),
    ] = None,
    sheet: Annotated[
        Path | None, typer.Option("--sheet", metavar="OUT.png", help="Draw the groups on a contact sheet.")
    ] = None,
    as_json: AsJson = False,
) -> int:
    """Find files and pictures that are there more than once. Nothing is deleted.

    Exact copies have the same bytes or the same pixels. Near copies are one picture scaled, recompressed, a little
    cropped or retouched. Look-alikes are close in meaning alone, as the shots of a burst are.
    """
    from lucida.cli.counter import Counter
    from lucida.library import Library
    from lucida.query.contact_sheet import check_sheet_path

    check_sheet_path(sheet)
    with Library.open(library, create=False) as opened:
        kinds = tuple(kind or ("exact", "near", "alike"))
        with Counter("Comparing", "pairs") as count:
            groups = opened.duplicates(kinds=kinds, path=path, alike=alike, on_compared=count)
        if as_json:
            print_json({"groups": [group.to_json() for group in groups], "summary": _summary(groups, kinds)})
        else:
            _print(groups, kinds)
        if sheet is not None:
            _draw(opened, groups, sheet)
    return int(ExitCode.DONE)


def _summary(groups: Sequence[DuplicateGroup], kinds: Sequence[str]) -> dict[str, Any]:
    from lucida.query.duplicates import spare_bytes

    rows = {}
    for kind in kinds:
        own = [group for group in groups if group.kind == kind]
        copies = sum(len(group.copies) for group in own)
        rows[kind] = {"groups": len(own), "copies": copies, "freed_bytes": spare_bytes(own)}
    return rows


def _print(groups: Sequence[DuplicateGroup], kinds: Sequence[str]) -> None:
    for group in groups:
        out().print(f"{_heading(group)}:", style="bold")
        for number, (copy, closeness) in enumerate(zip(group.copies, group.closeness, strict=True)):
            mark = "best" if number == 0 else f"{closeness:.2f}"
            out().print(f"  {mark:>4}  {_place(copy)}  ({_facts(copy)})", style="green" if number == 0 else "")
    if not groups:
        err().print("Nothing in this library is there twice.")
        return
    for kind, row in _summary(groups, kinds).items():
        if row["groups"]:
            out().print(
                f"{kind}: {plural(row['groups'], 'group')}, {plural(row['copies'], 'copy', 'copies')}, "
                f"{size_of(row['freed_bytes'])} beyond the best"
            )
    err().print("Nothing was deleted.", style="dim")


def _heading(group: DuplicateGroup) -> str:
    nouns = "pictures" if group.kind == "alike" else "copies"
    return f"{group.kind}, {len(group.copies)} {nouns}, {size_of(group.freed_bytes)} beyond the best"


def _place(copy: Copy) -> str:
    return short_path(copy.source) + (f", page {copy.page}" if copy.page > 1 else "")


def _facts(copy: Copy) -> str:
    pixels = f"{copy.width_px} x {copy.height_px}, " if copy.width_px else ""
    return pixels + size_of(copy.size)


def _draw(library: Library, groups: Sequence[DuplicateGroup], target: Path) -> None:
    from lucida.query.contact_sheet import Group, grouped_sheet, save_sheet

    drawn, room = [], _MOST_SHOWN
    for group in groups:
        entries = [
            (picture, f"{'best' if number == 0 else f'{closeness:.2f}'} · {_facts(copy)}\n{Path(copy.source).name}")
            for number, (copy, closeness) in enumerate(zip(group.copies, group.closeness, strict=True))
            if copy.id > 0 and number < room and (picture := _seen(library, copy)) is not None
        ]
        drawn.append(Group(_heading(group), entries))
        room -= len(entries)
    save_sheet(grouped_sheet(drawn, title=plural(len(groups), "group of duplicates", "groups of duplicates")), target)
    err().print(f"Sheet: {target}" + ("" if room > 0 else f" (the first {_MOST_SHOWN} pictures)"))


def _seen(library: Library, copy: Copy) -> Image | None:
    try:
        return library.preview(copy.id)
    except LucidaError:  # its file is gone since it was read
        return None
