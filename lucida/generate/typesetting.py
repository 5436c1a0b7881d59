"""Paragraphs and tables on a ``Sheet``: line breaking, justification, columns of figures.

Text may hold ``**bold**`` and ``_italic_`` runs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

from lucida.generate.sheet import SANS, Family, Sheet, text_width
from lucida.generate.surface import Align, rectangle

Run = tuple[str, str]  # face, text
_MARKUP = re.compile(r"\*\*(.+?)\*\*|(?<!\w)_(.+?)_(?!\w)")


@dataclass(frozen=True, slots=True)
class Style:
    """How text is set; lengths in points."""

    family: Family = SANS
    size: float = 10.0
    leading: float = 13.5
    colour: str = "#1d1d1f"
    justify: bool = False
    bold: bool = False

    @property
    def face(self) -> str:
        return self.family.bold if self.bold else self.family.regular


@dataclass(frozen=True, slots=True)
class Line:
    """One broken line: its words as (face, text), and whether it ends its paragraph."""

    words: tuple[tuple[Run, ...], ...]
    last: bool


@dataclass(frozen=True, slots=True)
class Column:
    """A table column: its heading, width in points and alignment."""

    heading: str
    width: float
    align: Align = "left"


@dataclass(frozen=True, slots=True)
class TableStyle:
    """How a table looks: ``rules`` between rows, a ``grid`` around cells, ``bands`` on every second row, ``plain``."""

    text: Style = Style(size=9, leading=11.5)
    look: Literal["rules", "grid", "bands", "plain"] = "rules"
    heading_fill: str | None = None
    heading_colour: str = "#1d1d1f"
    line: str = "#c5c9d0"
    padding: float = 4.0
    total_rows: int = 0


def break_lines(text: str, width: float, style: Style) -> list[Line]:
    """Greedy line breaking; a newline forces a break."""
    lines: list[Line] = []
    for paragraph in text.split("\n"):
        current: list[tuple[Run, ...]] = []
        used = 0.0
        for word in _words(paragraph, style):
            advance = sum(text_width(part, face, style.size) for face, part in word)
            space = text_width(" ", style.face, style.size) if current else 0.0
            if current and used + space + advance > width:
                lines.append(Line(tuple(current), last=False))
                current, used, space = [], 0.0, 0.0
            current.append(word)
            used += space + advance
        lines.append(Line(tuple(current), last=True))
    return lines


def set_line(sheet: Sheet, x: float, y: float, width: float, line: Line, style: Style, align: Align = "left") -> None:
    """Set a broken line with its baseline at ``y``; stretched to ``width`` when the style justifies it."""
    space = text_width(" ", style.face, style.size)
    natural = sum(text_width(part, face, style.size) for word in line.words for face, part in word)
    natural += space * max(len(line.words) - 1, 0)
    extra = 0.0
    if style.justify and not line.last and len(line.words) > 1:
        extra = (width - natural) / (len(line.words) - 1)
    x += {"left": 0.0, "center": (width - natural) / 2, "right": width - natural}[align]
    for face, text in _merged(line):
        x += sheet.text(x, y, text, face, style.size, style.colour, word_spacing=extra)


def paragraph(sheet: Sheet, x: float, y: float, width: float, text: str, style: Style, align: Align = "left") -> float:
    """Set text below ``y`` (the top of its first line) and return the bottom of its last."""
    for line in break_lines(text, width, style):
        set_line(sheet, x, y + style.leading * 0.5 + style.size * 0.35, width, line, style, align)
        y += style.leading
    return y


def _nothing_around(_row: int, _column: int) -> AbstractContextManager[object]:
    return nullcontext()


def table_height(columns: Sequence[Column], rows: Sequence[Sequence[str]], style: TableStyle) -> float:
    """Height in points that ``table`` will take."""
    return sum(_row_height(columns, row, style) for row in [[column.heading for column in columns], *rows])


def table(
    sheet: Sheet,
    x: float,
    y: float,
    columns: Sequence[Column],
    rows: Sequence[Sequence[str]],
    style: TableStyle,
    around: Callable[[int, int], AbstractContextManager[object]] = _nothing_around,
) -> float:
    """Draw a table with its top left corner at (x, y) and return its bottom.

    ``around`` gives, for a row and a column, the context in which that cell is printed; row 0 is the heading.
    """
    width, top = sum(column.width for column in columns), y
    bold = replace(style.text, bold=True)
    height = _row_height(columns, [column.heading for column in columns], style)
    if style.heading_fill:
        sheet.polygon(rectangle(x, y, x + width, y + height), style.heading_fill)
    heading = replace(bold, colour=style.heading_colour)
    edges = [y, _row(sheet, x, y, columns, [column.heading for column in columns], heading, style, partial(around, 0))]
    for number, row in enumerate(rows):
        total = number >= len(rows) - style.total_rows
        height = _row_height(columns, row, style)
        if style.look == "bands" and number % 2 and not total:
            sheet.polygon(rectangle(x, edges[-1], x + width, edges[-1] + height), "#f2f4f7")
        edges.append(
            _row(sheet, x, edges[-1], columns, row, bold if total else style.text, style, partial(around, number + 1))
        )
    _lines(sheet, x, top, columns, edges, style)
    return edges[-1]


def _lines(
    sheet: Sheet, x: float, top: float, columns: Sequence[Column], edges: Sequence[float], style: TableStyle
) -> None:
    width = sum(column.width for column in columns)
    ink = style.text.colour
    if style.look == "grid":
        for y in edges:
            sheet.rule(x, x + width, y, 0.5, style.line)
        position = x
        for column in [*columns, Column("", 0)]:
            sheet.polyline([(position, top), (position, edges[-1])], style.line, 0.5)
            position += column.width
        return
    if style.look == "plain":
        return
    for y in edges[2:-1] if style.look == "rules" else ():
        sheet.rule(x, x + width, y, 0.4, style.line)
    if not style.heading_fill:
        sheet.rule(x, x + width, edges[0], 0.9, ink)
        sheet.rule(x, x + width, edges[1], 0.6, ink)
    sheet.rule(x, x + width, edges[-1], 0.9, ink)
    if style.total_rows:
        sheet.rule(x, x + width, edges[-1 - style.total_rows], 0.6, ink)


def _row(
    sheet: Sheet,
    x: float,
    y: float,
    columns: Sequence[Column],
    row: Sequence[str],
    text: Style,
    style: TableStyle,
    around: Callable[[int], AbstractContextManager[object]],
) -> float:
    for number, (column, cell) in enumerate(zip(columns, row, strict=True)):
        inner = column.width - 2 * style.padding
        with around(number):
            paragraph(sheet, x + style.padding, y + style.padding * 0.8, inner, cell, text, column.align)
        x += column.width
    return y + _row_height(columns, row, style)


def _row_height(columns: Sequence[Column], row: Sequence[str], style: TableStyle) -> float:
    bold = replace(style.text, bold=True)
    lines = max(
        len(break_lines(cell, column.width - 2 * style.padding, bold))
        for column, cell in zip(columns, row, strict=True)
    )
    return lines * style.text.leading + 1.6 * style.padding


def _words(text: str, style: Style) -> Iterator[tuple[Run, ...]]:
    """Words as runs of one face each: markup may start and end inside a word."""
    word: list[Run] = []
    for face, run in _runs(text, style):
        for index, part in enumerate(run.split(" ")):
            if index and word:
                yield tuple(word)
                word = []
            if part:
                word.append((face, part))
    if word:
        yield tuple(word)


def _runs(text: str, style: Style) -> Iterator[Run]:
    position = 0
    for match in _MARKUP.finditer(text):
        yield style.face, text[position : match.start()]
        yield (style.family.bold, match[1]) if match[1] else (style.family.italic, match[2])
        position = match.end()
    yield style.face, text[position:]


def _merged(line: Line) -> list[Run]:
    """The line as few runs as possible, so that its text stays searchable as phrases."""
    runs: list[Run] = []
    for index, word in enumerate(line.words):
        for part, (face, text) in enumerate(word):
            spaced = " " + text if index and not part else text
            if runs and runs[-1][0] == face:
                runs[-1] = face, runs[-1][1] + spaced
            else:
                runs.append((face, spaced))
    return runs
