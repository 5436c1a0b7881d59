"""The cells of a sheet as tables and lines of text, narrow enough for a page."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field

from lucida.ingest.markup.elements import Element, TableCell
from lucida.ingest.structure.gridsize import COLUMNS
from lucida.types import RegionKind

_GUTTER, _WIDEST = 2, 38


@dataclass(slots=True)
class Grid:
    """Texts by (row, column), counting from 0; ``spans`` gives rows and columns that merged cells take."""

    texts: dict[tuple[int, int], str] = field(default_factory=dict)
    spans: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)


def elements_of(grid: Grid) -> list[Element]:
    """Tables, and text where rows hold but one cell. Empty rows separate tables, as they do for the eye."""
    rows: dict[int, dict[int, str]] = {}
    for (row, column), text in sorted(grid.texts.items()):
        rows.setdefault(row, {})[column] = text
    elements: list[Element] = []
    for block in _blocks(sorted(rows)):
        wide = [row for row in block if len(rows[row]) > 1]
        first, last = (wide[0], wide[-1]) if wide else (block[-1] + 1, block[-1])
        elements += [_line(rows[row]) for row in block if row < first]
        if wide:
            elements += _tables({row: rows[row] for row in block if first <= row <= last}, grid)
        elements += [_line(rows[row]) for row in block if first <= last < row]
    return elements


def _line(row: dict[int, str]) -> Element:
    return Element(RegionKind.TEXT, next(iter(row.values())))


def _blocks(rows: list[int]) -> list[list[int]]:
    blocks: list[list[int]] = [[]]
    for row in rows:
        if blocks[-1] and row > blocks[-1][-1] + 1:
            blocks.append([])
        blocks[-1].append(row)
    return blocks


def _tables(rows: dict[int, dict[int, str]], grid: Grid) -> list[Element]:
    """The block as one table; as several that share their first column where it is too wide for a page."""
    used = sorted({column for row in rows.values() for column in row})
    widths = {c: min(max(len(row.get(c, "")) for row in rows.values()), _WIDEST) + _GUTTER for c in used}
    panels: list[list[int]] = [used[:1]]
    for column in used[1:]:
        if len(panels[-1]) > 1 and sum(widths[c] for c in (*panels[-1], column)) > COLUMNS:
            panels.append(used[:1])
        panels[-1].append(column)
    return [Element(RegionKind.TABLE, rows=_cells(rows, panel, grid)) for panel in panels]


def _cells(rows: dict[int, dict[int, str]], columns: list[int], grid: Grid) -> list[list[TableCell]]:
    numbers = sorted(rows)
    covered: set[tuple[int, int]] = set()
    made: list[list[TableCell]] = []
    for row in numbers:
        cells: list[TableCell] = []
        for column in columns:
            if (row, column) in covered:
                continue
            high, wide = grid.spans.get((row, column), (1, 1))
            down = [r for r in numbers if row <= r < row + high]
            across = list(itertools.takewhile(lambda c: c < column + wide, columns[columns.index(column) :]))  # noqa: B023
            covered.update(itertools.product(down, across))
            cells.append(TableCell(rows[row].get(column, ""), len(down), len(across)))
        made.append(cells)
    return made
