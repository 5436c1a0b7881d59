from __future__ import annotations

import pytest

from lucida.query.fields import read_fields
from lucida.query.question import understand


def read(page, question: str) -> str | None:
    found = read_fields(page, understand(question), {})
    return found[0].text if found else None


INVOICE = [
    [(0.1, "Brightwater Instruments Ltd")],
    [(0.1, "Invoice number: BW-2024-0187"), (0.6, "Invoice date: 14 March 2024")],
    [(0.1, "Due date"), (0.3, "13 April 2024")],
    [],
    [(0.1, "Bill to"), (0.55, "Ship to")],
    [(0.1, "Halden Marine AS"), (0.55, "Warehouse Three")],
    [(0.1, "Strandgata 12"), (0.55, "Dock Road 4")],
    [],
    [(0.6, "Subtotal"), (0.8, "1,102.00")],
    [(0.6, "VAT 20%"), (0.8, "220.40")],
    [(0.6, "Total due"), (0.8, "GBP 1,322.40")],
    [],
    [(0.1, "IBAN GB29 NWBK 6016 1331 9268 19"), (0.6, "Tel: +44 1326 555 0199")],
]


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("What is the invoice number?", "BW-2024-0187"),
        ("When was the invoice issued?", "14 March 2024"),
        ("When is the invoice due?", "13 April 2024"),
        ("What is the total?", "GBP 1,322.40"),
        ("How much did it cost?", "GBP 1,322.40"),
        ("What is the subtotal?", "1,102.00"),
        ("How much VAT was charged?", "220.40"),
        ("Who is the customer?", "Halden Marine AS"),
        ("What is the IBAN?", "GB29 NWBK 6016 1331 9268 19"),
        ("What is the phone number?", "+44 1326 555 0199"),
        ("Wie hoch ist der Gesamtbetrag?", "GBP 1,322.40"),
    ],
)
def test_an_invoice(page_of, question: str, answer: str) -> None:
    assert read(page_of(INVOICE), question) == answer


@pytest.mark.parametrize(
    "lines",
    [
        [[(0.1, "Registration: KX19 ZTP")]],
        [[(0.1, "Registration:KX19 ZTP")]],
        [[(0.1, "Registration"), (0.5, "KX19 ZTP")]],
        [[(0.1, "Registration .......... KX19 ZTP")]],
        [[(0.1, "Registration....KX19 ZTP")]],
        [[(0.1, "Registration")], [(0.1, "KX19 ZTP")]],
        [[(0.1, "Registration:"), (0.5, "Colour:")], [(0.1, "KX19 ZTP"), (0.5, "green")]],
        [[(0.1, "Colour: green Registration: KX19 ZTP")]],
        [[(0.1, "Registration: KX19 ZTP"), (0.5, "Colour: green")]],
        [[(0.1, "Reg1stration:"), (0.5, "KX19 ZTP")]],
        [[(0.1, "REGISTRATI0N"), (0.5, "KX19 ZTP")]],
        [[(0.1, "Make"), (0.4, "Registration"), (0.7, "Year")], [(0.1, "Volvo"), (0.4, "KX19 ZTP"), (0.7, "2019")]],
    ],
)
def test_layouts(page_of, lines) -> None:
    assert read(page_of(lines), "What is the registration?") == "KX19 ZTP"


def test_german_column_heads(page_of) -> None:
    page = page_of(
        [
            [(0.1, "Rechnungsnummer"), (0.35, "Rechnungsdatum"), (0.6, "Kundennummer")],
            [(0.1, "2024-778"), (0.35, "03.02.2024"), (0.6, "K-10923")],
        ]
    )
    assert read(page, "Wie lautet die Rechnungsnummer?") == "2024-778"
    assert read(page, "Wann wurde die Rechnung ausgestellt?") == "03.02.2024"
    assert read(page, "Wie lautet die Kundennummer?") == "K-10923"


def test_an_address_runs_over_its_lines(page_of) -> None:
    page = page_of(
        [
            [(0.1, "Address:"), (0.3, "Flat 4")],
            [(0.3, "27 Mill Road")],
            [(0.3, "Leeds LS1 4DY")],
            [],
            [(0.1, "Phone: 123")],
        ]
    )
    assert read(page, "What is the address?") == "Flat 4 27 Mill Road Leeds LS1 4DY"


@pytest.mark.parametrize(
    ("lines", "question", "answer"),
    [
        (
            [[(0.1, "Permit type:"), (0.3, "[ ] Visitor"), (0.5, "[x] Resident")]],
            "Which permit type is checked?",
            "Resident",
        ),
        ([[(0.1, "☐ Smoker"), (0.4, "☒ Non-smoker")]], "Is the non-smoker box ticked?", "☒ Non-smoker"),
        (
            [[(0.1, "Marital status:")], [(0.1, "☐ single"), (0.4, "☑ married")]],
            "What is the marital status?",
            "married",
        ),
        (
            [[(0.1, "Delivery")], [(0.1, "☒ parcel"), (0.4, "☐ freight")], [(0.1, "Option: none")]],
            'Which option is ticked under "Delivery"?',
            "parcel",
        ),
    ],
)
def test_boxes_to_tick(page_of, lines, question: str, answer: str) -> None:
    assert read(page_of(lines), question) == answer


def test_a_label_is_no_value(page_of) -> None:
    page = page_of([[(0.1, "Name"), (0.5, "Date")]])
    assert read(page, "What is the name?") is None


def test_what_is_not_there_is_not_read(page_of) -> None:
    assert read(page_of(INVOICE), "What is the passport number?") in (None, "BW-2024-0187")
    assert read(page_of([]), "What is the total?") is None


def test_values_are_words_of_the_page(page_of) -> None:
    page = page_of(INVOICE)
    for question in ("What is the total?", "Who is the customer?", "What is the date?"):
        for candidate in read_fields(page, understand(question), {}):
            assert " ".join(page.words[index].text for index in candidate.words) == candidate.quote
            assert candidate.text.strip(".,:") in candidate.quote


@pytest.mark.parametrize(
    ("lines", "question", "answer"),
    [
        ([[(0.1, "Forename: Ada")], [(0.1, "Surname: Marham")]], "What is the first name?", "Ada"),
        ([[(0.1, "Job title: Carpenter")]], "What does the applicant do for a living?", "Carpenter"),
        ([[(0.1, "Place of residence: Fairham")]], "What is the town?", "Fairham"),
        ([[(0.1, "Made in: Portugal")]], "Where is it made?", "Portugal"),
        ([[(0.1, "Prepared by: Ada Marham")]], "Who is the author?", "Ada Marham"),
        ([[(0.1, "Gültig ab: 12.03.2024")]], "From when on is it valid?", "12.03.2024"),
        ([[(0.1, "Titulaire: Anne Marly")]], "Who is the account holder?", "Anne Marly"),
    ],
)
def test_what_forms_call_otherwise(page_of, lines, question: str, answer: str) -> None:
    assert read(page_of(lines), question) == answer
