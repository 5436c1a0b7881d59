from __future__ import annotations

from decimal import Decimal

from lucida.generate.files import new_document
from lucida.generate.forms import Box, Choice, Form, Section, draw_form
from lucida.generate.invoices import GERMAN, Invoice, Item, draw_invoice, english_number, german_number
from lucida.generate.receipts import Receipt, draw_receipt


def _invoice(**changes: object) -> Invoice:
    given: dict[str, object] = {
        "seller": "Seller",
        "seller_lines": ["Street 1"],
        "buyer_lines": ["Buyer"],
        "facts": [("Number", "A-1")],
        "items": [Item("Bench", 3, "333.35"), Item("Lamp", 1, "0.10")],
        "tax_percent": "19",
        "currency": "£",
        "payment": [("Bank", "Mutual")],
    }
    return Invoice(**(given | changes))  # type: ignore[arg-type]


def test_invoice_adds_up_to_the_cent() -> None:
    invoice = _invoice()
    assert invoice.subtotal == Decimal("1000.15")
    assert invoice.tax == Decimal("190.03")  # 190.0285 rounded half up
    document = new_document()
    draw_invoice(document, invoice)
    text = document[0].get_text()
    assert "£1,190.18" in text
    assert "VAT 19%" in text


def test_german_invoice_writes_german_numbers() -> None:
    document = new_document()
    draw_invoice(document, _invoice(labels=GERMAN, currency="€ ", tax_percent="7.5"))
    text = document[0].get_text()
    assert "RECHNUNG" in text
    assert "€ 1.000,15" in text
    assert "MwSt. 7,5%" in text


def test_numbers() -> None:
    assert english_number(Decimal("1234567.5")) == "1,234,567.50"
    assert german_number(Decimal("1234567.5")) == "1.234.567,50"


def test_receipt_grows_with_its_items() -> None:
    heights = []
    for count in (2, 20):
        document = new_document()
        receipt = Receipt("SHOP", ["Street"], [("Date", "today")], [("Nail", 2, "0.55")] * count, ("VAT", "0"), [], [])
        draw_receipt(document, receipt)
        heights.append(document[0].rect.height)
        assert f"{receipt.total:.2f}" in document[0].get_text()
        assert max(word[3] for word in document[0].get_text("words")) < document[0].rect.height
    assert heights[1] > heights[0] + 200


def test_form_crosses_the_chosen_boxes_only() -> None:
    crossings = []
    for crossed in ([], ["yes"], ["yes", "no"]):
        section = Section(
            "Part", [[Box("Name", "ADA"), Box("Town", "Turin")], Choice("Member", ["yes", "no"], crossed)]
        )
        document = new_document()
        draw_form(document, Form("Office", "Form", "F-1", "Fill in.", [section], "I declare.", ("today", "Ada")))
        crossings.append(len(document[0].get_drawings()))
        assert "ADA" in document[0].get_text()
    assert crossings[1] - crossings[0] == crossings[2] - crossings[1] == 2
