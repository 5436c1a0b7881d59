"""Figures by row and head, on lines of words alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from lucida.query.crossings import pieces_of, read_crossings
from lucida.query.layout import lay_out
from lucida.query.question import understand

PageOf = Callable[..., Any]

INVOICE = [
    [(0.05, "No."), (0.12, "Item"), (0.5, "Units"), (0.6, "Price each"), (0.8, "Line total")],
    [(0.05, "1"), (0.12, "12mm bolt"), (0.5, "15"), (0.6, "EUR 3.90"), (0.8, "EUR 58.50")],
    [(0.05, "2"), (0.12, "8 mm bolt"), (0.5, "6"), (0.6, "EUR 2.10"), (0.8, "EUR 12.60")],
    [(0.05, "3"), (0.12, "Folder AS white"), (0.5, "4"), (0.6, "EUR 1.00"), (0.8, "EUR 4.00")],
]
DATA = [
    [(0.05, "Parameter"), (0.4, "Min."), (0.5, "Typ."), (0.6, "Max."), (0.7, "Unit")],
    [(0.05, "supply voltage"), (0.4, "4"), (0.5, "12"), (0.6, "24"), (0.7, "V")],
    [(0.05, "cable length"), (0.4, "1"), (0.5, "2"), (0.6, "5"), (0.7, "m")],
]
YEARS = [
    [(0.05, "Indicator"), (0.5, "2021"), (0.6, "2022"), (0.7, "2023")],
    [(0.05, "Revenue"), (0.5, "1,866.0"), (0.6, "21.0"), (0.7, "17.5")],
    [(0.05, "Orders received"), (0.5, "185.9"), (0.6, "140.0"), (0.7, "99.1")],
]
GLUED = [[(0.05, "Indicator"), (0.5, "2021"), (0.6, "2022\u00ab-2023")], *YEARS[1:]]
STATEMENT = [
    [(0.05, "Date"), (0.2, "Details"), (0.6, "Movement"), (0.8, "Balance")],
    [(0.05, "03.04.2021"), (0.2, "Rent Norcott"), (0.6, "-540.15"), (0.8, "1,286.70")],
    [(0.05, "05.04.2021"), (0.2, "Salary Ashman"), (0.6, "2,119.60"), (0.8, "3,406.30")],
]
RECEIPT = [
    [(0.1, "Grapes"), (0.8, "5.50")],
    [(0.1, "Milk"), (0.3, "21"), (0.8, "1.50")],
    [(0.1, "Total"), (0.8, "7.00")],
]
TILL = [
    [(0.1, "Milk"), (0.3, "10"), (0.4, "1"), (0.8, "1.95")],
    [(0.1, "Milk"), (0.3, "5"), (0.4, "1"), (0.8, "8.95")],
    [(0.1, "Total"), (0.8, "10.90")],
]
CODES = [
    [(0.1, "Code"), (0.4, "Description"), (0.8, "Net price")],
    [(0.1, "JW-4713"), (0.4, "6mm bolt"), (0.8, "3.95")],
    [(0.1, "NG-1530"), (0.4, "100 cm steel bracket"), (0.8, "55.15")],
]
BANK = [
    [(0.1, "Our terms"), (0.5, "Invoice number"), (0.8, "HP-2025-0417")],
    [(0.1, "Bank"), (0.5, "Callan Mutual Bank")],
    [(0.1, "Account number"), (0.5, "62019384")],
]


def answers(page: Any, question: str) -> list[str]:
    return [candidate.text for candidate in read_crossings(page, understand(question), {})]


@pytest.mark.parametrize(
    ("lines", "question", "answer"),
    [
        (INVOICE, "What is the unit price of 8 mm bolt?", "EUR 2.10"),
        (INVOICE, "How many 12 mm bolt were ordered?", "15"),
        (INVOICE, "How much is charged for 12 mm bolt in all?", "EUR 58.50"),
        (INVOICE, "What is the unit price of Folder A5 white?", "EUR 1.00"),
        (DATA, "What is the highest supply voltage?", "24"),
        (DATA, "What is the typical cable length?", "2"),
        (YEARS, "What was the revenue in 2022?", "21.0"),
        (YEARS, "How high was the orders received in 2023?", "99.1"),
        (GLUED, "What was the revenue in 2022?", "21.0"),
        (GLUED, "What was the revenue in 2023?", "17.5"),
        (STATEMENT, "What amount was booked for Rent Norcott?", "-540.15"),
        (STATEMENT, "What was the balance after Rent Norcott?", "1,286.70"),
        (STATEMENT, "What amount was booked for Salary Ashman?", "2,119.60"),
        (RECEIPT, "What was paid for Grapes?", "5.50"),
        (RECEIPT, "What was paid for Milk 2 l?", "1.50"),
        (TILL, "What was paid for Milk 5 l?", "8.95"),
        (TILL, "What was paid for Milk 10 l?", "1.95"),
        (INVOICE, "How much is one 12mm bolt?", "EUR 3.90"),
        (INVOICE, "How much is a single 8 mm bolt?", "EUR 2.10"),
        (CODES, "What is the item number of 100 cm steel bracket?", "NG-1530"),
        (CODES, "Which article code has 6mm bolt?", "JW-4713"),
    ],
)
def test_a_figure_is_found_by_its_row_and_its_head(page_of: PageOf, lines: Any, question: str, answer: str) -> None:
    found = read_crossings(page_of(lines), understand(question), {})
    assert found, question
    assert found[0].text == answer
    assert found[0].quote in " ".join(word.text for word in found[0].page.words)


def test_on_a_strip_sizes_belong_to_the_name(page_of: PageOf) -> None:
    strip = replace(page_of(RECEIPT), width_pt=240.0)
    found = read_crossings(strip, understand("What does the receipt charge for Milk 2 l?"), {})
    assert [candidate.text for candidate in found] == ["1.50"]


@pytest.mark.parametrize(
    ("lines", "question"),
    [
        (INVOICE, "What is the unit price of 10 mm bolt?"),
        (INVOICE, "What is the unit price of 12 mm washer?"),
        (DATA, "What is the highest torque?"),
        (YEARS, "What was the revenue in 2019?"),
        (RECEIPT, "What was paid for Honey?"),
        (RECEIPT, "What was paid for Milk 3 l?"),
        (TILL, "What was paid for Milk 1 l?"),
        (RECEIPT, "Who is the cashier?"),
        (BANK, "What is the invoice number?"),
    ],
)
def test_what_no_row_or_head_says_is_not_answered(page_of: PageOf, lines: Any, question: str) -> None:
    assert answers(page_of(lines), question) == []


@pytest.mark.parametrize(
    ("line", "pieces"),
    [
        ([(0.1, "46 67 V")], ["46", "67 V"]),
        ([(0.1, "Price"), (0.5, "EUR 376.90"), (0.7, "EUR 4,522.80")], ["Price", "EUR 376.90", "EUR 4,522.80"]),
        ([(0.1, "Spirit level"), (0.5, "0.90 kg")], ["Spirit level", "0.90 kg"]),
    ],
)
def test_figures_are_parted_from_each_other_and_keep_their_signs(
    page_of: PageOf, line: Sequence[Any], pieces: list[str]
) -> None:
    layout = lay_out(page_of([line]))
    assert [piece.text for piece in pieces_of(layout.rows[0], layout.height)] == pieces
