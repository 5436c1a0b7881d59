"""Tables: columns as wide as their figures need, divided over pages, every cell known."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from lucida.generate.colour import rgba
from lucida.generate.documents.asking import asked_of_table
from lucida.generate.documents.content import Goods
from lucida.generate.documents.design import Design
from lucida.generate.documents.truth import TrueCell, TrueTable
from lucida.generate.sheet import text_width
from lucida.generate.surface import Align
from lucida.generate.typesetting import Column, TableStyle, table, table_height

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from lucida.generate.documents.painter import Painter


def draw_goods(painter: Painter, block: Goods) -> None:
    """Draw a table from the painter's ``y`` down; what does not fit goes on overleaf, under the same headings."""
    look = _look(painter.design)
    columns = _columns(block, painter.design, look, painter.width)
    rows = list(block.rows)
    while rows:
        painter.need(table_height(columns, rows[:2], look))
        fitting = _fitting(columns, rows, look, painter.foot - painter.y)
        _part(painter, block, columns, rows[:fitting], look)
        rows = rows[fitting:]
        if rows:
            painter.turn()


def _part(
    painter: Painter, block: Goods, columns: Sequence[Column], rows: Sequence[Sequence[str]], look: TableStyle
) -> None:
    sheet = painter.sheet
    spans: dict[tuple[int, int], int] = {}

    def around(row: int, column: int) -> AbstractContextManager[object]:
        spans[row, column] = len(sheet.words)
        return sheet.entity("other" if row else "header")

    painter.y = table(sheet, painter.left, painter.y, columns, rows, look, around)
    starts = [*list(spans.values())[1:], len(sheet.words)]
    cells = tuple(
        TrueCell(row, column, tuple(range(start, end)))
        for ((row, column), start), end in zip(spans.items(), starts, strict=True)
        if end > start
    )
    drawn = TrueTable(tuple(block.columns), cells)
    sheet.tables.append(drawn)
    for asked in asked_of_table(painter.tongue, block, drawn, rows, painter.rng):
        painter.ask(asked.question, asked.kind, asked.words)


def _look(design: Design) -> TableStyle:
    fill = design.head_fill
    dark = fill is not None and sum(rgba(fill)[:3]) < 380
    return TableStyle(
        design.text, design.look, fill, "#ffffff" if dark else "#1d1d1f", padding=max(1.2, 0.38 * design.size)
    )


def _columns(block: Goods, design: Design, look: TableStyle, width: float) -> list[Column]:
    """The column that names the rows takes what the others leave; figures stand flush right."""
    bold = design.family.bold
    wide: list[float] = []
    aligns: list[Align] = []
    for number, heading in enumerate(block.headings):
        texts = [heading, *(row[number] for row in block.rows)]
        wide.append(max(text_width(text, bold, design.size) for text in texts) + 2 * look.padding + 1)
        figures = sum(any(char.isdigit() for char in row[number]) for row in block.rows) > len(block.rows) / 2
        aligns.append("right" if figures and number not in {0, block.key} else "left")
    spare = width - (sum(wide) - wide[block.key])
    if spare < 0.28 * width:
        # Too many figures for the page: headings break, and every column gives some.
        scale = (width * 0.72) / (sum(wide) - wide[block.key])
        wide, spare = [part * scale for part in wide], width * 0.28
    wide[block.key] = spare
    return [Column(heading, part, align) for heading, part, align in zip(block.headings, wide, aligns, strict=True)]


def _fitting(columns: Sequence[Column], rows: Sequence[Sequence[str]], look: TableStyle, room: float) -> int:
    """How many rows fit, at least one."""
    count = len(rows)
    while count > 1 and table_height(columns, rows[:count], look) > room:
        count -= 1
    return count
