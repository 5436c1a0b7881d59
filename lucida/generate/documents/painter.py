"""Puts a paper's blocks onto pages in a design, and takes down what is where."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from lucida.generate.colour import mix
from lucida.generate.documents import content as blocks
from lucida.generate.documents.asking import fact_words, worded
from lucida.generate.documents.content import Content, Entry
from lucida.generate.documents.design import Design
from lucida.generate.documents.fields import draw_fields, fields_height
from lucida.generate.documents.goods import draw_goods
from lucida.generate.documents.panels import draw_marks, draw_matrix, draw_panel
from lucida.generate.documents.scribe import Scribe
from lucida.generate.documents.tongues import Tongue
from lucida.generate.documents.truth import Asked, Link, PageTruth, Role
from lucida.generate.pens import cross, signature
from lucida.generate.surface import Align, rectangle
from lucida.generate.typesetting import Style, break_lines, paragraph

if TYPE_CHECKING:
    import numpy as np


class Painter:
    """Draws one paper into a document.

    Args:
        document: an open ``pymupdf.Document``; pages are appended.
        content: what stands on it.
        design: how it looks.
        tongue: its language, for questions.
        rng: where chance comes from.
    """

    def __init__(
        self, document: Any, content: Content, design: Design, tongue: Tongue, rng: np.random.Generator
    ) -> None:
        self._document, self._content, self.design, self.tongue, self.rng = document, content, design, tongue, rng
        self.pages: list[Scribe] = []
        self.y = 0.0
        self.turn()

    def draw(self) -> list[PageTruth]:
        """Draw everything and say what is on each page."""
        painters: dict[type, Callable[[Any], None]] = {
            blocks.Fields: self._fields, blocks.Address: self._address, blocks.Letterhead: self._letterhead,
            blocks.Heading: self._heading, blocks.Goods: self._goods, blocks.Prose: self._prose,
            blocks.Ticks: self._ticks, blocks.Signature: self._signature, blocks.Remark: self._remark,
            blocks.Panel: partial(draw_panel, self), blocks.Matrix: partial(draw_matrix, self),
            blocks.Marks: partial(draw_marks, self),
        }  # fmt: skip
        waiting = list(self._content.blocks)
        while waiting:
            block = waiting.pop(0)
            following = waiting[0] if waiting else None
            if isinstance(block, blocks.Address) and isinstance(following, blocks.Fields) and not self.narrow:
                self._pair(block, waiting.pop(0))
            else:
                painters[type(block)](block)
        for page in self.pages:
            page.finish()
        return [page.truth() for page in self.pages]

    # -- the page -----------------------------------------------------------------------------------------------

    @property
    def sheet(self) -> Scribe:
        """The page that is being filled."""
        return self.pages[-1]

    @property
    def narrow(self) -> bool:
        """Whether this is a till's strip."""
        return self._content.narrow

    @property
    def left(self) -> float:
        return self.design.left

    @property
    def width(self) -> float:
        """Between the margins."""
        return self.sheet.width - self.design.left - self.design.right

    @property
    def foot(self) -> float:
        """Where the page ends."""
        return self.sheet.height - self.design.bottom

    def turn(self) -> None:
        """Begin a page."""
        self.pages.append(Scribe(self._document, self._content.paper))
        self.y = self.design.top

    def need(self, height: float) -> None:
        """Turn the page where so much does not fit on it any more."""
        if not self.narrow and self.y + height > self.foot and self.y > self.design.top:
            self.turn()

    def space(self, lines: float = 1.0) -> None:
        self.y += lines * self.design.text.leading

    # -- blocks -------------------------------------------------------------------------------------------------

    def _pair(self, address: blocks.Address, facts: Any) -> None:
        """An address with facts beside it."""
        design = replace(self.design, columns=1)
        half = self.width * 0.5 - 8
        first, second = self.left, self.left + self.width - half
        if self.design.mirrored:
            first, second = second, first
        self.need(max(fields_height(design, facts, half), 6 * design.text.leading))
        top = self.y
        self._address(address, first, half)
        bottom, self.y = self.y, top
        self.y = max(draw_fields(self, facts, second, half, design), bottom)
        self.space(0.8)

    def _fields(self, block: blocks.Fields) -> None:
        x, width, design = self.left, self.width, self.design
        if block.sums:
            width = width if self.narrow else min(width, max(0.42 * width, 22 * design.size))
            x += self.width - width
            design = replace(design, columns=1, place="left", frame="box" if design.sums else "none")
        self.need(fields_height(design, block, width))
        self.y = draw_fields(self, block, x, width, design)
        self.space(0.8)

    def _address(self, block: blocks.Address, x: float | None = None, width: float | None = None) -> None:
        x, width, style = self.left if x is None else x, self.width if width is None else width, self.design.text
        self.need((len(block.lines) + 2) * style.leading)
        label = None
        if block.entry.label:
            label = self.words("question", self.design.labelled(block.entry.label), x, width, self.design.label)
        value = self.words("answer", block.entry.value, x, width, replace(style, bold=self.design.label_bold))
        self.link(block.entry, label, value)
        for line in block.lines:
            self.words("other", line, x, width, style)
        self.space(0.5)

    def _letterhead(self, block: blocks.Letterhead) -> None:
        design, sheet = self.design, self.sheet
        align: Align = "left" if design.head == "banner" else design.head
        colour, big = (
            design.accent,
            Style(design.family, design.size * 1.6, design.size * 2.1, design.accent, bold=True),
        )
        if design.head == "banner":
            height = big.leading + 1.4 * design.text.leading
            sheet.polygon(rectangle(0, 0, sheet.width, self.y + height + 4), design.accent)
            big = replace(big, colour="#ffffff")
            colour = "#ffffff"
        x, width = self.left, self.width
        if design.logo and align != "center":
            side = 2.2 * design.size
            mark = x if align == "left" else x + width - side
            sheet.rounded(mark, self.y, mark + side, self.y + side, side / 4, mix(colour, "#808080", 0.35))
            x, width = (x + side + 8, width - side - 8) if align == "left" else (x, width - side - 8)
        value = self.words("header", block.firm, x, width, big, align)
        self.link(Entry(block.name, "", block.firm), None, value)
        small = replace(design.text, size=design.size * 0.85, leading=design.text.leading * 0.85, colour=big.colour)
        lines = block.lines if self.narrow else [" · ".join(block.lines)]
        for line in lines:
            self.words("other", line, x, width, small, align)
        self.space(1.6 if design.head == "banner" else 1.0)

    def _heading(self, block: blocks.Heading) -> None:
        size = self.design.size * (1.75 if block.level == 1 else 1.2)
        style = Style(self.design.family, size, size * 1.3, self.design.accent, bold=True)
        self.need(style.leading + 3 * self.design.text.leading)
        align: Align = "center" if self.design.head == "center" and block.level == 1 else "left"
        self.words("header", block.text, self.left, self.width, style, align)
        self.space(0.4)

    def _goods(self, block: blocks.Goods) -> None:
        draw_goods(self, block)
        self.space(0.6)

    def _prose(self, block: blocks.Prose) -> None:
        lines = break_lines(block.text, self.width, self.design.text)
        self.need(len(lines) * self.design.text.leading)
        start = len(self.sheet.words)
        self.words("other", block.text, self.left, self.width, self.design.text)
        for fact in block.facts:
            found = fact_words(self.sheet.words, start, fact.answer)
            if found:
                self.ask(fact.question, "prose", found)
        self.space(0.5)

    def _ticks(self, block: blocks.Ticks) -> None:
        sheet, style = self.sheet, self.design.text
        self.need(2 * style.leading)
        sheet = self.sheet
        label = self.words("question", self.design.labelled(block.label), self.left, self.width, self.design.label)
        x, side, baseline = self.left + 4, style.size * 0.85, self.y + style.leading * 0.5 + style.size * 0.35
        for number, option in enumerate(block.options):
            sheet.polygon(rectangle(x, baseline - side, x + side, baseline), "#ffffff", "#444b55", 0.7)
            if number == block.ticked:
                cross(sheet, x, baseline - side, side, seed=int(self.rng.integers(1 << 30)), colour="#222244")
            with sheet.entity("answer" if number == block.ticked else "other"):
                x += side + 4 + sheet.text(x + side + 4, baseline, option, style.face, style.size) + 2 * style.size
            if number == block.ticked:
                self.link(Entry("checked", block.label, option), label, len(sheet.entities) - 1, asked=block.label)
        self.y += style.leading
        self.space(0.5)

    def _signature(self, block: blocks.Signature) -> None:
        style = self.design.text
        self.need(6 * style.leading)
        self.space(2.2)
        signature(
            self.sheet, self.left + 8, self.y - 3, min(110.0, self.width / 2), seed=int(self.rng.integers(1 << 30))
        )
        if block.label:
            self.sheet.rule(self.left, self.left + min(200.0, self.width), self.y + 2, 0.6, "#444b55")
            self.y += 3
            self.words("other", block.label, self.left, self.width, replace(self.design.label, size=style.size * 0.75))
        if block.name:
            self.space(0.5)
            value = self.words("answer", block.name, self.left, self.width, style)
            self.link(Entry("signatory", "", block.name), None, value)
        if block.role:
            self.words("other", block.role, self.left, self.width, style)
        self.space(0.5)

    def _remark(self, block: blocks.Remark) -> None:
        small = replace(self.design.text, size=self.design.size * 0.75, leading=self.design.text.leading * 0.8)
        align: Align = "center" if self.narrow or self.design.head == "center" else "left"
        self.need(small.leading)
        self.words("other", block.text, self.left, self.width, replace(small, colour="#555b64"), align)

    # -- what is known ------------------------------------------------------------------------------------------

    def words(self, role: Role, text: str, x: float, width: float, style: Style, align: Align = "left") -> int | None:
        """Set text from ``y`` down; returns the place of its entity, None where nothing was printed."""
        with self.sheet.entity(role):
            self.y = paragraph(self.sheet, x, self.y, width, text, style, align)
        return len(self.sheet.entities) - 1 if text.strip() else None

    def link(self, entry: Entry, label: int | None, value: int | None, *, asked: str = "") -> None:
        """Note a field of the page, and ask for it in the words of the language."""
        if value is None:
            return
        self.sheet.links.append(Link(entry.name, label, value))
        words = self.sheet.entities[value].words
        kind = "tick" if entry.name == "checked" else "field"
        for question in worded(self.tongue, entry, self.rng, asked):
            self.ask(question, kind, words)

    def ask(self, question: str, kind: str, words: tuple[int, ...]) -> None:
        self.sheet.questions.append(Asked(question, kind, words))
