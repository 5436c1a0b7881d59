"""Tables on the grid of a virtual page: column widths, wrapped cells, rows that can go to the next page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from lucida.ingest.markup.elements import TableCell
from lucida.types import Box, Cell, Table

_GUTTER = 2
_MIN_COLUMN = 4

#: Breaks a text into lines of (column, word) within so many columns.
Wrap: TypeAlias = Callable[[str, int], list[list[tuple[int, str]]]]
#: Gives the box of lines and columns: first line, first column, one past the last line, one past the last column.
CellBox: TypeAlias = Callable[[int, int, int, int], Box]


@dataclass(frozen=True, slots=True)
class _Slot:
    """A cell at its place in the table, with its text wrapped to the width of its columns."""

    row: int
    column: int
    cell: TableCell
    lines: list[list[tuple[int, str]]]


@dataclass(frozen=True, slots=True)
class TableLayout:
    """A table laid out on the grid.

    Attributes:
        slots: its cells.
        starts: first grid column of each table column, and one past the last.
        heights: lines that each row takes.
        header_rows: how many leading rows name the columns.
    """

    slots: list[_Slot]
    starts: list[int]
    heights: list[int]
    header_rows: int

    @property
    def height(self) -> int:
        return sum(self.heights)

    def cut(
        self, rows: Sequence[int], top: int, box: CellBox
    ) -> tuple[Table, list[tuple[int, list[tuple[int, str]]]], int]:
        """Some of the rows, placed from a line of the page on.

        Returns:
            The table of these rows; its printed lines as (line of the page, words with columns), top to bottom; and
            how many lines it takes.
        """
        tops: dict[int, int] = {}
        at = top
        for row in rows:
            tops[row] = at
            at += self.heights[row]
        numbers = {row: index for index, row in enumerate(rows)}
        cells: list[Cell] = []
        printed: dict[int, list[tuple[int, str]]] = {}
        for slot in self.slots:
            if slot.row not in numbers:
                continue
            last = max(r for r in rows if slot.row <= r < slot.row + slot.cell.row_span)
            right = min(slot.column + slot.cell.column_span, len(self.starts) - 1)
            place = box(tops[slot.row], self.starts[slot.column], tops[last] + self.heights[last], self.starts[right])
            spans = numbers[last] - numbers[slot.row] + 1, right - slot.column
            cells.append(Cell(numbers[slot.row], slot.column, slot.cell.text, place, *spans))
            for offset, line in enumerate(slot.lines):
                shifted = [(self.starts[slot.column] + column, word) for column, word in line]
                printed.setdefault(tops[slot.row] + offset, []).extend(shifted)
        head = min(self.header_rows, sum(row < self.header_rows for row in rows))
        table = Table(len(rows), len(self.starts) - 1, tuple(cells), head)
        return table, [(line, sorted(words)) for line, words in sorted(printed.items()) if words], at - top


def lay_table(rows: Sequence[Sequence[TableCell]], columns: int, wrap: Wrap) -> TableLayout:
    """Give each column the width its texts ask for, as far as they fit, and wrap the cells.

    Args:
        rows: cells as marked up; spans push later cells aside as in HTML.
        columns: grid columns to fill.
        wrap: how text is broken.
    """
    placed = _place(rows)
    count = max(column + cell.column_span for _, column, cell in placed)
    widths = _widths(placed, count, columns)
    starts = [0]
    for width in widths:
        starts.append(starts[-1] + width)
    slots = []
    heights = [1] * len(rows)
    for row, column, cell in placed:
        right = min(column + cell.column_span, count)
        room = max(starts[right] - starts[column] - (_GUTTER if right < count else 0), 1)
        slot = _Slot(row, column, cell, wrap(cell.text, room))
        slots.append(slot)
        if cell.row_span == 1:
            heights[row] = max(heights[row], len(slot.lines))
    for slot in slots:
        span = range(slot.row, min(slot.row + slot.cell.row_span, len(rows)))
        missing = len(slot.lines) - sum(heights[r] for r in span)
        heights[span[-1]] += max(missing, 0)
    return TableLayout(slots, starts, heights, _header_rows(rows))


def _place(rows: Sequence[Sequence[TableCell]]) -> list[tuple[int, int, TableCell]]:
    taken: set[tuple[int, int]] = set()
    placed: list[tuple[int, int, TableCell]] = []
    for number, row in enumerate(rows):
        column = 0
        for cell in row:
            while (number, column) in taken:
                column += 1
            placed.append((number, column, cell))
            last = min(number + cell.row_span, len(rows))
            taken.update((r, c) for r in range(number, last) for c in range(column, column + cell.column_span))
            column += cell.column_span
    return placed


def _widths(placed: Sequence[tuple[int, int, TableCell]], count: int, columns: int) -> list[int]:
    wanted = [_MIN_COLUMN] * count
    for _, column, cell in placed:
        if cell.column_span == 1:
            wanted[column] = max(wanted[column], min(len(cell.text) + _GUTTER, columns // 2))
    total = sum(wanted)
    if total <= columns:
        return wanted
    least = max(1, min(_MIN_COLUMN, columns // count))
    spare = max(columns - least * count, 0)
    return [least + (width - _MIN_COLUMN) * spare // max(total - _MIN_COLUMN * count, 1) for width in wanted]


def _header_rows(rows: Sequence[Sequence[TableCell]]) -> int:
    """Leading rows made of header cells only; the first row where no cell is marked as such."""
    if not any(cell.header for row in rows for cell in row):
        return 1
    count = 0
    while count < len(rows) - 1 and rows[count] and all(cell.header for cell in rows[count]):
        count += 1
    return count
