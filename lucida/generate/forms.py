"""Filled forms: boxes with a small label and an answer, tick boxes, a signature."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from lucida.generate.colour import mix
from lucida.generate.pens import cross, handwriting, signature
from lucida.generate.sheet import MONO, SANS, Sheet
from lucida.generate.surface import rectangle
from lucida.generate.typesetting import Style, paragraph

_LEFT, _RIGHT = 45.0, 550.0


@dataclass(frozen=True, slots=True)
class Box:
    """A label above its answer; ``share`` of the row's width."""

    label: str
    answer: str
    share: float = 1.0


@dataclass(frozen=True, slots=True)
class Choice:
    """A question with tick boxes, some of them crossed."""

    question: str
    options: Sequence[str]
    crossed: Sequence[str]


@dataclass(frozen=True, slots=True)
class Section:
    """A titled part of a form: rows of boxes, or choices."""

    title: str
    rows: Sequence[Sequence[Box] | Choice]


@dataclass(frozen=True, slots=True)
class Form:
    """A form as filled in.

    Attributes:
        pen: "hand" for slanted blue answers, "typewriter" for Courier.
        code: the form's own number, printed at the top right.
        declaration: the sentence above the signature.
    """

    issuer: str
    title: str
    code: str
    instructions: str
    sections: Sequence[Section]
    declaration: str
    signed: tuple[str, str]
    office: Sequence[tuple[str, str]] = ()
    pen: Literal["hand", "typewriter"] = "hand"
    accent: str = "#0f5c4a"
    seed: int = 1


def draw_form(document: Any, form: Form) -> None:
    """Append a form of one page."""
    sheet = Sheet(document)
    y = _heading(sheet, form)
    for number, section in enumerate(form.sections, start=1):
        y = _section(sheet, form, section, number, y)
    y = paragraph(sheet, _LEFT, y + 4, _RIGHT - _LEFT, form.declaration, Style(size=8.5, leading=11.5))
    _signed(sheet, form, y + 40)
    _office_use(sheet, form)
    sheet.finish()


def _heading(sheet: Sheet, form: Form) -> float:
    sheet.polygon(rectangle(_LEFT, 36, _RIGHT, 78), form.accent)
    sheet.text(_LEFT + 12, 54, form.issuer, SANS.regular, 9, "#ffffff")
    sheet.text(_LEFT + 12, 70, form.title, SANS.bold, 15, "#ffffff")
    sheet.text(_RIGHT - 12, 54, "Form", SANS.regular, 8, "#ffffff", "right")
    sheet.text(_RIGHT - 12, 70, form.code, SANS.bold, 12, "#ffffff", "right")
    return (
        paragraph(sheet, _LEFT, 84, _RIGHT - _LEFT, form.instructions, Style(size=8.5, leading=11.5, colour="#444444"))
        + 6
    )


def _section(sheet: Sheet, form: Form, section: Section, number: int, y: float) -> float:
    sheet.polygon(rectangle(_LEFT, y, _RIGHT, y + 17), mix(form.accent, "#ffffff", 0.86))
    sheet.text(_LEFT + 6, y + 12, f"{number}. {section.title}", SANS.bold, 9.5, form.accent)
    y += 20
    for row in section.rows:
        y = _choice(sheet, form, row, y) if isinstance(row, Choice) else _boxes(sheet, form, row, y)
    return y + 8


def _boxes(sheet: Sheet, form: Form, row: Sequence[Box], y: float) -> float:
    x, total = _LEFT, sum(box.share for box in row)
    for box in row:
        width = (_RIGHT - _LEFT) * box.share / total
        sheet.polygon(rectangle(x, y, x + width, y + 32), None, "#8d949e", 0.6)
        sheet.text(x + 4, y + 9, box.label, SANS.regular, 7, "#555b64")
        _answer(sheet, form, x + 8, y + 25.5, box.answer)
        x += width
    return y + 32


def _choice(sheet: Sheet, form: Form, choice: Choice, y: float) -> float:
    sheet.text(_LEFT + 4, y + 14, choice.question, SANS.regular, 9)
    x = _LEFT + 190
    for number, option in enumerate(choice.options):
        sheet.polygon(rectangle(x, y + 6, x + 9, y + 15), "#ffffff", "#444b55", 0.8)
        if option in choice.crossed:
            cross(sheet, x, y + 6, 9, seed=form.seed + number, colour="#1c3f94" if form.pen == "hand" else "#222222")
        x += 15 + sheet.text(x + 14, y + 14, option, SANS.regular, 9) + 16
    return y + 22


def _answer(sheet: Sheet, form: Form, x: float, y: float, text: str) -> None:
    if form.pen == "hand":
        handwriting(sheet, x, y, text, 13, seed=form.seed)
    else:
        sheet.text(x, y, text, MONO.bold, 10.5, "#26262c")


def _signed(sheet: Sheet, form: Form, y: float) -> None:
    for x, width, label in ((_LEFT, 130, "Date"), (_LEFT + 170, 200, "Signature of applicant")):
        sheet.rule(x, x + width, y, 0.6, "#444b55")
        sheet.text(x, y + 9, label, SANS.regular, 7, "#555b64")
    date, _ = form.signed
    _answer(sheet, form, _LEFT + 6, y - 4, date)
    signature(sheet, _LEFT + 190, y - 5, 110, seed=form.seed)


def _office_use(sheet: Sheet, form: Form) -> None:
    if not form.office:
        return
    sheet.polygon(rectangle(_LEFT, 762, _RIGHT, 806), "#f1f1ef", "#9a9fa6", 0.6)
    sheet.text(_LEFT + 6, 773, "FOR OFFICE USE ONLY", SANS.bold, 7, "#555b64", tracking=0.5)
    step = (_RIGHT - _LEFT - 12) / len(form.office)
    for number, (label, value) in enumerate(form.office):
        sheet.text(_LEFT + 6 + number * step, 785, label, SANS.regular, 7, "#555b64")
        sheet.text(_LEFT + 6 + number * step, 799, value, MONO.bold, 10, "#7d2020")
