"""Questions and documents as nobody wants them: each ends with an answer, an abstention, or a clear error."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from lucida.query.ask import ask

QUESTIONS = [
    "Which invoice is the largest?",
    "What is the latest letter?",
    "Who sent the latest letter?",
    "How many documents mention the pump?",
    "How many invoices are there?",
    "What changed between the two versions of the contract?",
    "What changed between the two documents?",
    "List the totals of all receipts",
    "Is the March bill higher than the February one?",
]


@pytest.mark.parametrize("question", QUESTIONS)
def test_pages_without_words(index: Any, page_of: Callable[..., Any], question: str) -> None:
    for number in (1, 2):
        source = f"/docs/invoice-letter-contract-receipt-{number}.pdf"
        index.add(page_of([], words=(), source_id=number, source=source), [])
    answer = ask(index, None, question)
    assert answer.trace
    assert all(cited.quote for cited in answer.citations)


@pytest.mark.parametrize("question", QUESTIONS)
def test_an_empty_library(index: Any, question: str) -> None:
    assert ask(index, None, question).abstained


@pytest.mark.parametrize(
    "question",
    [
        "Which invoice is the largest? " * 20_000,
        "invoice " * 39,
        "largest " * 20 + "invoice",
        "which invoice is the largest of the largest of the invoices of the largest?",
        "How many invoices [a-z]+ (?P<x> \\d{9}* from *?",
        "最大的发票是哪一张 invoice",
        "Какой счёт самый большой?",
        "Hangi fatura en büyük?",
        "compare compare between and between and the two",
        "is than than",
    ],
)
def test_questions_as_nobody_asks_them(index: Any, page_of: Callable[..., Any], question: str) -> None:
    index.add(page_of([[(0.1, "INVOICE")], [(0.1, "Total due: £95.50")]], source="/docs/a.pdf"), ["INVOICE Total due"])
    assert ask(index, None, question).trace


def test_a_long_document_is_read_where_it_speaks_of_what_is_asked(index: Any, page_of: Callable[..., Any]) -> None:
    for number in range(1, 301):
        lines = [[(0.1, f"Chapter {number} of the lease")], [(0.1, "All of this is as it was before.")]]
        if number == 1:
            lines = [[(0.1, "LEASE")], [(0.1, "of the flat at 77 Beacon Road")]]
        if number == 217:
            lines = [[(0.1, "Monthly rent: £1,285")]]
        text = " ".join(words for line in lines for _, words in line)
        index.add(page_of(lines, source="/docs/long.pdf", number=number), [text])
    short = [[(0.1, "LEASE")], [(0.1, "Monthly rent: £900")]]
    index.add(page_of(short, source="/docs/short.pdf", source_id=2), ["LEASE Monthly rent: £900"])
    answer = ask(index, None, "Which lease has the highest rent?")
    assert answer.text == "long.pdf: £1,285"
    assert [cited.page for cited in answer.citations] == [217, 1]
    changed = ask(index, None, "What changed between long.pdf and short.pdf?")
    assert any("Only the first page" in warning for warning in changed.warnings)


def test_very_many_documents_are_cut_off_and_told(index: Any, page_of: Callable[..., Any], monkeypatch: Any) -> None:
    monkeypatch.setattr("lucida.query.several.documents.MOST", 5)
    for number in range(1, 12):
        lines = [[(0.1, "INVOICE")], [(0.1, f"Total due: £{number}.50")]]
        index.add(page_of(lines, source_id=number, source=f"/docs/{number:02}.pdf"), ["INVOICE Total due"])
    answer = ask(index, None, "How many invoices are there?")
    assert answer.text.startswith("5 invoices")
    assert answer.warnings == ("6 more files were not opened; narrow the question down, or give it more time.",)


def test_more_places_than_are_cited(index: Any, page_of: Callable[..., Any]) -> None:
    for number in range(1, 41):
        lines = [[(0.1, "INVOICE")], [(0.1, f"Total due: £{number}.50")]]
        index.add(page_of(lines, source_id=number, source=f"/docs/{number:02}.pdf"), ["INVOICE Total due"])
    answer = ask(index, None, "What do all invoices come to together?")
    assert answer.text == "£840.00 for 40 invoices"
    assert len(answer.citations) == 24
    assert any(step.detail == "the first 24 of 40 places" for step in answer.trace)
