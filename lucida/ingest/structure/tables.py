"""Tables: exact grids from ruling lines, and columns that align without any."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING

from lucida.ingest.structure.blocks import Block, Grid, GridCell
from lucida.ingest.structure.forms import is_form
from lucida.ingest.structure.lines import Line, Rect, Token, gather_rows, inside
from lucida.types import RegionKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lucida.ingest.documents.graphics import Graphics

_SNAP_PT = 3.0
_YEAR = re.compile(r"(?:19|20)\d\d\b(?![.,]\d)")


def ruled_tables(graphics: Graphics, lines: Sequence[Line]) -> list[Block]:
    """Every grid of crossing rules that holds text in at least two rows and two columns.

    Args:
        graphics: the page's rules.
        lines: the page's text; lines inside a grid become the text of its cells.
    """
    if len(graphics.horizontal) < 3 or len(graphics.vertical) < 3:
        return []
    tables = []
    for horizontal, vertical in _crossing_groups(graphics):
        ys = _snap([y for y, _, _ in horizontal])
        xs = _snap([x for x, _, _ in vertical])
        if not (3 <= len(ys) <= 400 and 3 <= len(xs) <= 100):
            continue
        box = Rect(xs[0], ys[0], xs[-1], ys[-1])
        tokens = [t for line in lines for t in line.tokens if inside(t, box)]
        grid = _spanned_grid(xs, ys, horizontal, vertical, tokens)
        if _tabular(grid) and not is_form(grid):
            grid.header_rows = header_rows(grid)
            tables.append(Block(RegionKind.TABLE, box, grid=grid, size=_size(tokens)))
    return tables


def grid_between(xs: Sequence[float], ys: Sequence[float], tokens: Sequence[Token]) -> Grid:
    """A grid of plain cells between given column and row edges, filled with the words whose centres they hold."""
    cells = [
        GridCell(row, column, Rect(xs[column], ys[row], xs[column + 1], ys[row + 1]))
        for row in range(len(ys) - 1)
        for column in range(len(xs) - 1)
    ]
    grid = Grid(len(ys) - 1, len(xs) - 1, cells)
    _fill(grid, tokens)
    grid.header_rows = header_rows(grid)
    return grid


def header_rows(grid: Grid) -> int:
    """1 where the first row names the columns, 0 where it holds numbers in the columns of numbers like the rest.

    Years count as names, for they head columns more often than they fill them.
    """
    for column in range(grid.columns):
        texts = [_text(cell) for cell in grid.cells if cell.column == column and cell.tokens]
        first = next((_text(c) for c in grid.cells if c.column == column and c.row == 0), "")
        below = texts[1:] if first else texts
        if below and sum(map(is_numeric, below)) > 0.5 * len(below) and is_numeric(first) and not _YEAR.match(first):
            return 0
    return 1


def is_numeric(text: str) -> bool:
    """Whether a cell holds an amount, a count or a date rather than words: ``12.4``, ``€ 1,200``, ``5 pcs``."""
    digits = sum(char.isdigit() for char in text)
    letters = sum(char.isalpha() for char in text)
    return digits > letters or (digits > 0 and digits == letters and not text[0].isalpha())


def aligned_tables(lines: Sequence[Line]) -> list[Block]:
    """Tables without rules: rows of fragments that keep the same columns.

    At least three rows and three columns: two columns are labels with values, as on forms and receipts. Wrapped cells
    join the row above.
    """
    rows = gather_rows([line for line in lines if line.upright])
    found: list[Block] = []
    start = 0
    while start < len(rows):
        stop = _table_end(rows, start)
        block = _aligned(rows[start:stop]) if stop - start >= 3 else None
        # Parts of a form would pass for tables, so all of it is passed over.
        if block and block.grid and not is_form(block.grid):
            found.append(block)
        start = stop if block else start + 1
    return found


def _table_end(rows: Sequence[list[Line]], start: int) -> int:
    """One past the last row that still fits the columns which the rows from ``start`` on share."""
    if len(rows[start]) < 2:
        return start + 1
    columns = [(part.x0, part.x1) for part in rows[start]]
    stop, filled = start + 1, start + 1
    while stop < len(rows):
        row, size = rows[stop], rows[stop][0].size
        if row[0].y0 - max(part.y1 for part in rows[stop - 1]) > 2.2 * size:
            break
        merged = _merge_columns(columns, row)
        if merged is None or len(merged) < 2:
            break
        if len(row) > 1:
            columns, filled = merged, stop + 1
        elif row[0].x1 - row[0].x0 > 0.5 * (columns[-1][1] - columns[0][0]) or stop - filled > 1:
            break
        stop += 1
    return filled


def _merge_columns(columns: list[tuple[float, float]], row: Sequence[Line]) -> list[tuple[float, float]] | None:
    """The columns widened by the row's fragments, or None where a fragment straddles two of them."""
    merged = list(columns)
    for part in row:
        hits = [i for i, (x0, x1) in enumerate(merged) if part.x0 < x1 and part.x1 > x0]
        if len(hits) > 1:
            return None
        if hits:
            x0, x1 = merged[hits[0]]
            merged[hits[0]] = (min(x0, part.x0), max(x1, part.x1))
        else:
            merged.append((part.x0, part.x1))
            merged.sort()
    distinct = all(a[1] <= b[0] for a, b in itertools.pairwise(merged))
    return merged if distinct and len(merged) <= len(columns) + 2 else None


