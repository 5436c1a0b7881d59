"""Datasheets: dense tables, drawings, and notes in 5 pt type."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lucida.generate.blocks import Block, pour
from lucida.generate.flow import Flow, Frame
from lucida.generate.sheet import SANS, Sheet
from lucida.generate.surface import rectangle
from lucida.generate.typesetting import Style, TableStyle, paragraph

_LEFT, _RIGHT = 40.0, 555.0


@dataclass(frozen=True, slots=True)
class Datasheet:
    """A product's datasheet; ``fine_print`` goes in 5 pt type to the foot of the last page, in three columns."""

    maker: str
    part: str
    headline: str
    revision: str
    blocks: Sequence[Block]
    fine_print: Sequence[str]
    accent: str = "#b3261e"


def draw_datasheet(document: Any, datasheet: Datasheet) -> list[tuple[int, str, int]]:
    """Append a datasheet and return its outline as (level, text, page)."""
    middle = (_LEFT + _RIGHT) / 2

    def frames(number: int) -> list[Frame]:
        top, bottom = (112.0, 782.0) if number == 1 else (70.0, 640.0)
        return [(_LEFT, top, middle - 9, bottom), (middle + 9, top, _RIGHT, bottom)]

    flow = Flow(document, frames, Style(SANS, 8.6, 11.4, "#1a1a1a"))
    headings = {
        1: Style(SANS, 11, 14, datasheet.accent, bold=True),
        2: Style(SANS, 9, 12, "#1a1a1a", bold=True),
    }
    look = TableStyle(Style(SANS, 7.4, 9.4, "#1a1a1a"), "grid", "#ececec", padding=2.8, line="#b9bdc4")
    pour(flow, datasheet.blocks, headings, look)
    _fine_print(flow.sheet, datasheet)
    flow.finish(lambda sheet, page, count: _running(sheet, datasheet, page, count))
    return flow.outline


def _running(sheet: Sheet, datasheet: Datasheet, page: int, count: int) -> None:
    if page == 1:
        sheet.polygon(rectangle(0, 0, sheet.width, 92), datasheet.accent)
        sheet.text(_LEFT, 36, datasheet.maker, SANS.bold, 11, "#ffffff", tracking=1.5)
        sheet.text(_LEFT, 66, datasheet.part, SANS.bold, 26, "#ffffff")
        sheet.text(_LEFT, 82, datasheet.headline, SANS.regular, 10, "#ffffff")
        sheet.text(_RIGHT, 36, datasheet.revision, SANS.regular, 8.5, "#ffffff", "right")
    else:
        sheet.text(_LEFT, 44, f"{datasheet.maker} {datasheet.part}", SANS.bold, 9, datasheet.accent)
        sheet.text(_RIGHT, 44, datasheet.revision, SANS.regular, 8, "#555555", "right")
        sheet.rule(_LEFT, _RIGHT, 51, 1.2, datasheet.accent)
    sheet.rule(_LEFT, _RIGHT, 806, 0.4, "#b9bdc4")
    sheet.text(_LEFT, 817, f"{datasheet.maker} \u00b7 {datasheet.part} datasheet", SANS.regular, 7, "#555555")
    sheet.text(_RIGHT, 817, f"{page} of {count}", SANS.regular, 7, "#555555", "right")


def _fine_print(sheet: Sheet, datasheet: Datasheet) -> None:
    """Paragraphs shared out over three columns by their length."""
    style, width = Style(SANS, 5, 6.1, "#3a3a3a", justify=True), (_RIGHT - _LEFT - 24) / 3
    sheet.rule(_LEFT, _RIGHT, 652, 0.5, "#777777")
    goal = sum(len(text) for text in datasheet.fine_print) / 3
    column, y, filled = 0, 658.0, 0
    for text in datasheet.fine_print:
        if column < 2 and filled + len(text) / 2 > goal * (column + 1):
            column, y = column + 1, 658.0
        y = paragraph(sheet, _LEFT + column * (width + 12), y, width, text, style) + 2.5
        filled += len(text)
