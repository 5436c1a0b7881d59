"""Letterheads and addresses: who sends and who receives, where no label says so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from lucida.query.question import understand
from lucida.query.senders import read_senders

PageOf = Callable[..., Any]

LETTER = [
    [(0.1, "Ashcombe Joinery Ltd")],
    [(0.1, "171 Avenue of Sherford")],
    [(0.1, "GT1 5DG Langstone")],
    [],
    [(0.1, "Cecily Dalwick"), (0.6, "Date: 13 April 2017")],
    [(0.1, "117 Avenue of Weststead")],
    [(0.1, "DV3 6UI Blackman")],
    [],
    [(0.1, "Dear Mrs Dalwick,")],
    [(0.1, "the lift will be inspected on Monday.")],
    *([(0.1, "It will be out of use for a day.")] for _ in range(12)),
]


def answers(page: Any, question: str) -> list[str]:
    return [candidate.text for candidate in read_senders(page, understand(question))]


@pytest.mark.parametrize(
    "question",
    ["Which firm wrote the letter?", "Who sent the letter?", "Who is the sender?", "What is the name of the shop?"],
)
def test_the_sender_is_in_the_letterhead(page_of: PageOf, question: str) -> None:
    assert answers(page_of(LETTER), question) == ["Ashcombe Joinery Ltd"]


def test_who_wrote_a_letter_is_the_one_who_signed_it(page_of: PageOf) -> None:
    signed = page_of([*LETTER, [(0.1, "Yours sincerely,")], [(0.1, "Ada Marham")]])
    assert answers(signed, "Who wrote the letter?") == []
    assert answers(signed, "Who sent the letter?") == ["Ashcombe Joinery Ltd"]
    assert answers(signed, "Which firm sent the letter?") == ["Ashcombe Joinery Ltd"]


@pytest.mark.parametrize("question", ["To whom is the letter addressed?", "Who is the recipient?", "Who is billed?"])
def test_the_recipient_is_over_an_address_that_is_not_the_senders(page_of: PageOf, question: str) -> None:
    [candidate] = read_senders(page_of(LETTER), understand(question))
    assert candidate.text == candidate.quote == "Cecily Dalwick"


def test_titles_of_papers_labels_and_figures_are_no_names(page_of: PageOf) -> None:
    lines = [[(0.1, "INVOICE")], [(0.1, "Invoice number")], [(0.1, "4711")], [(0.1, "Total:")], *LETTER[8:]]
    assert "INVOICE" not in answers(page_of(lines), "Who is the seller?")
    assert "Invoice number" not in answers(page_of(lines), "Who is the seller?")


def test_other_questions_and_later_pages_get_nothing(page_of: PageOf) -> None:
    page = page_of(LETTER)
    assert answers(page, "When will the lift be inspected?") == []
    assert answers(replace(page, number=2), "Who sent the letter?") == []


@pytest.mark.parametrize(
    "question", ["What is the address of the company?", "Where is the shop?", "What is the address?"]
)
def test_where_the_sender_is(page_of: PageOf, question: str) -> None:
    assert answers(page_of(LETTER), question) == ["171 Avenue of Sherford GT1 5DG Langstone"]


@pytest.mark.parametrize(
    "question",
    ["Which company issued this?", "What is the shop's name?", "Where was this bought?", "What is the store?"],
)
def test_a_shop_is_asked_for_in_many_ways(page_of: PageOf, question: str) -> None:
    assert answers(page_of(LETTER), question) == ["Ashcombe Joinery Ltd"]


def test_an_unsigned_letter_is_from_its_letterhead(page_of: PageOf) -> None:
    assert answers(page_of([*LETTER, [(0.1, "Yours sincerely,")]]), "Who sent the letter?") == ["Ashcombe Joinery Ltd"]
