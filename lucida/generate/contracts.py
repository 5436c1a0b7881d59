"""Contracts: parties, numbered clauses, signatures. Also minutes of meetings, which share their plain look."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lucida.generate.blocks import Block, pour
from lucida.generate.flow import Flow
from lucida.generate.pens import signature
from lucida.generate.sheet import SANS, SERIF, Family, Sheet
from lucida.generate.typesetting import Style, TableStyle, break_lines, paragraph

_LEFT, _RIGHT = 70.0, 525.0


@dataclass(frozen=True, slots=True)
class Contract:
    """A contract.

    Attributes:
        parties: (role, name, address) of each.
        clauses: (title, paragraphs) of each.
        signed: (place and date, role) of each signature.
    """

    title: str
    preamble: str
    parties: Sequence[tuple[str, str, str]]
    clauses: Sequence[tuple[str, Sequence[str]]]
    signed: Sequence[tuple[str, str]]
    clause_mark: str = "{number}."
    foot: str = "Page {page} of {count}"


@dataclass(frozen=True, slots=True)
class Minutes:
    """Minutes: label and value pairs, then blocks."""

    organisation: str
    title: str
    facts: Sequence[tuple[str, str]]
    blocks: Sequence[Block]
    foot: str = ""
    accent: str = "#374151"
    family: Family = SANS


def draw_contract(document: Any, contract: Contract) -> list[tuple[int, str, int]]:
    """Append a contract and return its outline as (level, text, page)."""
    body = Style(SERIF, 10.8, 14.6, "#161616", justify=True)
    flow = Flow(document, lambda _: [(_LEFT, 66, _RIGHT, 776)], body)
    flow.figure(34, lambda sheet, _x, y, _width: _title(sheet, contract, y), after=4)
    flow.text(contract.preamble, after=8)
    for role, name, address in contract.parties:
        flow.text(f"**{name}**, {address}", indent=20, after=3)
        flow.text(f"\u2013 {role} \u2013", Style(SERIF, 10.8, 14.6, "#444444"), indent=20, after=8)
    for number, (title, paragraphs) in enumerate(contract.clauses, start=1):
        mark = contract.clause_mark.format(number=number)
        flow.heading(f"{mark} {title}", Style(SERIF, 11.6, 15, "#161616", bold=True), before=7, after=2)
        for part, text in enumerate(paragraphs, start=1):
            if len(paragraphs) > 1:
                flow.text(text, indent=24, after=4, mark=f"({part})")
            else:
                flow.text(text, after=4)
    flow.figure(96, lambda sheet, x, y, width: _signatures(sheet, contract, x, y, width))
    flow.finish(lambda sheet, page, count: _contract_foot(sheet, contract, page, count))
    return flow.outline


def draw_minutes(document: Any, minutes: Minutes) -> list[tuple[int, str, int]]:
    """Append minutes and return their outline as (level, text, page)."""
    body = Style(minutes.family, 10, 14, "#1f2937")
    flow = Flow(document, lambda _: [(_LEFT, 60, _RIGHT, 776)], body)
    flow.figure(
        _minutes_head(None, minutes, 0), lambda sheet, _x, y, _width: _ignore(_minutes_head(sheet, minutes, y)), after=4
    )
    headings = {
        1: Style(minutes.family, 12, 16, minutes.accent, bold=True),
        2: Style(minutes.family, 10.5, 14, "#1f2937", bold=True),
    }
    look = TableStyle(Style(minutes.family, 9.2, 12, "#1f2937"), "grid", "#e8ebef", padding=5)
    pour(flow, minutes.blocks, headings, look)
    flow.finish(lambda sheet, page, count: _minutes_foot(sheet, minutes, page, count))
    return flow.outline


def _title(sheet: Sheet, contract: Contract, y: float) -> None:
    sheet.text(297.5, y + 18, contract.title, SERIF.bold, 19, align="center", tracking=0.4)
    sheet.rule(240, 355, y + 28, 0.8)


def _signatures(sheet: Sheet, contract: Contract, x: float, y: float, width: float) -> None:
    step = width / len(contract.signed)
    for number, (place_and_date, role) in enumerate(contract.signed):
        left = x + number * step
        sheet.text(left, y + 26, place_and_date, SERIF.regular, 10.5)
        signature(sheet, left + 14, y + 66, 105, seed=sum(role.encode()) + number)
        sheet.rule(left, left + step - 30, y + 72, 0.6)
        sheet.text(left, y + 84, role, SERIF.italic, 9.5, "#444444")


def _contract_foot(sheet: Sheet, contract: Contract, page: int, count: int) -> None:
    sheet.text(297.5, 808, contract.foot.format(page=page, count=count), SERIF.regular, 9, "#555555", "center")


def _minutes_head(sheet: Sheet | None, minutes: Minutes, y: float) -> float:
    """Organisation, title and facts; returns the height, and draws when given a sheet."""
    top, label_style = y, Style(minutes.family, 9.5, 13.5, "#1f2937")
    y += 46
    if sheet is not None:
        sheet.text(_LEFT, top + 8, minutes.organisation.upper(), minutes.family.bold, 9, minutes.accent, tracking=1)
        sheet.text(_LEFT, top + 30, minutes.title, minutes.family.bold, 19, "#111827")
        sheet.rule(_LEFT, _RIGHT, top + 40, 1.2, minutes.accent)
    for label, value in minutes.facts:
        if sheet is None:
            y += len(break_lines(value, _RIGHT - _LEFT - 90, label_style)) * label_style.leading
        else:
            sheet.text(_LEFT, y + 10, label, minutes.family.bold, 9.5, "#4b5563")
            y = paragraph(sheet, _LEFT + 90, y, _RIGHT - _LEFT - 90, value, label_style)
    return y - top + 4


def _minutes_foot(sheet: Sheet, minutes: Minutes, page: int, count: int) -> None:
    sheet.rule(_LEFT, _RIGHT, 796, 0.4, "#c5c9d0")
    sheet.text(_LEFT, 808, minutes.foot, minutes.family.regular, 8, "#6b7280")
    sheet.text(_RIGHT, 808, f"{page} / {count}", minutes.family.regular, 8, "#6b7280", "right")


def _ignore(_: float) -> None:
    """Turn a drawing that measures into one that only draws."""
