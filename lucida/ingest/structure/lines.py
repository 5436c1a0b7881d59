"""Words and visual lines in points, the common ground of the text layer and OCR."""

# ruff: noqa: RUF001 - typographic dashes, quotes and bullets are what this module is about

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

#: A gap between two words of more than so many em is a tab stop or a gutter, not a space. Justified lines stay below.
WIDE_GAP_EM = 1.6

_LIST_MARK = re.compile(r"(?:[•◦▪▫‣●○■□◆➢✓⁃·*–—-]|\(?\d{1,3}[.)]|\(?[a-zA-Z][.)]|\(?[ivx]{1,4}[.)])$")
_BULLETS = "•◦▪▫‣●○■□◆➢✓⁃"


class Boxed(Protocol):
    """Anything with a place on the page; points, origin top left, y down."""

    @property
    def x0(self) -> float: ...
    @property
    def y0(self) -> float: ...
    @property
    def x1(self) -> float: ...
    @property
    def y1(self) -> float: ...


class Rect(NamedTuple):
    """An axis-aligned rectangle in points."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def width(self) -> float:
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        return self.y1 - self.y0

    @property
    def area(self) -> float:
        return max(self.width, 0.0) * max(self.height, 0.0)

    def grow(self, by: float) -> Rect:
        return Rect(self.x0 - by, self.y0 - by, self.x1 + by, self.y1 + by)


class Token(NamedTuple):
    """One printed word in points, with the confidence (0..1) of whoever read it."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    confidence: float = 1.0


@dataclass(slots=True)
class Line:
    """Words that stand side by side.

    Attributes:
        tokens: from left to right, never empty.
        x0, y0, x1, y1: around the words, points.
        size: type size in points, exact for a text layer, estimated from word heights for OCR.
        bold, mono: the dominant style; always False for OCR, which cannot tell.
        upright: False for text set vertically or aslant.
        label: what the layout model calls the group the line belongs to, and that group's number; empty without it.
    """

    tokens: list[Token]
    x0: float
    y0: float
    x1: float
    y1: float
    size: float
    bold: bool = False
    mono: bool = False
    upright: bool = True
    label: tuple[str, int] = field(default=("", -1))

    @property
    def text(self) -> str:
        return " ".join(token.text for token in self.tokens)

    @property
    def starts_item(self) -> bool:
        """Whether the line opens with a bullet or a number, followed by something."""
        first = self.tokens[0].text
        if first[0] in _BULLETS:
            return len(first) > 1 or len(self.tokens) > 1
        return len(self.tokens) > 1 and _LIST_MARK.match(first) is not None

    @classmethod
    def around(cls, tokens: list[Token], like: Line) -> Line:
        """A line of these tokens in the style of another."""
        box = bounds(tokens)
        return cls(tokens, *box, like.size, like.bold, like.mono, like.upright, like.label)


def bounds(items: Iterable[Boxed]) -> Rect:
    """The smallest rectangle around all items, of which there must be at least one."""
    rows = list(items)
    x0, y0 = min([row.x0 for row in rows]), min([row.y0 for row in rows])
    return Rect(x0, y0, max([row.x1 for row in rows]), max([row.y1 for row in rows]))


def is_mark(text: str) -> bool:
    """Whether a word is nothing but a list marker: a bullet, ``3.``, ``(a)``, ``iv)``."""
    return text in _BULLETS or _LIST_MARK.match(text) is not None


def inside(item: Boxed, area: Boxed) -> bool:
    """Whether the item's centre lies in the area."""
    x, y = (item.x0 + item.x1) / 2, (item.y0 + item.y1) / 2
    return area.x0 <= x <= area.x1 and area.y0 <= y <= area.y1


def split_at_gaps(line: Line) -> list[Line]:
    """Cut a line where words stand further apart than any space, as at tab stops and between columns."""
    tokens = line.tokens
    if len(tokens) < 2 or not line.upright:
        return [line]
    limit = WIDE_GAP_EM * line.size
    cuts = [i for i, (a, b) in enumerate(itertools.pairwise(tokens), 1) if b.x0 - a.x1 > limit]
    # A list mark and its item belong together however far the indent.
    if cuts and cuts[0] == 1 and is_mark(tokens[0].text):
        cuts = cuts[1:]
    if not cuts:
        return [line]
    edges = [0, *cuts, len(tokens)]
    return [Line.around(tokens[a:b], line) for a, b in itertools.pairwise(edges)]


def gather_rows(lines: Sequence[Line]) -> list[list[Line]]:
    """Group fragments that share a baseline, top to bottom; each row goes from left to right.

    Fragments share a row when they overlap vertically by more than half of the lower one's height. Slanted and
    vertical lines get rows of their own.
    """
    rows: list[list[Line]] = []
    bottom = top = 0.0
    for line in sorted(lines, key=lambda one: (one.y0 + one.y1, one.x0)):
        height = line.y1 - line.y0
        overlap = min(line.y1, bottom) - max(line.y0, top)
        alone = not line.upright or (rows and not rows[-1][0].upright)
        if rows and not alone and overlap > 0.5 * min(height, bottom - top):
            rows[-1].append(line)
        else:
            rows.append([line])
            top, bottom = line.y0, line.y1
    for row in rows:
        row.sort(key=lambda one: one.x0)
    return rows


def join_row(row: Sequence[Line]) -> Line:
    """One visual line from the fragments of a row, in the style of its widest fragment."""
    if len(row) == 1:
        return row[0]
    widest = max(row, key=lambda one: one.x1 - one.x0)
    joined = Line.around([token for part in row for token in part.tokens], widest)
    joined.bold = all(part.bold for part in row)
    joined.size = max(part.size for part in row)
    return joined
