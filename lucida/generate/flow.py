"""Text that runs over columns and pages, with headings, lists, figures and tables kept whole."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from lucida.generate.sheet import A4, Paper, Sheet
from lucida.generate.typesetting import Column, Style, TableStyle, break_lines, paragraph, set_line, table, table_height

#: (x0, y0, x1, y1) in points.
Frame = tuple[float, float, float, float]
Drawing = Callable[[Sheet, float, float, float], None]


class Flow:
    """Fills frames in order and starts a page when they are full.

    Args:
        document: an open ``pymupdf.Document``.
        frames: the frames of a page, given its number (from 1).
        body: style of running text.
        paper: size of the pages.
    """

    def __init__(self, document: Any, frames: Callable[[int], Sequence[Frame]], body: Style, paper: Paper = A4) -> None:
        self._document, self._frames, self._paper = document, frames, paper
        self.body = body
        self.sheets: list[Sheet] = []
        self.outline: list[tuple[int, str, int]] = []
        self._waiting: list[Frame] = []
        self._frame: Frame = (0, 0, 0, 0)
        self._y = 0.0
        self._after_heading = False
        self._next_frame()

    @property
    def sheet(self) -> Sheet:
        """The page that is being filled."""
        return self.sheets[-1]

    @property
    def width(self) -> float:
        return self._frame[2] - self._frame[0]

    def heading(
        self, text: str, style: Style, *, level: int = 1, before: float = 9, after: float = 4, keep: float = 0.0
    ) -> None:
        """A heading that stays with ``keep`` points (at least two lines) of what follows, and goes into the outline."""
        stacked = self._after_heading
        lines = break_lines(text, self.width, style)
        self._need(before + len(lines) * style.leading + after + max(keep, 2 * self.body.leading))
        if self._y > self._frame[1] and not stacked:
            self._y += before
        self._y = paragraph(self.sheet, self._frame[0], self._y, self.width, text, style) + after
        self.outline.append((level, text, len(self.sheets)))
        self._after_heading = True

    def text(
        self, text: str, style: Style | None = None, *, indent: float = 0, after: float = 6, mark: str = ""
    ) -> None:
        """A paragraph, broken over frames line by line; ``mark`` (a bullet, a number) hangs left of its first line."""
        style = style or self.body
        for number, line in enumerate(break_lines(text, self.width - indent, style)):
            self._need(style.leading)
            baseline = self._y + style.leading * 0.5 + style.size * 0.35
            if mark and not number:
                self.sheet.text(
                    self._frame[0] + indent - style.size * 1.6, baseline, mark, style.face, style.size, style.colour
                )
            set_line(self.sheet, self._frame[0] + indent, baseline, self.width - indent, line, style)
            self._y += style.leading
        self._y += after

    def items(self, items: Sequence[str], *, numbered: bool = False, indent: float = 16, after: float = 2) -> None:
        """A list."""
        for number, item in enumerate(items, start=1):
            self.text(item, indent=indent, after=after, mark=f"{number}." if numbered else "\u2022")
        self._y += 4

    def figure(self, height: float, draw: Drawing, caption: str = "", *, after: float = 10) -> None:
        """A block of its own; ``draw`` gets the sheet, its left and top edge, and its width."""
        small = replace(self.body, size=self.body.size - 1, leading=self.body.leading - 1.5, justify=False)
        lines = len(break_lines(caption, self.width, small)) if caption else 0
        self._need(height + 4 + lines * small.leading)
        draw(self.sheet, self._frame[0], self._y, self.width)
        self._y += height + 4
        if caption:
            self._y = paragraph(self.sheet, self._frame[0], self._y, self.width, caption, small)
        self._y += after

    def table(
        self,
        columns: Sequence[Column],
        rows: Sequence[Sequence[str]],
        style: TableStyle,
        caption: str = "",
        *,
        after: float = 12,
    ) -> None:
        """A table kept on one page, its caption above it."""
        small = replace(self.body, size=self.body.size - 1, leading=self.body.leading - 1.5, justify=False)
        lines = len(break_lines(caption, self.width, small)) if caption else 0
        self._need(table_height(columns, rows, style) + lines * small.leading + 4)
        if caption:
            self._y = paragraph(self.sheet, self._frame[0], self._y, self.width, caption, small) + 3
        self._y = table(self.sheet, self._frame[0], self._y, columns, rows, style) + after

    def space(self, height: float) -> None:
        """Leave room, or turn to the next frame where there is none."""
        self._y += height

    def finish(self, decorate: Callable[[Sheet, int, int], None]) -> None:
        """Draw running heads and feet, ``decorate(sheet, number, count)``, and write every page."""
        for number, sheet in enumerate(self.sheets, start=1):
            decorate(sheet, number, len(self.sheets))
            sheet.finish()

    def _need(self, height: float) -> None:
        self._after_heading = False
        if self._y + height > self._frame[3] and self._y > self._frame[1]:
            self._next_frame()

    def _next_frame(self) -> None:
        if not self._waiting:
            self.sheets.append(Sheet(self._document, self._paper))
            self._waiting = list(self._frames(len(self.sheets)))
        self._frame = self._waiting.pop(0)
        self._y = self._frame[1]
