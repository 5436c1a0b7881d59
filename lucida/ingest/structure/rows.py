"""Tables as passages: row by row, each value with the name of its column."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lucida.types import Box, Cell, Passage, Region, RegionKind, Table, union

if TYPE_CHECKING:
    from collections.abc import Sequence


def table_passages(region: Region, page: int, section: tuple[str, ...], heading: str, limit: int) -> list[Passage]:
    """Write a table as lines like ``Region: North | Q3: 12.4``, as many rows to a passage as fit.

    Args:
        region: with its table.
        page: its page number.
        section: titles above it.
        heading: the caption, repeated in each passage; may be empty.
        limit: most characters in a passage. A single row that is longer is cut between its cells.
    """
    table = region.table
    if table is None:
        return []
    names = column_names(table)
    head = "\n".join(map(_flat, heading.splitlines()))[: limit // 2]
    header_cells = [cell for cell in table.cells if cell.row < table.header_rows and cell.text]
    units = [
        unit for row in range(table.header_rows, table.rows) for unit in _row(table, row, names, limit - len(head) - 1)
    ]
    if not units and header_cells:
        units = [(" | ".join(_flat(cell.text) for cell in header_cells), [])]
    passages: list[Passage] = []
    lines: list[str] = []
    boxes: list[Box] = []
    for text, cells in units:
        if lines and len(head) + sum(len(line) + 1 for line in lines) + len(text) + 1 > limit:
            passages.append(_made(head, lines, boxes, header_cells, page, section))
            lines, boxes = [], []
        lines.append(text)
        boxes.extend(cell.box for cell in cells)
    if lines:
        passages.append(_made(head, lines, boxes, header_cells, page, section))
    return passages


def column_names(table: Table) -> list[str]:
    """One name per column: the header cells above it from top to bottom; empty where there is none."""
    names: list[list[str]] = [[] for _ in range(table.columns)]
    for cell in table.cells:
        if cell.row >= table.header_rows or not cell.text:
            continue
        for column in range(cell.column, min(cell.column + cell.column_span, table.columns)):
            names[column].append(_flat(cell.text))
    return [" ".join(parts) for parts in names]


def _row(table: Table, row: int, names: Sequence[str], limit: int) -> list[tuple[str, list[Cell]]]:
    """A row as one line, or as several where it is overlong."""
    lines: list[tuple[str, list[Cell]]] = []
    text = ""
    used: list[Cell] = []
    for cell in table.cells:
        if cell.row != row or not cell.text:
            continue
        name = names[cell.column]
        value = f"{name}: {_flat(cell.text)}" if name else _flat(cell.text)
        for part in _slices(value, limit):
            if text and len(text) + 3 + len(part) > limit:
                lines.append((text, used))
                text, used = "", []
            text = f"{text} | {part}" if text else part
            used.append(cell)
    return [*lines, (text, used)] if text else lines


def _slices(text: str, limit: int) -> list[str]:
    """The text, cut between words where it is longer than the limit."""
    parts: list[str] = []
    while len(text) > limit:
        cut = text.rfind(" ", 1, limit + 1)
        cut = cut if cut > 0 else limit
        parts.append(text[:cut])
        text = text[cut:].lstrip()
    return [*parts, text]


def _made(
    head: str, lines: Sequence[str], boxes: Sequence[Box], header: Sequence[Cell], page: int, section: tuple[str, ...]
) -> Passage:
    text = "\n".join([head, *lines] if head else lines)
    around = union([*boxes, *(cell.box for cell in header)])
    return Passage(text, page, around, section, RegionKind.TABLE)


def _flat(text: str) -> str:
    return " ".join(text.split())
