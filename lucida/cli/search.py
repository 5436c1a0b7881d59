"""``lucida search``."""

from __future__ import annotations

from datetime import datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from lucida.cli.options import AsJson, LibraryDir, MediaType, PathGlob, Since, Until
from lucida.cli.output import err, plural, print_json, short_path
from lucida.errors import ExitCode, LucidaError, UsageError

if TYPE_CHECKING:
    from lucida.library import Library
    from lucida.types import Hit


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.command()(search)


def search(
    query: Annotated[str, typer.Argument(metavar="QUERY", help="Words or a sentence, W:WORDS with a weight.")] = "",
    library: LibraryDir = None,
    images: Annotated[
        list[str] | None,
        typer.Option("--image", metavar="FILE", help="Search by this picture; - reads one from standard input."),
    ] = None,
    like: Annotated[
        list[int] | None, typer.Option("--like", metavar="ID", help="Search by this item of the library.")
    ] = None,
    plus: Annotated[
        list[str] | None,
        typer.Option("--plus", metavar="W:TEXT", help="Add words or a picture file, with a weight before a colon."),
    ] = None,
    minus: Annotated[
        list[str] | None,
        typer.Option("--minus", metavar="W:TEXT", help="Take words or a picture file away, with a weight if need be."),
    ] = None,
    kind: Annotated[
        Literal["passage", "picture", "page"] | None, typer.Option("--kind", help="Only hits of this kind.")
    ] = None,
    path: PathGlob = None,
    media_type: MediaType = None,
    since: Since = None,
    until: Until = None,
    top_k: Annotated[int, typer.Option("-k", "--top-k", min=1, max=10_000, help="At most so many hits.")] = 10,
    all_copies: Annotated[
        bool, typer.Option("--all-copies", help="List near-duplicates one by one, not as one hit with a count.")
    ] = False,
    explain: Annotated[bool, typer.Option("--explain", help="Say of every hit why it is there.")] = False,
    sheet: Annotated[
        Path | None, typer.Option("--sheet", metavar="OUT.png", help="Draw the hits into one picture.")
    ] = None,
    as_json: AsJson = False,
) -> int:
    """Find pictures and passages by words, by pictures, or by items of the library.

    All hits come in one list, the most likely match first. A query that matches nothing finds nothing.
    """
    from lucida.library import Library

    if not any((query.strip(), images, like, plus, minus)):
        advice = "Give words, --image FILE or --like ID; see: lucida search --help."
        raise UsageError("Nothing is asked for.", advice)
    _check_sheet(sheet)
    words, added = _divided(query)
    with Library.open(library, create=False) as opened:
        hits = opened.search(
            words,
            images=images or (),
            like=like or (),
            plus=[*added, *(plus or ())],
            minus=minus or (),
            top_k=top_k,
            kind=kind,
            path=path,
            media_type=media_type,
            since=since,
            until=_end_of_day(until),
            all_copies=all_copies,
        )
        drawn = _draw(opened, hits, sheet, query) if sheet is not None and hits else None
    _report(hits, explain=explain, as_json=as_json)
    if drawn is not None:
        err().print(f"Drew {plural(drawn, 'hit')} into {short_path(str(sheet))}.")
    return int(ExitCode.DONE)


def _check_sheet(path: Path | None) -> None:
    """Refuse a picture's name that cannot be written to, before a search is made for it."""
    if path is not None:
        from lucida.query.contact_sheet import check_sheet_path

        check_sheet_path(path)


def _divided(query: str) -> tuple[str, list[str]]:
    """The query's words where they have no weight, else none, and it is one more part to add."""
    from lucida.query.request import weighed

    weight, words = weighed(query)
    return (words, []) if weight == 1.0 else ("", [query])


def _report(hits: list[Hit], *, explain: bool, as_json: bool) -> None:
    if as_json:
        print_json({"hits": [hit.to_json() for hit in hits]})
    elif hits:
        from lucida.cli.hits import print_hits

        print_hits(hits, explain=explain)
    else:
        err().print("Nothing in this library matches. Try other words, or fewer filters.")


def _draw(opened: Library, hits: list[Hit], path: Path, query: str) -> int:
    """Draw the hits' pictures, and of passages the place on the page; what cannot be drawn any more is left out."""
    from lucida.cli.hits import caption_of
    from lucida.query.contact_sheet import contact_sheet, save_sheet
    from lucida.query.request import weighed

    entries = []
    for hit in hits:
        try:
            entries.append((opened.picture(hit, dpi=100), caption_of(hit)))
        except LucidaError as error:
            err().print(f"{short_path(hit.source)} cannot be drawn: {error.message}")
    save_sheet(contact_sheet(entries, title=weighed(query)[1]), path)
    return len(entries)


def _end_of_day(date: datetime | None) -> datetime | None:
    """A day without a time means all of it."""
    return datetime.combine(date, time.max) if date and date.time() == time.min else date
