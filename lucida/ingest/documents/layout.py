"""PyMuPDF's layout model: classes for groups of lines, and grids of tables that no rule draws."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lucida.ingest.structure.blocks import Block
from lucida.ingest.structure.forms import is_form
from lucida.ingest.structure.lines import Line, Rect, bounds, inside
from lucida.ingest.structure.tables import grid_between, looks_tabular
from lucida.types import RegionKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pymupdf

# The model keeps its state in module globals.
_LOCK = threading.Lock()
_MIN_SIDE_PT = 2.0


@dataclass(frozen=True, slots=True)
class Group:
    """One box that the model found: its class name, place in points, and, for tables, inner edges.

    ``rows`` and ``columns`` are the y and x of the edges between cells, without the outer ones.
    """

    name: str
    box: Rect
    rows: tuple[float, ...] = ()
    columns: tuple[float, ...] = ()


def find_groups(page: pymupdf.Page) -> list[Group]:
    """Run the layout model on an unrotated page. About 150 ms."""
    with _LOCK:
        page.get_layout(return_raw=True)
        found: list[dict[str, Any]] = list(page.layout_information or ())
    groups = []
    for entry in found:
        box = Rect(*entry["group_bbox"])
        if box.width <= _MIN_SIDE_PT or box.height <= _MIN_SIDE_PT:
            continue
        grid = entry.get("table_grid") if entry["class_name"] == "table" else None
        rows = tuple(box.y0 + y for y in grid.h_lines) if grid else ()
        columns = tuple(box.x0 + x for x in grid.v_lines) if grid else ()
        groups.append(Group(entry["class_name"], box, rows, columns))
    return groups


def apply_groups(groups: Sequence[Group], lines: Sequence[Line]) -> list[Block]:
    """Label the lines with the model's classes and build its tables.

    Args:
        groups: from :func:`find_groups`.
        lines: the page's text; their ``label`` is set in place.

    Returns:
        One block per table that holds text in two rows and two columns at least.
    """
    tables: list[Block] = []
    for number, group in enumerate(groups):
        mine = [line for line in lines if inside(line, group.box)]
        if group.name == "table":
            table = _table(group, mine)
            if table:
                tables.append(table)
        elif group.name != "picture":
            for line in mine:
                line.label = (group.name, number)
    return tables


def _table(group: Group, lines: Sequence[Line]) -> Block | None:
    tokens = [token for line in lines for token in line.tokens]
    if not tokens or not group.rows or not group.columns:
        return None
    area = bounds([group.box, *tokens])
    grid = grid_between([area.x0, *group.columns, area.x1], [area.y0, *group.rows, area.y1], tokens)
    filled = [cell for cell in grid.cells if cell.tokens]
    if len({cell.row for cell in filled}) < 2 or len({cell.column for cell in filled}) < 2:
        return None
    if not looks_tabular(grid) or is_form(grid) or _cuts_words(lines, group.columns):
        return None
    return Block(RegionKind.TABLE, area, grid=grid, size=lines[0].size)


def _cuts_words(lines: Sequence[Line], columns: Sequence[float]) -> bool:
    """Whether the column edges run through phrases, as when a receipt or an address was taken for a table."""
    cut = sum(any(line.x0 + 1 < x < line.x1 - 1 for x in columns) for line in lines)
    return cut > 0.2 * len(lines)
