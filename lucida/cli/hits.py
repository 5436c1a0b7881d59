"""Hits for people: a few lines each, with reasons if they are asked for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from lucida.cli.output import out, plural, short_path
from lucida.types.paths import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.text import Text

    from lucida.types import Hit, Placed

#: How lists are called in explanations.
_LISTS = {"passage": "meaning", "window": "meaning (windows)", "picture": "looks", "words": "words"}


def print_hits(hits: Sequence[Hit], *, explain: bool) -> None:
    """Print hits in order; with ``explain``, why each is there."""
    for hit in hits:
        out().print(_head(hit))
        if hit.text:
            out().print(_text(hit))
        if explain:
            for line in reasons(hit):
                out().print(f"    {line}", style="dim")


def caption_of(hit: Hit) -> str:
    """Rank and file name, and below the page and size or score."""
    return f"{hit.rank}. {printable(Path(hit.source).name)}\n{_place(hit)}"


def reasons(hit: Hit) -> list[str]:
    """Why a hit is there, one clause a line: lists, matched words, and the parts of a query of several."""
    why = hit.why
    if why is None:
        return []
    lines = [_said(placed) for placed in why.lists]
    if why.coverage:
        told = f": {', '.join(why.words)}" if why.words else ""
        lines.append(f"holds {why.coverage:.0%} of the query's words{told}")
    for share in why.parts:
        near = "not comparable" if share.cosine is None else f"cosine {share.cosine:.3f}"
        lines.append(f"{share.weight:+g} {share.part!r}  {near}")
    if hit.copies:
        lines.append(f"copies: {', '.join(str(item) for item in hit.copies)}")
    return lines


def _said(placed: Placed) -> str:
    rank = f"rank {placed.rank}" if placed.rank is not None else "beyond its ranks"
    if placed.z is None:
        return f"{_LISTS[placed.list]:<8} {rank}, BM25 {placed.score:.2f}"
    return f"{_LISTS[placed.list]:<8} {rank}, cosine {placed.score:.3f}, {placed.z:+.1f} deviations from the background"


def _head(hit: Hit) -> Text:
    from rich.text import Text

    place = f"{short_path(hit.source)}, {_place(hit)}"
    if hit.section:
        place += f" · {' › '.join(hit.section)}"
    copies = f"  +{plural(len(hit.copies), 'copy', 'copies')}" if hit.copies else ""
    return Text.assemble(
        (f"{hit.rank:>2}. ", "dim"), (place, "bold cyan"), (f"  {hit.score:.3f}  #{hit.id}", "dim"), (copies, "magenta")
    )


def _place(hit: Hit) -> str:
    """The page; of a picture also what it is and its size in pixels."""
    if hit.role is None:
        return f"page {hit.page}"
    size = f", {hit.width_px} × {hit.height_px}" if hit.width_px else ""
    return f"page {hit.page}, {hit.role}{size}" if hit.role != "photo" or hit.page > 1 else f"photo{size}"


def _text(hit: Hit) -> Text:
    from rich.text import Text

    text = Text(hit.text.replace("\n", " "))
    for start, end in hit.highlights:
        text.stylize("bold yellow", start, end)
    text.pad_left(4)
    return text
