"""A table's values with the units that stand elsewhere: in a column of their own, or in brackets in a head."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from lucida.query.concepts import ValueType
from lucida.query.terms import tokens
from lucida.query.typed import find_spans

if TYPE_CHECKING:
    from lucida.index.records import PageRow
    from lucida.types import Cell, Table

_UNIT_HEADS = frozenset({"unit", "units", "einheit", "unite", "unidad"})
_BRACKETED = re.compile(r"[(\[]\s*([^()\[\]]{1,12}?)\s*[)\]]")
_BARE = re.compile(r"[-\u2212+±]?\d[\d.,'’\s]*")
#: A value and its unit lie in one row, at most so many words apart.
_LONGEST_QUOTE = 14


class Valued(NamedTuple):
    """A cell's value as an answer.

    Attributes:
        text: the value, with its unit where one stands in the table.
        quote: what is printed: the cell, or the stretch of the row from it to its unit.
        words: indices of the quote's words on the page; empty when they are to be looked up.
    """

    text: str
    quote: str
    words: tuple[int, ...]


def with_unit(page: PageRow, table: Table, cell: Cell, *, since: Cell | None = None) -> Valued:
    """A cell's value with its unit.

    Args:
        page: where the table stands.
        table: it.
        cell: the value.
        since: the lower limit of a range that ``cell`` ends; both make up the value then.
    """
    low = " ".join(since.text.split()) if since is not None else ""
    value = " ".join(cell.text.split())
    text = f"{low} to {value}" if low else value
    unit_cell = _unit_cell(table, cell)
    ends = [part for part in (since, cell, unit_cell) if part is not None]
    unit = unit_cell.text.strip() if unit_cell is not None else _head_unit(table, cell)
    if not unit or not _BARE.fullmatch(value):
        ends = [part for part in (since, cell) if part is not None]
        unit = ""
    words = _stretch(page, ends) if len(ends) > 1 else ()
    if len(ends) > 1 and not words:
        return Valued(value, value, ())
    quote = " ".join(page.words[index].text for index in words) if words else value
    return Valued(_joined(text, unit), quote, words)


def _unit_cell(table: Table, cell: Cell) -> Cell | None:
    """The unit in the cell's row, when a column is headed so."""
    heads = {
        c.column for c in table.cells if c.row < table.header_rows and _folded(c.text) & _UNIT_HEADS == _folded(c.text)
    }
    columns = {column for column in heads if any(c.column == column and c.text.strip() for c in table.cells)}
    found = (c for c in table.cells if c.row == cell.row and c.column in columns and c.row >= table.header_rows)
    return next((c for c in found if c.text.strip() and c.column != cell.column), None)


def _head_unit(table: Table, cell: Cell) -> str:
    """The unit in brackets in the column's head or the row's."""
    column = (
        c for c in table.cells if c.row < table.header_rows and c.column <= cell.column < c.column + c.column_span
    )
    row = (
        c
        for c in table.cells
        if c.column == 0 and c.row <= cell.row < c.row + c.row_span and c.row >= table.header_rows
    )
    for head in (*column, *row):
        for match in _BRACKETED.finditer(head.text):
            if is_unit(match[1]):
                return match[1]
    return ""


def is_unit(text: str) -> bool:
    """Whether a text reads as a unit: behind a number it makes a measure, or it holds a sign of money."""
    spans = find_spans(f"1 {text}", ValueType.MEASURE)
    return any(sign in text for sign in "€$£¥") or bool(spans and spans[0].end == len(text) + 2)


def _folded(text: str) -> set[str]:
    return {token.folded for token in tokens(text)} or {""}


def _stretch(page: PageRow, cells: list[Cell]) -> tuple[int, ...]:
    """The page's words from the first cell to the last, in reading order; empty when they are no stretch of one row."""
    found: list[int] = []
    for cell in cells:
        box = cell.box
        inside = [
            index
            for index, word in enumerate(page.words)
            if box.x0 <= word.box.center[0] <= box.x1 and box.y0 <= word.box.center[1] <= box.y1
        ]
        if not inside:
            return ()
        found += inside
    stretch = tuple(range(min(found), max(found) + 1))
    return stretch if len(stretch) <= _LONGEST_QUOTE else ()


def _joined(value: str, unit: str) -> str:
    if not unit:
        return value
    return f"{unit}{value}" if unit in {"£", "$", "€", "¥"} else f"{value} {unit}"
