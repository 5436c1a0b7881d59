"""From blocks in points to a page of words and regions in fractions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from lucida.ingest.structure import flow
from lucida.ingest.structure.lines import Boxed, Line, Token, gather_rows
from lucida.types import Box, Cell, Region, RegionKind, Table, Word, union

if TYPE_CHECKING:
    from lucida.ingest.structure.blocks import Block, Grid

#: Takes x0, y0, x1, y1 in points of the space the blocks live in to a box on the page as displayed.
ToBox: TypeAlias = Callable[[float, float, float, float], Box]


class TitleStyle(NamedTuple):
    """Type size in points and weight of a title, compared across the document to find its level."""

    size: float
    bold: bool


@dataclass(frozen=True, slots=True)
class Composed:
    """Words and regions of a page; ``styles`` has one entry per region, None where it is no title."""

    words: tuple[Word, ...]
    regions: tuple[Region, ...]
    styles: tuple[TitleStyle | None, ...]


@dataclass(frozen=True, slots=True)
class PlainFrame:
    """Takes places on an upright page of that size in points to fractions, clipped to the page."""

    width: float
    height: float

    def __call__(self, x0: float, y0: float, x1: float, y1: float) -> Box:
        return Box.from_px(x0, y0, x1, y1, self.width, self.height)

    def words(self, tokens: Sequence[Token], line: int) -> list[Word]:
        """All words of a line at once, which most pages consist of: clipped only where one sticks out."""
        width, height = self.width, self.height
        # A named tuple's own constructor costs twice as much, and this is the busiest line in reading a document.
        new = tuple.__new__
        words = [
            new(Word, (text, new(Box, (x0 / width, y0 / height, x1 / width, y1 / height)), confidence, line))
            for text, x0, y0, x1, y1, confidence in tokens
        ]
        if any(box.x0 < 0 or box.y0 < 0 or box.x1 > 1 or box.y1 > 1 for _, box, _, _ in words):
            return [Word(t.text, self(t.x0, t.y0, t.x1, t.y1), t.confidence, line) for t in tokens]
        return words


def compose(blocks: Sequence[Block], to_box: ToBox) -> Composed:
    """Lay out words and regions in reading order.

    The words of a region follow each other without interruption, and line numbers rise through the page.
    """
    words: list[Word] = []
    pending: list[tuple[Block, list[Word], Table | None]] = []
    line = 0
    for block in blocks:
        table = _table(block.grid, to_box) if block.grid else None
        own: list[Word] = []
        for tokens in _token_lines(block):
            own += _words(tokens, line, to_box)
            line += 1
        words.extend(own)
        pending.append((block, own, table))
    frames = [_frame(block, own, to_box) for block, own, _ in pending]
    regions: list[Region] = []
    styles: list[TitleStyle | None] = []
    for (block, own, table), frame in zip(pending, frames, strict=True):
        text = _text(block, own, table, frame, frames)
        level = 1 if block.kind is RegionKind.TITLE else 0
        regions.append(Region(block.kind, frame, text, level, table))
        styles.append(TitleStyle(block.size, block.bold) if level else None)
    return Composed(tuple(words), tuple(regions), tuple(styles))


def _words(tokens: Sequence[Token], line: int, to_box: ToBox) -> list[Word]:
    if isinstance(to_box, PlainFrame):
        return to_box.words(tokens, line)
    return [Word(t.text, to_box(t.x0, t.y0, t.x1, t.y1), t.confidence, line) for t in tokens]


def _frame(block: Block, words: Sequence[Word], to_box: ToBox) -> Box:
    drawn = block.kind in (RegionKind.TABLE, RegionKind.FIGURE, RegionKind.PHOTO)
    box = to_box(*block.box)
    if words and not drawn:
        # What is around the words in points is around them on the page, unless the frame turns it.
        return box if isinstance(to_box, PlainFrame) else union([word.box for word in words])
    return union([box, *(word.box for word in words)]) if words else box


def _text(block: Block, words: Sequence[Word], table: Table | None, frame: Box, frames: Sequence[Box]) -> str:
    if table is not None:
        return table_text(table)
    if block.kind is RegionKind.TITLE:
        return flow.join(words).replace("\n", " ")
    return flow.join(words, column_right(frame, frames))


def column_right(frame: Box, frames: Sequence[Box]) -> float:
    """Right edge of the widest region that starts where this one does."""
    return max((f.x1 for f in frames if abs(f.x0 - frame.x0) < 0.03), default=frame.x1)


def table_text(table: Table) -> str:
    """The table as lines of cells between bars."""
    rows: list[list[str]] = [[] for _ in range(table.rows)]
    for cell in table.cells:
        rows[cell.row].append(cell.text)
    return "\n".join(" | ".join(row) for row in rows if any(row))


def _token_lines(block: Block) -> list[list[Token]]:
    if block.grid is None:
        return [line.tokens for line in block.lines]
    lines: list[list[Token]] = []
    for row in range(block.grid.rows):
        tokens = [token for cell in block.grid.cells if cell.row == row for token in cell.tokens]
        pieces = [Line([t], t.x0, t.y0, t.x1, t.y1, t.y1 - t.y0) for t in tokens]
        lines.extend([piece.tokens[0] for piece in one] for one in gather_rows(pieces))
    return lines


def _table(grid: Grid, to_box: ToBox) -> Table:
    cells = tuple(
        Cell(c.row, c.column, _cell_text(c.tokens), to_box(*_rect(c.box)), c.row_span, c.column_span)
        for c in grid.cells
    )
    return Table(grid.rows, grid.columns, cells, grid.header_rows)


def _rect(box: Boxed) -> tuple[float, float, float, float]:
    return box.x0, box.y0, box.x1, box.y1


def _cell_text(tokens: Sequence[Token]) -> str:
    parts: list[str] = []
    for index, token in enumerate(tokens):
        following = tokens[index + 1] if index + 1 < len(tokens) else None
        wraps = following is not None and following.y0 > token.y1 - 0.3 * (token.y1 - token.y0)
        if following is not None and wraps and flow.is_broken_word(token.text, following.text):
            parts.append(flow.without_hyphen(token.text))
        else:
            parts.append(token.text + (" " if following is not None else ""))
    return "".join(parts)
