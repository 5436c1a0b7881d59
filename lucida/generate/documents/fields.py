"""Fields in all the ways in which papers set them: the label beside, above, below or before its value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from lucida.generate.colour import mix
from lucida.generate.documents.content import Entry, Fields
from lucida.generate.documents.design import Design
from lucida.generate.pens import handwriting
from lucida.generate.sheet import text_width
from lucida.generate.surface import Align, rectangle
from lucida.generate.typesetting import Style, break_lines

if TYPE_CHECKING:
    from lucida.generate.documents.painter import Painter

_GUTTER = 10.0
#: Of sums, those that are set bold.
_SUMS = frozenset(("total", "closing_balance"))


class _Cell(NamedTuple):
    """Where one entry goes, in points; ``tab`` is how far the labels of its column reach."""

    x: float
    y: float
    width: float
    height: float
    tab: float


def fields_height(design: Design, block: Fields, width: float) -> float:
    """Height in points that ``draw_fields`` takes."""
    rows = _rows(block.entries, design.columns)
    inner = _cell_width(width, design.columns)
    tabs = _tab(design, block.entries, inner)
    title = 1.6 * design.text.leading if block.title else 0.0
    return title + sum(max(_height(design, entry, inner, tabs) for entry in row) for row in rows)


def draw_fields(painter: Painter, block: Fields, x: float, width: float, design: Design) -> float:
    """Draw entries from the painter's ``y`` down; returns the bottom."""
    if block.title:
        title = Style(design.family, design.size * 1.1, design.text.leading * 1.1, design.accent, bold=True)
        painter.words("header", block.title, x, width, title)
        painter.y += 0.4 * design.text.leading
    inner, top = _cell_width(width, design.columns), painter.y
    tab = _tab(design, block.entries, inner)
    for row in _rows(block.entries, design.columns):
        height = max(_height(design, entry, inner, tab) for entry in row)
        for number, entry in enumerate(row):
            painter.y = top
            cell = _Cell(x + number * (inner + _GUTTER), top, inner, height, tab)
            _entry(painter, design, entry, cell, sum_=block.sums, last=block.sums and entry.name in _SUMS)
        top += height
    painter.y = top
    return top


def _rows(entries: Sequence[Entry], columns: int) -> list[Sequence[Entry]]:
    return [entries[at : at + columns] for at in range(0, len(entries), columns)]


def _cell_width(width: float, columns: int) -> float:
    return (width - (columns - 1) * _GUTTER) / columns


def _tab(design: Design, entries: Sequence[Entry], width: float) -> float:
    """How far labels reach where values stand behind them in a column."""
    style = design.label
    widest = max(text_width(design.labelled(entry.label), style.face, style.size) for entry in entries)
    return min(widest + 0.8 * design.size, 0.55 * width)


def _pad(design: Design) -> float:
    return 0.35 * design.size if design.frame in {"box", "shade", "rule", "dots"} else 0.12 * design.size


def _room(design: Design, entry: Entry, width: float, tab: float) -> float:
    """Width that a value has."""
    inset = 2 * 0.4 * design.size if design.frame in {"box", "shade"} else 0.0
    if design.place == "left":
        return width - tab - inset
    if design.place == "right":
        return width - tab
    if design.place == "inline":
        return width - _run_in(design, entry)
    return width - inset


def _run_in(design: Design, entry: Entry) -> float:
    style = design.label
    return text_width(design.labelled(entry.label) + " ", style.face, style.size) if entry.label else 0.0


def _height(design: Design, entry: Entry, width: float, tab: float) -> float:
    lines = len(break_lines(entry.value, _room(design, entry, width, tab), design.value)) * design.value.leading
    labels = len(break_lines(design.labelled(entry.label), max(tab, 1.0), design.label)) * design.label.leading
    if design.place in {"above", "below"}:
        labels = len(break_lines(design.labelled(entry.label), width, design.label)) * design.label.leading
        return lines + labels + 2 * _pad(design) + 0.25 * design.size
    return max(lines, labels) + 2 * _pad(design)


def _entry(painter: Painter, design: Design, entry: Entry, cell: _Cell, *, sum_: bool, last: bool) -> None:
    """One entry in its cell; figures of sums stand flush right, and the ``last`` of them is set bold."""
    pad, room = _pad(design), _room(design, entry, cell.width, cell.tab)
    inset = 0.4 * design.size if design.frame in {"box", "shade"} else 0.0
    value_x, value_y, label_x, label_y, label_width = (
        cell.x + inset,
        cell.y + pad,
        cell.x + inset,
        cell.y + pad,
        cell.width,
    )
    lines = len(break_lines(entry.value, room, design.value)) * design.value.leading
    if design.place == "left":
        value_x, label_x, label_width = cell.x + cell.tab + inset, cell.x, cell.tab
    elif design.place == "right":
        label_x, label_width = cell.x + room + 0.6 * design.size, cell.tab
    elif design.place == "inline":
        value_x = cell.x + _run_in(design, entry)
    elif design.place == "above":
        value_y += len(break_lines(design.labelled(entry.label), cell.width, design.label)) * design.label.leading
    else:
        label_y += lines + 0.25 * design.size
    _frame(painter, design, cell, (value_x, value_y, room, lines))
    label = None
    if entry.label:
        painter.y, bold = label_y, design.label_bold or last
        printed = design.labelled(entry.label)
        label = painter.words("question", printed, label_x, label_width, replace(design.label, bold=bold))
    painter.y = value_y
    align: Align = "right" if design.place == "left" and (sum_ or painter.narrow) else "left"
    style = replace(design.value, bold=design.value.bold or last)
    painter.link(entry, label, draw_value(painter, design, entry, value_x, room, style, align))


def draw_value(
    painter: Painter, design: Design, entry: Entry, x: float, room: float, style: Style, align: Align
) -> int | None:
    """Fill in an entry's value from the painter's ``y`` down, with the design's pen; returns its entity's place."""
    if design.pen == "hand" and "\n" not in entry.value and text_width(entry.value, "tiit", design.size * 1.3) < room:
        baseline = painter.y + style.leading * 0.5 + style.size * 0.35
        with painter.sheet.entity("answer"):
            handwriting(painter.sheet, x, baseline, entry.value, design.size * 1.2, seed=int(painter.rng.integers(99)))
        return len(painter.sheet.entities) - 1 if entry.value.strip() else None
    return painter.words("answer", entry.value, x, room, style, align)


def _frame(painter: Painter, design: Design, cell: _Cell, value: tuple[float, float, float, float]) -> None:
    """What surrounds a value (left, top, width, height of its lines)."""
    x, y, width, height, tab = cell
    value_x, value_y, room, lines = value
    sheet, foot = painter.sheet, value_y + lines + 1
    if design.frame == "box":
        left = x + tab if design.place == "left" else x
        sheet.polygon(rectangle(left, y, x + width, y + height), None, "#8d949e", 0.6)
    elif design.frame == "shade":
        left = x + tab if design.place == "left" else x
        sheet.polygon(rectangle(left, y + 1, x + width, y + height - 1), mix(design.accent, "#ffffff", 0.92))
    elif design.frame == "rule":
        sheet.rule(value_x, value_x + room, foot, 0.5, "#8d949e")
    elif design.frame == "dots":
        sheet.polyline([(value_x, foot), (value_x + room, foot)], "#6b7280", 0.7, (0.8, 1.8))
