"""Till receipts: a narrow strip of thermal print."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np

from lucida.generate.sheet import MONO, Paper, Sheet
from lucida.generate.surface import rectangle

_WIDTH = 226.0  # 80 mm, the common roll
_STEP = 12.5


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a till prints; prices are decimal numbers as text, taxes included."""

    shop: str
    shop_lines: Sequence[str]
    facts: Sequence[tuple[str, str]]
    items: Sequence[tuple[str, int, str]]
    tax: tuple[str, str]
    paid: Sequence[tuple[str, str]]
    farewell: Sequence[str]
    currency: str = ""
    seed: int = 1

    @property
    def total(self) -> Decimal:
        return sum((count * Decimal(price) for _, count, price in self.items), Decimal(0))


def draw_receipt(document: Any, receipt: Receipt) -> None:
    """Append a receipt; the page is as long as the strip."""
    doubles = sum(count > 1 for _, count, _ in receipt.items)
    lines = (
        len(receipt.shop_lines)
        + len(receipt.facts)
        + len(receipt.items)
        + doubles
        + len(receipt.paid)
        + len(receipt.farewell)
    )
    sheet = Sheet(document, Paper(_WIDTH, 190 + _STEP * lines))
    y = _head(sheet, receipt)
    for name, count, price in receipt.items:
        y = _line(sheet, y, name, f"{count * Decimal(price):.2f}")
        if count > 1:
            sheet.text(24, y, f"{count} x {price}", MONO.regular, 8, "#444444")
            y += _STEP
    y = _divider(sheet, y)
    sheet.text(14, y + 5, "TOTAL", MONO.bold, 13)
    sheet.text(_WIDTH - 14, y + 5, f"{receipt.currency}{receipt.total:.2f}", MONO.bold, 13, align="right")
    y = _line(sheet, y + 22, *receipt.tax)
    for label, value in receipt.paid:
        y = _line(sheet, y, label, value)
    y = _divider(sheet, y)
    for text in receipt.farewell:
        sheet.text(_WIDTH / 2, y, text, MONO.regular, 8.5, align="center")
        y += _STEP
    _barcode(sheet, y + 2, receipt.seed)
    sheet.finish()


def _head(sheet: Sheet, receipt: Receipt) -> float:
    sheet.text(_WIDTH / 2, 30, receipt.shop, MONO.bold, 15, align="center")
    y = 46.0
    for text in receipt.shop_lines:
        sheet.text(_WIDTH / 2, y, text, MONO.regular, 8.5, align="center")
        y += _STEP
    y = _divider(sheet, y)
    for label, value in receipt.facts:
        y = _line(sheet, y, label, value)
    return _divider(sheet, y)


def _line(sheet: Sheet, y: float, left: str, right: str) -> float:
    sheet.text(14, y, left, MONO.regular, 8.8)
    sheet.text(_WIDTH - 14, y, right, MONO.regular, 8.8, align="right")
    return y + _STEP


def _divider(sheet: Sheet, y: float) -> float:
    sheet.polyline([(14, y - 5), (_WIDTH - 14, y - 5)], "#333333", 0.7, (2.5, 2))
    return y + 8


def _barcode(sheet: Sheet, y: float, seed: int) -> None:
    """Bars that look the part; they encode nothing."""
    rng = np.random.default_rng(seed)
    x = 46.0
    while x < _WIDTH - 46:
        width = float(rng.choice([0.8, 1.6, 2.4]))
        sheet.polygon(rectangle(x, y, x + width, y + 26), "#111111")
        x += width + float(rng.choice([0.9, 1.7, 2.5]))
