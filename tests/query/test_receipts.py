"""What was paid and when, on slips that say "total" many times and "date" not at all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from lucida.query.candidate import Candidate, Features
from lucida.query.question import understand
from lucida.query.receipts import read_days, read_paid, settled

PageOf = Callable[..., Any]

SLIP = [
    [(0.1, "Harbour Street Grocers")],
    [(0.1, "4 Harbour Street")],
    [(0.1, "Tea"), (0.8, "3.40")],
    [(0.1, "Bread"), (0.8, "6.60")],
    [(0.1, "Total quantity"), (0.8, "2")],
    [(0.1, "Subtotal"), (0.8, "10.00")],
    [(0.1, "Total tax 6 %"), (0.8, "0.60")],
    [(0.1, "Total"), (0.8, "10.60")],
    [(0.1, "Cash"), (0.8, "20.00")],
    [(0.1, "Change"), (0.8, "9.40")],
    [(0.1, "Tax summary"), (0.5, "net"), (0.8, "tax")],
    [(0.1, "Total:"), (0.5, "10.00"), (0.8, "0.60")],
    [(0.1, "14/03/24 18:05 Till 2")],
]


def answers(page: Any, question: str) -> list[str]:
    asked = understand(question)
    return [candidate.text for candidate in (*read_paid(page, asked), *read_days(page, asked))]


@pytest.mark.parametrize(
    "question",
    ["What is the total?", "How much was paid in total?", "How much did it cost?", "What is the total on the receipt?"],
)
def test_the_total_is_what_was_handed_over_less_the_change(page_of: PageOf, question: str) -> None:
    [candidate] = read_paid(page_of(SLIP), understand(question))
    assert candidate.text == candidate.quote == "10.60"


def test_wording_alone_tells_the_final_figure(page_of: PageOf) -> None:
    lines = [
        [(0.1, "Total excluding VAT"), (0.8, "100.00")],
        [(0.1, "VAT"), (0.8, "19.00")],
        [(0.1, "Total including VAT"), (0.8, "119.00")],
        [(0.1, "Total savings"), (0.8, "250.00")],
    ]
    assert answers(page_of(lines), "What is the total?") == ["119.00"]


def test_without_the_word_arithmetic_is_proof(page_of: PageOf) -> None:
    lines = [
        [(0.1, "Gross amt"), (0.8, "136.00")],
        [(0.1, "Net amt"), (0.8, "136.00")],
        [(0.1, "Received"), (0.8, "150.00")],
        [(0.1, "Change"), (0.8, "14.00")],
    ]
    assert answers(page_of(lines), "What is the total?") == ["136.00"]
    assert answers(page_of(lines[:2]), "What is the total?") == []


@pytest.mark.parametrize(("printed", "text"), [("EUR 42.50", "EUR 42.50"), ("4.000,00 €", "4.000,00 €")])
def test_the_currency_belongs_to_it(page_of: PageOf, printed: str, text: str) -> None:
    assert answers(page_of([[(0.1, "Total"), (0.7, printed)]]), "What is the total?") == [text]


def test_a_figure_that_stands_a_little_lower_has_the_label_beside_it(page_of: PageOf) -> None:
    page = page_of([[(0.1, "Grand total")], [(0.8, "42.50")], [], [(0.1, "Thank you")]])
    label, _, figure, *rest = page.words
    low = figure._replace(box=figure.box._replace(y0=label.box.y0 + 0.01, y1=label.box.y1 + 0.01))
    page = replace(page, words=(*page.words[:2], low, *rest))
    assert answers(page, "What is the total?") == ["42.50"]


@pytest.mark.parametrize(
    "question", ["What is the total of the bread?", "What is the total tax?", "What is the subtotal?", "Who paid?"]
)
def test_other_sums_are_left_to_others(page_of: PageOf, question: str) -> None:
    assert answers(page_of(SLIP), question) == []


@pytest.mark.parametrize("question", ["What is the date?", "When was this bought?", "What is the date of the receipt?"])
def test_a_day_needs_no_label(page_of: PageOf, question: str) -> None:
    assert answers(page_of(SLIP), question) == ["14/03/24"]


def test_of_several_days_the_labelled_one_comes_first_and_dues_never(page_of: PageOf) -> None:
    lines = [[(0.1, "01.02.2024")], [(0.1, "Date:"), (0.3, "03.02.2024")], [(0.1, "Due"), (0.3, "01.03.2024")]]
    found = read_days(page_of(lines), understand("What is the date?"))
    assert [candidate.text for candidate in found] == ["03.02.2024", "01.02.2024"]
    one = read_days(page_of(lines[1:]), understand("What is the date?"))
    assert one[0].features.match > found[0].features.match


def test_letters_and_later_pages_are_left_to_others(page_of: PageOf) -> None:
    assert answers(replace(page_of(SLIP), number=2), "What is the date?") == []
    assert answers(page_of([*SLIP, [(0.1, "Yours sincerely,")]]), "What is the date?") == []


def test_beside_a_total_that_was_made_out_other_sums_count_less(page_of: PageOf) -> None:
    page = page_of(SLIP)
    paid = read_paid(page, understand("What is the total?"))
    same, other = (Candidate(text, text, page, "field", Features(match=1.0)) for text in ("10.60", "0.60"))
    kept = settled([same, other], paid)
    assert kept[0] is same
    assert kept[1].features.match < 0.6
    assert settled([other], []) == [other]
