"""Business and private letters on one page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lucida.generate.pens import signature
from lucida.generate.sheet import SANS, SERIF, Family, Sheet
from lucida.generate.typesetting import Style, paragraph


@dataclass(frozen=True, slots=True)
class Letter:
    """All that is printed on a letter.

    Attributes:
        references: label and value pairs beside the address.
        seed: whose signature it bears.
    """

    sender: str
    sender_lines: Sequence[str]
    recipient_lines: Sequence[str]
    place_and_date: str
    subject: str
    salutation: str
    paragraphs: Sequence[str]
    closing: str
    signatory: str
    role: str
    references: Sequence[tuple[str, str]] = ()
    enclosures: str = ""
    accent: str = "#7a2e3a"
    family: Family = SERIF
    seed: int = 1


def draw_letter(document: Any, letter: Letter) -> None:
    """Append a letter of one page."""
    sheet = Sheet(document)
    body = Style(letter.family, size=11, leading=15.6)
    _letterhead(sheet, letter)
    y = _address(sheet, letter, body)
    sheet.text(72, y, letter.subject, letter.family.bold, 11.5)
    y = paragraph(sheet, 72, y + 12, 451, letter.salutation, body) + 8
    for text in letter.paragraphs:
        y = paragraph(sheet, 72, y, 451, text, body) + 8
    sheet.text(72, y + 14, letter.closing, letter.family.regular, 11)
    signature(sheet, 76, y + 50, 105, seed=letter.seed)
    sheet.text(72, y + 76, letter.signatory, letter.family.bold, 11)
    sheet.text(72, y + 90, letter.role, letter.family.italic, 10.5, "#444444")
    sheet.text(72, 770, letter.enclosures, letter.family.italic, 9.5, "#444444")
    sheet.finish()


def _letterhead(sheet: Sheet, letter: Letter) -> None:
    sheet.ellipse(72, 44, 104, 76, None, letter.accent, 1.6)
    sheet.ellipse(77, 49, 99, 71, letter.accent)
    sheet.text(88, 65, letter.sender[0], letter.family.bold, 15, "#ffffff", "center")
    sheet.text(116, 60, letter.sender, letter.family.bold, 19, letter.accent)
    sheet.text(116, 75, " \u00b7 ".join(letter.sender_lines[:1]), letter.family.italic, 10, "#555555")
    sheet.rule(72, 523, 90, 0.8, letter.accent)
    sheet.rule(72, 523, 802, 0.5, letter.accent)
    sheet.text(297.5, 815, " \u00b7 ".join(letter.sender_lines[1:]), SANS.regular, 7.5, "#555555", "center")


def _address(sheet: Sheet, letter: Letter, body: Style) -> float:
    y = 128.0
    for line in letter.recipient_lines:
        sheet.text(72, y, line, body.family.regular, 11)
        y += 14.5
    beside = 128.0
    for label, value in letter.references:
        sheet.text(400, beside, label, body.family.italic, 9.5, "#666666", "right")
        sheet.text(408, beside, value, body.family.regular, 10)
        beside += 14.5
    y = max(y, beside) + 18
    sheet.text(523, y, letter.place_and_date, body.family.regular, 11, align="right")
    return y + 34
