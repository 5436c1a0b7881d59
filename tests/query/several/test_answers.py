"""True PDFs, drawn, read and asked: no encoder, no model."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePath
from typing import Any

import pytest

from lucida.index.records import Filter
from lucida.query.aids import Aids
from lucida.query.ask import NOTHING_FOUND
from lucida.query.verification import locate
from lucida.types import Answer

Put = Callable[..., Answer]

ANSWERS = {
    "Which invoice is the largest?": "BR-7 (c.pdf): £1,200.00",
    "Which invoice is the cheapest?": "OK-2 (d.pdf): £18.25",
    "What is the latest invoice?": "OK-2 (d.pdf): 30 May 2025",
    "What is the oldest invoice from Hansen?": "HA-11 (a.pdf): 3 February 2025",
    "Welche Rechnung ist die höchste?": "BR-7 (c.pdf): £1,200.00",
    "Which receipt has the highest total?": "till-2.pdf: £37.90",
    "What do the two receipts come to together?": "£67.76 for 2 receipts",
    "What is the average total of the receipts?": "£33.88 on average over 2 receipts",
    "What is the total of all invoices from Hansen?": "£225.50 for 2 invoices",
    "How many invoices are there?": "4 invoices: a.pdf, b.pdf, c.pdf, d.pdf",
    "How many invoices are there from Hansen?": "2 invoices: a.pdf, b.pdf",
    "How many invoices of March 2025 are there?": "1 invoice: b.pdf",
    "Is the March 2025 bill higher than the February one?": (
        "Yes: £130.00 in b.pdf, £95.50 in a.pdf (£34.50 higher)"
    ),
    "How much more is the invoice of Brandt than the invoice of Okafor?": (
        "£1,181.75 higher: £1,200.00 in c.pdf, £18.25 in d.pdf"
    ),
    "Is the invoice of Brandt newer than the invoice of Okafor?": (
        "No: 9 March 2024 in c.pdf, 30 May 2025 in d.pdf (447 days earlier)"
    ),
    "Which invoice is cheaper, Brandt or Okafor?": "d.pdf: £18.25, against £1,200.00 in c.pdf",
    "Which letters mention the sextant?": "post-2.pdf",
    "Who sent the latest letter?": "Harbour Office (post-2.pdf: 2 June 2025)",
    "Who wrote the latest letter?": "Piet Visser (post-2.pdf: 2 June 2025)",
    "List the totals of all receipts": "till-1.pdf: £29.86; till-2.pdf: £37.90",
    "Which invoices are paid?": "b.pdf",
    "Which invoices are over £100?": "b.pdf: £130.00; c.pdf: £1,200.00",
    "How many invoices are under £100?": "2 invoices: a.pdf, d.pdf",
    "List all invoices of March 2024": "c.pdf: 9 March 2024",
    "Which contract has the highest rent?": "lease-v2.pdf: £1,340",
    "What changed between the two versions of the contract?": (
        "The monthly rent is: £1,285 → £1,340; The lease runs for: twelve months → two years; "
        "added: “5. Pets No pets are kept.” (from lease-v1.pdf to lease-v2.pdf)"
    ),
}  # fmt: skip


@pytest.mark.parametrize(("question", "expected"), ANSWERS.items())
def test_answers_over_several_documents(put: Put, papers: Any, question: str, expected: str) -> None:
    answer = put(question)
    assert not answer.abstained, [step.detail for step in answer.trace]
    assert answer.text == expected
    assert 0.0 < answer.confidence <= 1.0
    sources = {row.path: row.id for row in papers.sources()}
    for citation in answer.citations:
        page = papers.page(sources[citation.source], citation.page)
        evidence = locate(citation.quote, page.words, citation.box)
        assert evidence is not None


def test_each_document_has_its_place_and_its_line(put: Put) -> None:
    answer = put("Which invoice is the largest?")
    assert [PurePath(cited.source).name for cited in answer.citations] == ["c.pdf", "c.pdf", "b.pdf", "a.pdf", "d.pdf"]
    assert [step.name for step in answer.trace].count("part") == 5  # each total, and the winner's number
    assert answer.to_json()["trace"][0]["detail"].startswith("several documents: extreme, invoices")


def test_what_nobody_says_is_not_said(put: Put) -> None:
    for question in (
        "How many letters are there from Wagner?",
        "What do the reminders come to together?",
        "List the totals of all delivery notes",
        "Which letter has the highest VAT?",
        "Is the invoice of Hansen higher than the invoice of Wagner?",
    ):
        answer = put(question)
        assert answer.abstained, question
        assert (answer.text, answer.citations) == (NOTHING_FOUND, ())


def test_unpaid_is_what_no_paper_says(put: Put) -> None:
    answer = put("Which invoices are still unpaid?")
    assert answer.text == "a.pdf; c.pdf; d.pdf"
    assert "None of these says that it was paid" in answer.warnings[0]


def test_a_wrong_count_in_the_question_is_told(put: Put) -> None:
    answer = put("What do the three receipts come to together?")
    assert answer.warnings == ("The question speaks of 3 receipts; there are 2 here.",)


def test_a_filter_chooses_the_documents(put: Put) -> None:
    assert put("Which invoice is the largest?", Filter(path="[ab].pdf")).text == "HA-12 (b.pdf): £130.00"
    only = put("Which invoice is the largest?", Filter(path="d.pdf"))
    assert only.text == "OK-2 (d.pdf): £18.25"
    assert only.warnings == ("There is only one invoice to choose from.",)
    assert put("Which invoice is the largest?", Filter(path="nothing*")).abstained


def test_time_that_is_up_is_told(put: Put) -> None:
    answer = put("How many invoices are there?", aids=Aids(deadline=0.0))
    assert answer.abstained


def test_versions_named_by_their_files(put: Put) -> None:
    answer = put("What changed between lease-v2.pdf and lease-v1.pdf?")
    assert "£1,285 → £1,340" in answer.text
    same = put("What changed between a.pdf and a.pdf?")
    assert same.abstained