def _aligned(rows: Sequence[list[Line]]) -> Block | None:
    columns: list[tuple[float, float]] = []
    for row in rows:
        merged = _merge_columns(columns, row) if columns else [(part.x0, part.x1) for part in row]
        columns = merged or columns
    bands = _row_bands(rows)
    if len(bands) < 3 or len(columns) < 2:
        return None
    xs = [columns[0][0], *((a[1] + b[0]) / 2 for a, b in itertools.pairwise(columns)), columns[-1][1]]
    ys = [bands[0][0], *((a[1] + b[0]) / 2 for a, b in itertools.pairwise(bands)), bands[-1][1]]
    tokens = [token for row in rows for part in row for token in part.tokens]
    grid = grid_between(xs, ys, tokens)
    if not looks_tabular(grid):
        return None
    return Block(RegionKind.TABLE, Rect(xs[0], ys[0], xs[-1], ys[-1]), grid=grid, size=_size(tokens))


def _row_bands(rows: Sequence[list[Line]]) -> list[tuple[float, float]]:
    bands: list[tuple[float, float]] = []
    for row in rows:
        top, bottom = min(part.y0 for part in row), max(part.y1 for part in row)
        if bands and len(row) == 1:
            bands[-1] = (bands[-1][0], bottom)
        else:
            bands.append((top, bottom))
    return bands


