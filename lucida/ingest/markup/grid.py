"""Marked-up text laid out on virtual pages, so that its words have places.

The page is A4 (595 x 842 pt) with margins of 54 pt, a grid of 80 columns of 6 pt and 58 lines of 12.5 pt: what a
typewriter with a 10 pt face would print. Characters that are twice as wide (East Asian) take two columns. The grid
depends on nothing but the text, so a box found today is the same tomorrow, and ``render`` draws words into it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

from lucida.ingest.markup.elements import Element
from lucida.ingest.markup.gridtable import TableLayout, lay_table
from lucida.ingest.structure.gridsize import COLUMN_PT, COLUMNS, HEIGHT_PT, LINE_PT, LINES, MARGIN_PT, WIDTH_PT
from lucida.types import Box, Page, Region, RegionKind, TextOrigin, Word, union


def lay_out(elements: Sequence[Element]) -> tuple[Page, ...]:
    """Break elements into lines and lines into pages. Always at least one page."""
    sheet = _Sheet()
    for element in elements:
        if element.starts_page:
            sheet.start_page()
        if element.kind is RegionKind.TABLE:
            sheet.add_table(element)
        else:
            sheet.add_text(element)
    return sheet.finish()


def width_of(text: str) -> int:
    """Columns of the grid that a text takes."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text
    )


def wrap(text: str, columns: int, *, verbatim: bool = False) -> list[list[tuple[int, str]]]:
    """Break a text into lines of words with their starting columns; words longer than a line are cut."""
    lines: list[list[tuple[int, str]]] = []
    for paragraph in text.split("\n"):
        line: list[tuple[int, str]] = []
        at = len(paragraph) - len(paragraph.lstrip(" ")) if verbatim else 0
        rest = paragraph.split(" ") if verbatim else paragraph.split()
        for word in rest:
            for part in _parts(word, columns):
                if line and at + width_of(part) > columns:
                    lines.append(line)
                    line, at = [], 0
                if part.strip():
                    line.append((min(at, columns - 1), part))
                at += width_of(part) + 1 if part or (verbatim and line) else 0
        lines.append(line)
    return lines


def _parts(word: str, columns: int) -> list[str]:
    parts: list[str] = []
    while width_of(word) > columns:
        cut = columns if word.isascii() else max(columns // 2, 1)
        parts.append(word[:cut])
        word = word[cut:]
    return [*parts, word]


@dataclass(slots=True)
class _Sheet:
    """The page being filled, and those before it."""

    pages: list[Page] = field(default_factory=list)
    words: list[Word] = field(default_factory=list)
    regions: list[Region] = field(default_factory=list)
    row: int = 0
    line: int = 0

    def add_text(self, element: Element) -> None:
        hanging = element.indent + (2 if element.kind is RegionKind.LIST else 0)
        wrapped = wrap(element.text, COLUMNS - hanging, verbatim=element.verbatim)
        self._gap(element, len(wrapped))
        first = True
        own: list[Word] = []
        for line in wrapped:
            if self.row >= LINES:
                self._close_region(element, own)
                self._turn()
                own = []
            indent = element.indent if first else hanging
            own.extend(self._print(line, indent))
            first = False
        self._close_region(element, own)

    def add_table(self, element: Element) -> None:
        layout = lay_table(element.rows, COLUMNS, wrap)
        self._gap(element, min(layout.height, LINES))
        start = 0
        while start < len(layout.heights):
            repeated = start > 0
            head = sum(layout.heights[: layout.header_rows]) if repeated else 0
            stop, used = start, head
            while stop < len(layout.heights) and self.row + used + layout.heights[stop] <= LINES:
                used += layout.heights[stop]
                stop += 1
            if stop == start:
                if self.row > 0:
                    self._turn()
                    continue
                stop = start + 1  # a row taller than a page runs over its foot
            self._table_region(layout, start, stop, repeated=repeated)
            start = stop

    def start_page(self) -> None:
        if self.words:
            self._turn()

    def finish(self) -> tuple[Page, ...]:
        if self.words or not self.pages:
            self._turn()
        return tuple(self.pages)

    def _table_region(self, layout: TableLayout, start: int, stop: int, *, repeated: bool) -> None:
        rows = [*range(layout.header_rows), *range(start, stop)] if repeated else list(range(start, stop))
        table, placed, height = layout.cut(rows, self.row, cell_box)
        own: list[Word] = []
        for at, line in placed:
            self.row = min(at, LINES - 1)
            own.extend(self._print(line, 0, advance=False))
        self.row = min(self.row if not placed else placed[0][0] + height, LINES)
        if own:
            text = "\n".join(" | ".join(c.text for c in table.cells if c.row == r) for r in range(table.rows))
            boxes = [cell.box for cell in table.cells] + [word.box for word in own]
            self.regions.append(Region(RegionKind.TABLE, union(boxes), text, 0, table))

    def _gap(self, element: Element, lines: int) -> None:
        """One empty line before an element, none between list items; a heading keeps two lines with it."""
        last = self.regions[-1].kind if self.regions else None
        if last is not None and not (last is element.kind is RegionKind.LIST):
            self.row += 1
        needed = 3 if element.kind is RegionKind.TITLE else min(lines, 2)
        if self.row + needed > LINES and self.row > 0:
            self._turn()

    def _print(self, line: Sequence[tuple[int, str]], indent: int, *, advance: bool = True) -> list[Word]:
        made = [Word(text, word_box(self.row, indent + at, text), 1.0, self.line) for at, text in line]
        self.words.extend(made)
        self.line += 1 if made else 0
        self.row += 1 if advance else 0
        return made

    def _close_region(self, element: Element, own: Sequence[Word]) -> None:
        if not own:
            return
        lines: dict[int, list[str]] = {}
        for word in own:
            lines.setdefault(word.line, []).append(word.text)
        joiner = "\n" if element.verbatim else " "
        text = joiner.join(" ".join(words) for words in lines.values())
        level = element.level if element.kind is RegionKind.TITLE else 0
        self.regions.append(Region(element.kind, union(word.box for word in own), text, level))

    def _turn(self) -> None:
        origin = TextOrigin.LAYER if self.words else TextOrigin.NONE
        number = len(self.pages) + 1
        page = Page(number, WIDTH_PT, HEIGHT_PT, tuple(self.words), tuple(self.regions), origin=origin, reader="markup")
        self.pages.append(page)
        self.words, self.regions, self.row, self.line = [], [], 0, 0


def word_box(row: int, column: int, text: str) -> Box:
    """Where a word stands that starts in a cell of the grid."""
    return cell_box(row, column, row + 1, column + width_of(text))


def cell_box(row: int, column: int, row_end: int, column_end: int) -> Box:
    """The part of the page that these lines and columns take."""
    return Box.from_px(
        MARGIN_PT + column * COLUMN_PT,
        MARGIN_PT + row * LINE_PT + 1.5,
        MARGIN_PT + column_end * COLUMN_PT,
        MARGIN_PT + row_end * LINE_PT - 0.5,
        WIDTH_PT,
        HEIGHT_PT,
    )
