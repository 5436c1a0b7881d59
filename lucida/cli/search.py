"""``lucida search``."""

from __future__ import annotations

from datetime import datetime, time
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from lucida.cli.options import AsJson, LibraryDir, MediaType, PathGlob, Since, Until
from lucida.cli.output import err, out, print_json, short_path
from lucida.errors import ExitCode

if TYPE_CHECKING:
    from lucida.types import Hit


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.command()(search)


def search(
    query: Annotated[str, typer.Argument(metavar="QUERY", help="Words or a sentence.")],
    library: LibraryDir = None,
    kind: Annotated[
        Literal["passage", "picture", "page"] | None, typer.Option("--kind", help="Only hits of this kind.")
    ] = None,
    path: PathGlob = None,
    media_type: MediaType = None,
    since: Since = None,
    until: Until = None,
    top_k: Annotated[int, typer.Option("-k", "--top-k", min=1, max=10_000, help="At most so many hits.")] = 10,
    as_json: AsJson = False,
) -> int:
    """Find passages by meaning and by words.

    Both lists, nearest in meaning and best by words, are joined by reciprocal rank fusion.
    """
    from lucida.library import Library

    with Library.open(library, create=False) as opened:
        hits = opened.search(
            query, top_k=top_k, kind=kind, path=path, media_type=media_type, since=since, until=_end_of_day(until)
        )
    if as_json:
        print_json({"hits": [hit.to_json() for hit in hits]})
    elif hits:
        for hit in hits:
            _print(hit)
    else:
        err().print("Nothing in this library matches. Try other words, or fewer filters.")
    return int(ExitCode.DONE)


def _print(hit: Hit) -> None:
    from rich.text import Text

    place = f"{short_path(hit.source)}, page {hit.page}"
    if hit.section:
        place += f" · {' › '.join(hit.section)}"
    out().print(Text.assemble((f"{hit.rank:>2}. ", "dim"), (place, "bold cyan"), (f"  {hit.score:.3f}", "dim")))
    text = Text(hit.text.replace("\n", " "))
    for start, end in hit.highlights:
        text.stylize("bold yellow", start, end)
    text.pad_left(4)
    out().print(text)


def _end_of_day(date: datetime | None) -> datetime | None:
    """A day without a time means all of it."""
    return datetime.combine(date, time.max) if date and date.time() == time.min else date