def looks_tabular(grid: Grid) -> bool:
    """Whether a grid that no rule draws holds a table: filled, of short cells, and not of labels with values."""
    texts = [[_text(cell) for cell in grid.cells if cell.row == row] for row in range(grid.rows)]
    full = sum(sum(map(bool, row)) for row in texts) / (grid.rows * grid.columns)
    labels = sum(text.endswith(":") for row in texts for text in row) / (grid.rows * grid.columns)
    lengths = sorted(len(text) for row in texts for text in row if text)
    if full < 0.6 or labels > 0.15 or lengths[len(lengths) // 2] > 60:
        return False
    # Two columns are labels with values: a receipt, a form, the head of an invoice.
    return grid.columns >= 3


def _crossing_groups(
    graphics: Graphics,
) -> list[tuple[list[tuple[float, float, float]], list[tuple[float, float, float]]]]:
    """Rules that hang together: connected components of the crossing relation (union-find)."""
    horizontal, vertical = sorted(set(graphics.horizontal))[:2000], sorted(set(graphics.vertical))[:2000]
    parent = list(range(len(horizontal) + len(vertical)))

    def root(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    for j, (x, y0, y1) in enumerate(vertical):
        for i, (y, x0, x1) in enumerate(horizontal):
            if y > y1 + _SNAP_PT:
                break
            if x0 - _SNAP_PT <= x <= x1 + _SNAP_PT and y0 - _SNAP_PT <= y:
                parent[root(i)] = root(len(horizontal) + j)
    groups: dict[int, tuple[list[tuple[float, float, float]], list[tuple[float, float, float]]]] = {}
    for i, rule in enumerate(horizontal):
        groups.setdefault(root(i), ([], []))[0].append(rule)
    for j, rule in enumerate(vertical):
        groups.setdefault(root(len(horizontal) + j), ([], []))[1].append(rule)
    return [group for group in groups.values() if len(group[0]) > 1 and len(group[1]) > 1]


def _snap(values: Sequence[float]) -> list[float]:
    edges: list[float] = []
    for value in sorted(values):
        if not edges or value - edges[-1] > _SNAP_PT:
            edges.append(value)
    return edges


def _spanned_grid(
    xs: Sequence[float],
    ys: Sequence[float],
    horizontal: Sequence[tuple[float, float, float]],
    vertical: Sequence[tuple[float, float, float]],
    tokens: Sequence[Token],
) -> Grid:
    """A grid whose cells grow over edges that no rule draws."""
    taken: set[tuple[int, int]] = set()
    cells: list[GridCell] = []
    for row in range(len(ys) - 1):
        for column in range(len(xs) - 1):
            if (row, column) in taken:
                continue
            middle = (ys[row] + ys[row + 1]) / 2
            right = column + 1
            while right < len(xs) - 1 and not _ruled(vertical, xs[right], middle) and (row, right) not in taken:
                right += 1
            middle = (xs[column] + xs[column + 1]) / 2
            bottom = row + 1
            while bottom < len(ys) - 1 and not _ruled(horizontal, ys[bottom], middle):
                bottom += 1
            taken.update((r, c) for r in range(row, bottom) for c in range(column, right))
            box = Rect(xs[column], ys[row], xs[right], ys[bottom])
            cells.append(GridCell(row, column, box, [], bottom - row, right - column))
    grid = Grid(len(ys) - 1, len(xs) - 1, cells)
    _fill(grid, tokens)
    return grid


def _ruled(rules: Sequence[tuple[float, float, float]], at: float, across: float) -> bool:
    return any(abs(place - at) <= _SNAP_PT and low - 1 <= across <= high + 1 for place, low, high in rules)


def _fill(grid: Grid, tokens: Sequence[Token]) -> None:
    rest = list(tokens)
    for cell in grid.cells:
        mine = [token for token in rest if inside(token, cell.box)]
        if mine:
            chosen = set(map(id, mine))
            rest = [token for token in rest if id(token) not in chosen]
            pieces = [Line([t], t.x0, t.y0, t.x1, t.y1, t.y1 - t.y0) for t in mine]
            cell.tokens = [piece.tokens[0] for row in gather_rows(pieces) for piece in row]


def _tabular(grid: Grid) -> bool:
    """A table rather than a frame or a form: filled, regular, and not mostly labels."""
    filled = [cell for cell in grid.cells if cell.tokens]
    rows, columns = {cell.row for cell in filled}, {cell.column for cell in filled}
    if len(rows) < 2 or len(columns) < 2 or len(filled) < 0.4 * len(grid.cells):
        return False
    labels = sum(any(token.text.endswith(":") for token in cell.tokens) for cell in filled)
    regular = len(grid.cells) >= 0.6 * grid.rows * grid.columns
    return regular and labels <= 0.25 * len(filled)


def _text(cell: GridCell) -> str:
    return " ".join(token.text for token in cell.tokens)


def _size(tokens: Sequence[Token]) -> float:
    heights = sorted(token.y1 - token.y0 for token in tokens)
    return heights[len(heights) // 2] if heights else 0.0
