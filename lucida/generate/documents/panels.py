"""Panels of office forms: cells of labels and values, figures under heads, words that are marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from lucida.generate.documents.content import Entry, Marks, Matrix, Panel
from lucida.generate.documents.design import Design
from lucida.generate.documents.fields import draw_value
from lucida.generate.documents.truth import Asked, Link
from lucida.generate.sheet import text_width
from lucida.generate.surface import rectangle
from lucida.generate.typesetting import Style, break_lines

if TYPE_CHECKING:
    from lucida.generate.documents.painter import Painter

_INK = "#33383f"
#: Least width of a cell, of the panel's; a value that has less room than this behind its label goes below it.
_LEAST, _ROOM = 0.18, 0.35


@dataclass(frozen=True, slots=True)
class _Look:
    """How a panel is set: where values stand, what lines are drawn, gaps in points, lines of one grid for all rows."""

    place: str
    lines: str
    gap: float
    indent: float
    pad: float
    aligned: bool


@dataclass(frozen=True, slots=True)
class _Cell:
    """An entry with its place and how it is set."""

    entry: Entry
    x: float
    width: float
    place: str


def draw_panel(painter: Painter, block: Panel) -> None:
    """Draw a panel from the painter's ``y`` down, over several pages where it must."""
    design, look = painter.design, _look(painter)
    if block.title:
        _title(painter, block.title)
    shared = _shares(painter, max(len(row) for row in block.rows))
    for row in block.rows:
        shares = shared if look.aligned and len(row) == len(shared) else _shares(painter, len(row))
        cells = _cells(painter, row, shares, look)
        height = max(_height(design, cell, look) for cell in cells)
        painter.need(height)
        top = painter.y
        for cell in cells:
            painter.y = top
            _draw(painter, cell, look, height)
        painter.y = top + height
    painter.space(0.7)


def _look(painter: Painter) -> _Look:
    rng, size = painter.rng, painter.design.size
    place = ("inline", "inline", "inline", "above", "above", "below", "behind")[int(rng.integers(7))]
    lines = ("grid", "grid", "under", "under", "none", "none", "rows")[int(rng.integers(7))]
    gap, indent = float(rng.uniform(0.3, 2.5)) * size, float(rng.choice((0, 0, 1, 3))) * size
    return _Look(place, lines, gap, indent, float(rng.uniform(0.1, 0.7)) * size, bool(rng.random() < 0.6))


def _shares(painter: Painter, count: int) -> list[float]:
    """Widths of the cells of a row, of the panel's; equal or not."""
    drawn = painter.rng.uniform(0.5, 1.6, count) if painter.rng.random() < 0.6 else [1.0] * count
    total = float(sum(drawn))
    return [max(float(one) / total, _LEAST) for one in drawn]


def _cells(painter: Painter, row: Sequence[Entry], shares: Sequence[float], look: _Look) -> list[_Cell]:
    total, x, cells = sum(shares), painter.left, []
    for entry, share in zip(row, shares, strict=True):
        width = painter.width * share / total
        place = look.place if painter.rng.random() < 0.9 else ("inline", "above")[int(painter.rng.integers(2))]
        inner = width - 2 * look.pad
        left = inner - _label_width(painter.design, entry) - look.gap
        style = painter.design.value
        fits = text_width(entry.value.split("\n")[0], style.face, style.size) <= left
        if place in {"inline", "behind"} and not fits and (left < _ROOM * inner or painter.rng.random() < 0.5):
            place = "above"
        cells.append(_Cell(entry, x + look.pad, inner, place))
        x += width
    return cells


def _label_width(design: Design, entry: Entry) -> float:
    style = design.label
    return text_width(design.labelled(entry.label), style.face, style.size)


def _tab(design: Design, cell: _Cell, look: _Look) -> float:
    """Where a value begins beside its label, from the cell's left."""
    natural = _label_width(design, cell.entry) + look.gap
    return max(natural, 0.42 * cell.width) if cell.place == "behind" else natural


def _lines(text: str, width: float, style: Style) -> float:
    """Height of a paragraph, one line at least."""
    return max(len(break_lines(text, max(width, style.size), style)), 1) * style.leading


def _height(design: Design, cell: _Cell, look: _Look) -> float:
    value, label = design.value, design.label
    if cell.place in {"inline", "behind"}:
        return _lines(cell.entry.value, cell.width - _tab(design, cell, look), value) + 2 * look.pad
    printed = _lines(design.labelled(cell.entry.label), cell.width, label)
    return printed + _lines(cell.entry.value, cell.width - look.indent, value) + 2 * look.pad


