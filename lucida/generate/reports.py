"""Reports: a cover, numbered sections, tables and charts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PIL import Image

from lucida.generate.blocks import Block, pour
from lucida.generate.colour import mix
from lucida.generate.flow import Flow
from lucida.generate.sheet import SANS, Sheet
from lucida.generate.surface import rectangle
from lucida.generate.typesetting import Style, TableStyle, paragraph

_LEFT, _RIGHT = 62.0, 533.0


@dataclass(frozen=True, slots=True)
class Report:
    """A report. ``picture`` fills the upper part of the cover; ``summary`` stands below the title."""

    organisation: str
    title: str
    subtitle: str
    date: str
    summary: str
    figures: Sequence[tuple[str, str]]
    blocks: Sequence[Block]
    picture: Image.Image
    accent: str = "#14506b"


def draw_report(document: Any, report: Report) -> list[tuple[int, str, int]]:
    """Append a report and return its outline as (level, text, page)."""
    cover = Sheet(document)
    _cover(cover, report)
    cover.finish()
    body = Style(SANS, 9.8, 14, "#1f2937")
    flow = Flow(document, lambda _: [(_LEFT, 78, _RIGHT, 772)], body)
    headings = {
        1: Style(SANS, 17, 22, report.accent, bold=True),
        2: Style(SANS, 12, 16, "#1f2937", bold=True),
    }
    look = TableStyle(Style(SANS, 9, 12, "#1f2937"), "bands", report.accent, "#ffffff", padding=5)
    pour(flow, report.blocks, headings, look)
    flow.finish(lambda sheet, number, count: _running(sheet, report, number + 1, count + 1))
    return [(level, text, page + 1) for level, text, page in flow.outline]


def _cover(sheet: Sheet, report: Report) -> None:
    sheet.image(0, 0, sheet.width, 400, report.picture)
    sheet.polygon(rectangle(0, 400, sheet.width, 410), report.accent)
    sheet.text(_LEFT, 452, report.organisation.upper(), SANS.bold, 10, report.accent, tracking=1.4)
    y = paragraph(sheet, _LEFT, 462, 471, report.title, Style(SANS, 30, 36, "#111827", bold=True))
    y = paragraph(sheet, _LEFT, y + 2, 471, report.subtitle, Style(SANS, 14, 19, "#4b5563"))
    y = paragraph(sheet, _LEFT, y + 14, 471, report.summary, Style(SANS, 10.5, 15.5, "#1f2937"))
    width = (_RIGHT - _LEFT + 12) / len(report.figures)
    for number, (value, label) in enumerate(report.figures):
        x = _LEFT + number * width
        sheet.rounded(x, y + 18, x + width - 12, y + 72, 5, mix(report.accent, "#ffffff", 0.9))
        sheet.text(x + 10, y + 44, value, SANS.bold, 18, report.accent)
        sheet.text(x + 10, y + 60, label, SANS.regular, 8.5, "#4b5563")
    sheet.text(_LEFT, 800, report.date, SANS.regular, 10, "#4b5563")


def _running(sheet: Sheet, report: Report, number: int, count: int) -> None:
    sheet.text(_LEFT, 50, f"{report.organisation} \u2013 {report.title}", SANS.regular, 8.5, "#6b7280")
    sheet.rule(_LEFT, _RIGHT, 57, 0.5, "#d1d5db")
    sheet.text(_RIGHT, 808, f"Page {number} of {count}", SANS.regular, 8.5, "#6b7280", "right")
    sheet.text(_LEFT, 808, report.date, SANS.regular, 8.5, "#6b7280")
