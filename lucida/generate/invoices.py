"""Invoices: letterhead, addresses, items with quantities and prices, totals, payment details."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from lucida.generate.colour import mix
from lucida.generate.sheet import SANS, Sheet
from lucida.generate.surface import rectangle
from lucida.generate.typesetting import Column, Style, TableStyle, paragraph, table

_CENT = Decimal("0.01")
_GREY = "#6b7280"


def english_number(value: Decimal) -> str:
    """1,234.50."""
    return f"{value:,.2f}"


def german_number(value: Decimal) -> str:
    """1.234,50."""
    return english_number(value).translate(str.maketrans(",.", ".,"))


@dataclass(frozen=True, slots=True)
class Labels:
    """The printed words of an invoice and how it writes numbers."""

    title: str = "INVOICE"
    bill_to: str = "Bill to"
    description: str = "Description"
    quantity: str = "Qty"
    price: str = "Unit price"
    amount: str = "Amount"
    subtotal: str = "Subtotal"
    tax: str = "VAT"
    total: str = "Total due"
    payment: str = "Payment details"
    number: Callable[[Decimal], str] = english_number


GERMAN = Labels(
    "RECHNUNG", "Rechnungsempfänger", "Bezeichnung", "Menge", "Einzelpreis", "Betrag", "Zwischensumme", "MwSt.",
    "Rechnungsbetrag", "Zahlungsangaben", german_number,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Item:
    """One position. ``price`` is for one unit, a decimal number as text."""

    description: str
    quantity: int
    price: str

    @property
    def amount(self) -> Decimal:
        return self.quantity * Decimal(self.price)


@dataclass(frozen=True, slots=True)
class Invoice:
    """All that is printed on an invoice.

    Attributes:
        facts: label and value pairs under the title, e.g. number and dates.
        tax_percent: added to the sum of the items.
        currency: printed before amounts, e.g. "£" or "EUR ".
    """

    seller: str
    seller_lines: Sequence[str]
    buyer_lines: Sequence[str]
    facts: Sequence[tuple[str, str]]
    items: Sequence[Item]
    tax_percent: str
    currency: str
    payment: Sequence[tuple[str, str]]
    note: str = ""
    tagline: str = ""
    accent: str = "#1f5f8b"
    labels: Labels = field(default_factory=Labels)

    @property
    def subtotal(self) -> Decimal:
        return sum((item.amount for item in self.items), Decimal(0))

    @property
    def tax(self) -> Decimal:
        return (self.subtotal * Decimal(self.tax_percent) / 100).quantize(_CENT, ROUND_HALF_UP)

    def money(self, value: Decimal) -> str:
        return f"{self.currency}{self.labels.number(value.quantize(_CENT, ROUND_HALF_UP))}"


def draw_invoice(document: Any, invoice: Invoice) -> None:
    """Append an invoice of one page."""
    sheet = Sheet(document)
    _letterhead(sheet, invoice)
    _addresses(sheet, invoice)
    bottom = _items(sheet, invoice, top=282)
    bottom = _totals(sheet, invoice, bottom + 10)
    _payment(sheet, invoice, max(bottom + 26, 610))
    sheet.finish()


def _letterhead(sheet: Sheet, invoice: Invoice) -> None:
    sheet.polygon(rectangle(0, 0, sheet.width, 9), invoice.accent)
    sheet.rounded(50, 42, 88, 80, 8, invoice.accent)
    sheet.polygon([(57, 71), (69, 50), (81, 71)], "#ffffff")
    sheet.polygon([(64, 71), (69, 62), (74, 71)], invoice.accent)
    sheet.text(98, 60, invoice.seller, SANS.bold, 17)
    sheet.text(98, 75, invoice.tagline, SANS.regular, 9, _GREY)
    sheet.text(545, 66, invoice.labels.title, SANS.bold, 24, invoice.accent, "right", tracking=1.0)


def _addresses(sheet: Sheet, invoice: Invoice) -> None:
    small = Style(size=9, leading=12.5, colour="#4b5563")
    paragraph(sheet, 50, 96, 230, "\n".join(invoice.seller_lines), small)
    y = 96.0
    for label, value in invoice.facts:
        sheet.text(350, y + 9, label, SANS.regular, 9, _GREY)
        sheet.text(545, y + 9, value, SANS.bold, 9.5, align="right")
        sheet.rule(350, 545, y + 14.5, 0.4, "#d5d9e0")
        y += 19
    sheet.text(50, 190, invoice.labels.bill_to.upper(), SANS.bold, 8, invoice.accent, tracking=0.8)
    first, *others = invoice.buyer_lines
    sheet.text(50, 206, first, SANS.bold, 11)
    paragraph(sheet, 50, 211, 260, "\n".join(others), Style(size=10, leading=14))


def _items(sheet: Sheet, invoice: Invoice, top: float) -> float:
    labels = invoice.labels
    columns = [
        Column(labels.description, 275),
        Column(labels.quantity, 50, "right"),
        Column(labels.price, 85, "right"),
        Column(labels.amount, 85, "right"),
    ]
    rows = [
        [item.description, str(item.quantity), invoice.money(Decimal(item.price)), invoice.money(item.amount)]
        for item in invoice.items
    ]
    look = TableStyle(Style(size=9.5, leading=13), "bands", invoice.accent, "#ffffff", padding=6)
    return table(sheet, 50, top, columns, rows, look)


def _totals(sheet: Sheet, invoice: Invoice, y: float) -> float:
    labels = invoice.labels
    tax_label = f"{labels.tax} {invoice.tax_percent.replace('.', ',') if labels is GERMAN else invoice.tax_percent}%"
    for label, value in ((labels.subtotal, invoice.subtotal), (tax_label, invoice.tax)):
        sheet.text(360, y + 11, label, SANS.regular, 10, "#374151")
        sheet.text(539, y + 11, invoice.money(value), SANS.regular, 10, align="right")
        y += 18
    sheet.rounded(350, y + 2, 545, y + 30, 4, mix(invoice.accent, "#ffffff", 0.87))
    sheet.text(360, y + 20, labels.total, SANS.bold, 12, invoice.accent)
    total = invoice.money(invoice.subtotal + invoice.tax)
    sheet.text(539, y + 20, total, SANS.bold, 13, invoice.accent, "right")
    return y + 30


def _payment(sheet: Sheet, invoice: Invoice, y: float) -> None:
    sheet.text(50, y, invoice.labels.payment.upper(), SANS.bold, 8, invoice.accent, tracking=0.8)
    for label, value in invoice.payment:
        y += 15
        sheet.text(50, y, label, SANS.regular, 9.5, _GREY)
        sheet.text(150, y, value, SANS.regular, 9.5)
    body = Style(size=9.5, leading=13.5, colour="#374151")
    y = paragraph(sheet, 50, y + 18, 495, invoice.note, body)
    sheet.rule(50, 545, 786, 0.5, "#d5d9e0")
    foot = replace(body, size=8, leading=11, colour=_GREY)
    paragraph(sheet, 50, 790, 495, " \u00b7 ".join([invoice.seller, *invoice.seller_lines]), foot, "center")
