"""Paragraphs, titles, lists and captions from lines in reading order."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field
from statistics import median
from typing import TYPE_CHECKING

from lucida.ingest.structure.lines import Boxed, Line, Rect, Token, bounds, gather_rows, join_row
from lucida.types import RegionKind

if TYPE_CHECKING:
    from collections.abc import Sequence

_CAPTION = re.compile(
    r"(?:fig(?:ure|\.)?|tab(?:le|elle|leau|\.)?|abb(?:ildung|\.)?|chart|exhibit|plate|scheme|photo|bild|listing|diagram)"
    r"\s*[A-Z]?\d+(?:[.\-]\d+)*\s*(?P<stop>[.:|–—]|$)?",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"(?:\d+(?:\.\d+)*\.?|[A-Z]\.|[IVX]+\.|§\s*\d+|Chapter|Section|Part|Appendix|Kapitel|Anhang)\s")
_AMOUNT = re.compile(r"\d[.,]\d\d(?!\d)")
_SENTENCE_END = (".", "!", "?", "…", '."', ".”", ".)", "。")


@dataclass(slots=True)
class GridCell:
    """A table cell before it has a place in fractions; ``tokens`` in reading order."""

    row: int
    column: int
    box: Rect
    tokens: list[Token] = field(default_factory=list)
    row_span: int = 1
    column_span: int = 1


@dataclass(slots=True)
class Grid:
    """A table in points. ``cells`` are row-major; slots under a span have none."""

    rows: int
    columns: int
    cells: list[GridCell]
    header_rows: int = 1


@dataclass(slots=True)
class Block:
    """A region in the making.

    Attributes:
        kind: its role.
        box: points, displayed page.
        lines: its visual lines in reading order; a table's lines lie in ``grid`` instead.
        size, bold: dominant style, from which title levels are derived later.
        grid: of a table.
        image_px: pixel size of an embedded photo at its own resolution.
    """

    kind: RegionKind
    box: Rect
    lines: list[Line] = field(default_factory=list)
    size: float = 0.0
    bold: bool = False
    grid: Grid | None = None
    image_px: tuple[int, int] | None = None

    @property
    def x0(self) -> float:
        return self.box.x0

    @property
    def y0(self) -> float:
        return self.box.y0

    @property
    def x1(self) -> float:
        return self.box.x1

    @property
    def y1(self) -> float:
        return self.box.y1

    @property
    def text(self) -> str:
        return " ".join(line.text for line in self.lines)


@dataclass(frozen=True, slots=True)
class Style:
    """What tells a title on this page: the size of body text, and how much larger a title must be.

    ``margin`` is wider for OCR, whose sizes are estimates.
    """

    body_size: float
    margin: float = 1.15
    trusts_bold: bool = True


def group(run: Sequence[Boxed], style: Style) -> list[Block]:
    """Turn one run of the reading order into blocks.

    Args:
        run: lines (fragments allowed) and finished atoms (``Block``), top to bottom.
        style: of the page.
    """
    blocks: list[Block] = []
    pending: list[Line] = []

    def flush() -> None:
        if pending:
            rows = [join_row(row) for row in gather_rows(pending)]
            blocks.extend(_paragraphs(rows, style))
            pending.clear()

    for item in run:
        if isinstance(item, Block):
            flush()
            blocks.append(item)
        elif isinstance(item, Line):
            pending.append(item)
    flush()
    return _merge_lists(blocks)


def _paragraphs(rows: list[Line], style: Style) -> list[Block]:
    left = min(row.x0 for row in rows)
    right = max(row.x1 for row in rows)
    steps = [b.y1 - a.y1 for a, b in itertools.pairwise(rows) if 0 < b.y1 - a.y1 < 2.2 * a.size]
    leading = median(steps) if steps else 1.2 * style.body_size
    groups: list[list[Line]] = []
    for row in rows:
        if groups and not _breaks(groups[-1], row, left, right, leading):
            groups[-1].append(row)
        else:
            groups.append([row])
    return [_finish(lines, style) for lines in groups]


def _breaks(current: list[Line], row: Line, left: float, right: float, leading: float) -> bool:
    """Whether ``row`` opens a new block after the rows of ``current``."""
    previous = current[-1]
    if row.label != previous.label:
        return True
    if row.label[1] >= 0 and not row.starts_item:
        return False
    if not row.upright or not previous.upright:
        return row.upright != previous.upright
    if max(row.size, previous.size) > 1.12 * min(row.size, previous.size) or row.bold != previous.bold:
        return True
    step = row.y1 - previous.y1
    own = current[-1].y1 - current[-2].y1 if len(current) > 1 else leading
    if step > 1.4 * max(min(own, leading), 1.05 * row.size) or step < 0:
        return True
    if row.starts_item and (previous.starts_item or current[0].starts_item or _ends(previous)):
        return True
    indented = row.x0 - left > 0.8 * row.size and abs(previous.x0 - left) < 0.4 * row.size
    short = previous.x1 < right - 0.15 * (right - left)
    return _ends(previous) and not current[0].starts_item and (indented or short)


def _ends(line: Line) -> bool:
    return line.tokens[-1].text.endswith((*_SENTENCE_END, ":"))


_LABELS = {
    "title": RegionKind.TITLE,
    "section-header": RegionKind.TITLE,
    "list-item": RegionKind.LIST,
    "caption": RegionKind.CAPTION,
    "formula": RegionKind.FORMULA,
    "page-header": RegionKind.HEADER,
    "page-footer": RegionKind.FOOTER,
}


def _finish(lines: list[Line], style: Style) -> Block:
    size = max(line.size for line in lines)
    bold = all(line.bold for line in lines)
    kind = _LABELS.get(lines[0].label[0])
    # The model calls bold labels of forms and table heads titles too; ours must agree on what cannot be one.
    if kind is None or (kind is RegionKind.TITLE and not could_be_title(lines)):
        kind = _kind(lines, size, bold, style)
    return Block(kind, bounds(lines), lines, size, bold)


def _kind(lines: list[Line], size: float, bold: bool, style: Style) -> RegionKind:
    caption = _CAPTION.match(" ".join(token.text for token in lines[0].tokens[:4]))
    if caption and caption.group("stop") is not None and len(lines) <= 6:
        return RegionKind.CAPTION
    if could_be_title(lines):
        large = size >= style.margin * style.body_size
        heavy = style.trusts_bold and bold and size >= 0.97 * style.body_size and len(lines) <= 2
        if large or heavy:
            return RegionKind.TITLE
    return RegionKind.LIST if lines[0].starts_item else RegionKind.TEXT


def could_be_title(lines: Sequence[Line]) -> bool:
    """Short, mostly letters, no sentence, no label, and not a row of separate fields."""
    words = [token.text for line in lines for token in line.tokens]
    text = " ".join(words)
    if len(lines) > 3 or not 3 <= len(text) <= 160 or len(words) > 24 or not lines[0].upright:
        return False
    letters = sum(char.isalpha() for char in text)
    if letters < 0.5 * len(text.replace(" ", "")) or letters < 3:
        return False
    if text.endswith((":", ",", ";")) or (text.endswith(".") and not text.isupper() and len(words) > 3):
        return False
    digits = sum(char.isdigit() for char in text)
    if (2 * digits > letters and not _NUMBERED.match(text)) or _AMOUNT.search(text):
        return False
    if any(word[0] in "•◦▪‣●○■" for word in words[:1]):
        return False
    return not any(_has_gap(line) for line in lines)


def _has_gap(line: Line) -> bool:
    numbered = _NUMBERED.match(line.text) is not None
    pairs = list(zip(line.tokens, line.tokens[1:], strict=False))[1 if numbered else 0 :]
    return any(b.x0 - a.x1 > 1.6 * line.size for a, b in pairs)


def _merge_lists(blocks: list[Block]) -> list[Block]:
    """Join the items of one list; they stay apart in its text by their marks."""
    merged: list[Block] = []
    for block in blocks:
        last = merged[-1] if merged else None
        if last and last.kind is block.kind is RegionKind.LIST and block.y0 - last.y1 < 1.8 * block.size:
            last.lines.extend(block.lines)
            last.box = bounds([last, block])
        else:
            merged.append(block)
    return merged
