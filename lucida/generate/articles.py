"""Scientific articles in two columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lucida.generate.blocks import Block, pour
from lucida.generate.flow import Flow, Frame
from lucida.generate.sheet import SERIF, Sheet
from lucida.generate.typesetting import Style, TableStyle, break_lines, paragraph

_BODY = Style(SERIF, 9.6, 11.9, "#111111", justify=True)
_LEFT, _RIGHT, _GUTTER = 48.0, 547.0, 19.0
_TOP, _BOTTOM = 62.0, 786.0
_LOOK = TableStyle(Style(SERIF, 8.6, 10.6, "#111111"), "rules", padding=2.6, line="#ffffff")


@dataclass(frozen=True, slots=True)
class Article:
    """A paper. ``journal`` is printed at the head of every page."""

    title: str
    authors: str
    affiliations: str
    abstract: str
    keywords: str
    blocks: Sequence[Block]
    references: Sequence[str]
    journal: str
    pages_from: int = 1


def draw_article(document: Any, article: Article) -> list[tuple[int, str, int]]:
    """Append an article and return its outline as (level, text, page)."""
    front_bottom = _front(None, article)
    middle = (_LEFT + _RIGHT) / 2

    def frames(number: int) -> list[Frame]:
        top = front_bottom if number == 1 else _TOP
        return [(_LEFT, top, middle - _GUTTER / 2, _BOTTOM), (middle + _GUTTER / 2, top, _RIGHT, _BOTTOM)]

    flow = Flow(document, frames, _BODY)
    headings = {1: Style(SERIF, 11, 14, "#111111", bold=True), 2: Style(SERIF, 10, 12.5, "#111111", bold=True)}
    _front(flow.sheet, article)
    pour(flow, article.blocks, headings, _LOOK)
    flow.heading("References", headings[1])
    small = Style(SERIF, 8.2, 9.9, "#111111", justify=True)
    for number, reference in enumerate(article.references, start=1):
        flow.text(reference, small, indent=17, after=2, mark=f"[{number}]")
    flow.finish(lambda sheet, number, _: _running_head(sheet, article, number))
    return flow.outline


def _front(sheet: Sheet | None, article: Article) -> float:
    """Title, authors and abstract across the page; without a sheet only the height is worked out."""
    width, y = _RIGHT - _LEFT, _TOP + 6
    parts = [
        (article.title, Style(SERIF, 19, 23, "#111111", bold=True), 0.0, 7.0),
        (article.authors, Style(SERIF, 11.5, 15, "#111111"), 0.0, 1.0),
        (article.affiliations, Style(SERIF, 9.5, 12, "#444444"), 0.0, 10.0),
        (f"**Abstract.** {article.abstract}", Style(SERIF, 9.6, 12.2, "#111111", justify=True), 34.0, 5.0),
        (f"**Keywords:** {article.keywords}", Style(SERIF, 9.2, 12, "#111111"), 34.0, 16.0),
    ]
    for text, style, inset, after in parts:
        if sheet is None:
            y += len(break_lines(text, width - 2 * inset, style)) * style.leading + after
        else:
            align = "left" if inset else "center"
            y = paragraph(sheet, _LEFT + inset, y, width - 2 * inset, text, style, align) + after  # type: ignore[arg-type]
    if sheet is not None:
        sheet.rule(_LEFT, _RIGHT, y - 8, 0.5, "#888888")
    return y + 2


def _running_head(sheet: Sheet, article: Article, number: int) -> None:
    sheet.text(_LEFT, 42, article.journal, SERIF.italic, 8.5, "#444444")
    sheet.text(_RIGHT, 42, str(article.pages_from + number - 1), SERIF.regular, 9, "#444444", "right")
    sheet.rule(_LEFT, _RIGHT, 47, 0.4, "#888888")