def _draw(painter: Painter, cell: _Cell, look: _Look, height: float) -> None:
    design, entry, top = painter.design, cell.entry, painter.y
    _frame(painter, cell, look, height)
    x, y, room = cell.x, top + look.pad, cell.width
    label_y = y
    if cell.place in {"inline", "behind"}:
        x, room = x + _tab(design, cell, look), room - _tab(design, cell, look)
    elif cell.place == "above":
        y += _lines(design.labelled(entry.label), cell.width, design.label)
        x, room = x + look.indent, room - look.indent
    else:
        label_y += _lines(entry.value, room, design.value)
    painter.y = label_y
    label = painter.words("question", design.labelled(entry.label), cell.x, max(cell.width, 1.0), design.label)
    if look.lines == "under" or cell.place == "below":
        foot = label_y if cell.place == "below" else y + _lines(entry.value, room, design.value)
        painter.sheet.rule(x, cell.x + cell.width - 4, foot - 0.5, 0.5, _INK)
    if entry.value:
        # What a typewriter or a hand fills in seldom stands quite level with what is printed.
        off = float(painter.rng.uniform(-0.18, 0.18)) * design.size if design.pen in {"hand", "typewriter"} else 0.0
        painter.y = y + off
        painter.link(entry, label, draw_value(painter, design, entry, x, room, design.value, "left"))


def _frame(painter: Painter, cell: _Cell, look: _Look, height: float) -> None:
    left, right = cell.x - look.pad, cell.x + cell.width + look.pad
    if look.lines == "grid":
        painter.sheet.polygon(rectangle(left, painter.y, right, painter.y + height), None, _INK, 0.6)
    elif look.lines == "rows":
        painter.sheet.rule(left, right, painter.y, 0.6, _INK)


def _title(painter: Painter, text: str) -> None:
    design = painter.design
    style = replace(design.text, bold=True, size=design.size * 1.1, leading=design.text.leading * 1.2)
    painter.need(4 * style.leading)
    painter.words("header", text.upper() if design.label_upper else text, painter.left, painter.width, style)


def draw_matrix(painter: Painter, block: Matrix) -> None:
    """Draw figures under the heads of their columns, each row behind its own head."""
    design = painter.design
    style, label = design.value, design.label
    first = painter.width * float(painter.rng.uniform(0.25, 0.4))
    step = (painter.width - first) / len(block.columns)
    ruled = painter.rng.random() < 0.4
    line = max(_lines(head, step - 4, label) for head in block.columns)
    height = style.leading * float(painter.rng.uniform(1.0, 1.6))
    painter.need(line + (len(block.rows) + 1) * height)
    top = painter.y
    heads = []
    for number, head in enumerate(block.columns):
        painter.y = top
        heads.append(
            painter.words("question", _headed(design, head), painter.left + first + number * step, step, label)
        )
    painter.y = top + line
    for head, cells in zip(block.rows, block.cells, strict=True):
        _matrix_row(painter, (head, cells), heads, (first, step))
        painter.y += height - style.leading
        if ruled:
            painter.sheet.rule(painter.left, painter.left + painter.width, painter.y, 0.4, _INK)
    painter.space(0.7)


def _headed(design: Design, text: str) -> str:
    return text.upper() if design.label_upper else text


def _matrix_row(
    painter: Painter, row: tuple[str, Sequence[str]], heads: Sequence[int | None], sides: tuple[float, float]
) -> None:
    """One row of a matrix: its head and cells, linked to the heads of both and asked for by both."""
    (head, cells), (first, step), top, sheet = row, sides, painter.y, painter.sheet
    named = painter.words("question", _headed(painter.design, head), painter.left, first, painter.design.label)
    for number, text in enumerate(cells):
        painter.y = top
        x = painter.left + first + number * step
        value = painter.words("answer", text, x, step, painter.design.value)
        if value is None:
            continue
        sheet.links += [Link("cell", heads[number], value), Link("cell", named, value)]
        if painter.rng.random() < 0.15 and (column := heads[number]) is not None:
            asked = painter.tongue.pick("cells", "series", painter.rng)
            of_column = " ".join(sheet.words[word].text for word in sheet.entities[column].words)
            painter.ask(asked.format(head.lower(), of_column), "table", sheet.entities[value].words)
    painter.y = top + painter.design.value.leading


def draw_marks(painter: Painter, block: Marks) -> None:
    """Draw words of which one has a cross; the cross is what is filled in, the word is what is asked for."""
    design = painter.design
    painter.need(2 * design.text.leading)
    sheet, style, top = painter.sheet, design.value, painter.y
    painter.words("question", design.labelled(block.label), painter.left, painter.width, design.label)
    x = painter.left + _label_width(design, Entry("", block.label, "")) + 1.5 * design.size
    before = painter.rng.random() < 0.4
    for number, option in enumerate(block.options):
        painter.y = top
        wide = text_width(option, style.face, style.size)
        at = x + 1.4 * style.size if before else x
        with sheet.entity("question"):
            sheet.text(at, top + style.leading * 0.5 + style.size * 0.35, option, style.face, style.size)
        named = len(sheet.entities) - 1
        mark_x = x if before else at + wide + 0.5 * style.size
        sheet.rule(mark_x, mark_x + style.size, top + style.leading, 0.5, _INK)
        if number == block.marked:
            mark = painter.words("answer", "X", mark_x + 0.2 * style.size, 2 * style.size, style)
            if mark is not None:
                sheet.links += [Link("mark", named, mark)]
            asked = painter.tongue.pick("questions", "checked", painter.rng).format(block.label)
            sheet.questions.append(Asked(asked, "tick", sheet.entities[named].words))
        x = at + wide + 3.0 * style.size
    painter.y = top + 1.3 * style.leading
