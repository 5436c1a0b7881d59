"""Documents that say otherwise are shown, and those that merely say something else are not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from lucida.query.ask import ask

Add = Callable[..., None]


@pytest.fixture
def add(index: Any, page_of: Callable[..., Any]) -> Add:
    def page(name: str, *lines: str, number: int = 1) -> None:
        known = {row.source: key for (key, _), row in index.page_rows.items()}
        key = known.get(f"/docs/{name}", len(known) + 1)
        rows = [[(0.1, line)] for line in lines]
        index.add(page_of(rows, source_id=key, source=f"/docs/{name}", number=number), [" ".join(lines)])

    return page


def test_two_versions_of_a_contract(index: Any, encoder: Any, add: Add) -> None:
    add("v1.pdf", "Lease of the flat at 77 Beacon Road", "Monthly rent: GBP 1,285")
    add("v2.pdf", "Lease of the flat at 77 Beacon Road", "Monthly rent: GBP 1,340")
    answer = ask(index, encoder, "What is the monthly rent of the flat?")
    assert answer.text in ("GBP 1,285", "GBP 1,340")
    assert {cited.source for cited in answer.citations} == {"/docs/v1.pdf", "/docs/v2.pdf"}
    other = "GBP 1,340” (v2.pdf" if answer.text == "GBP 1,285" else "GBP 1,285” (v1.pdf"
    assert answer.warnings == (f"Other pages answer the same question otherwise: “{other}, page 1).",)
    assert answer.trace[-1].name == "contradictions"


def test_two_sentences_that_are_the_same_but_for_the_value(index: Any, encoder: Any, add: Add) -> None:
    add("old.pdf", "The lighthouse of Skerry was built in 1884 by Ada Moran.")
    add("new.pdf", "The lighthouse of Skerry was built in 1891 by Ada Moran.")
    answer = ask(index, encoder, "When was the lighthouse of Skerry built?")
    assert answer.text in ("1884", "1891")
    assert len(answer.warnings) == 1
    assert len(answer.citations) == 2


def test_two_pages_of_one_document(index: Any, encoder: Any, add: Add) -> None:
    add("a.pdf", "Permit number: C4-207", number=1)
    add("a.pdf", "Permit number: C4-208", number=2)
    answer = ask(index, encoder, "What is the permit number?")
    assert "page 2" in answer.warnings[0] or "page 1" in answer.warnings[0]


def test_many_others_are_counted(index: Any, encoder: Any, add: Add) -> None:
    for number in range(5):
        add(f"{number}.pdf", f"Permit number: C4-20{number}")
    answer = ask(index, encoder, "What is the permit number?")
    assert answer.warnings[0].endswith("and 2 more differ.")
    assert len(answer.citations) == 3


@pytest.mark.parametrize(
    ("lines", "question"),
    [
        # The same value in another writing.
        (("Invoice date: 2025-03-14", "Invoice date: 14 March 2025"), "What is the invoice date?"),
        # Another subject.
        (("Hansen Marine", "Berth fee: GBP 40"), "What is the berth fee of Okafor Boats?"),
        # Another label.
        (("Okafor Boats", "Total with tax: GBP 90"), "What is the berth fee of Okafor Boats?"),
        # Free text.
        (("Okafor Boats", "Subject: paint"), "What is the subject?"),
    ],
)
def test_no_false_alarms(index: Any, encoder: Any, add: Add, lines: tuple[str, ...], question: str) -> None:
    add("a.pdf", "Okafor Boats", "Berth fee: GBP 75", "Subject: varnish", lines[0] if "date" in lines[0] else "-")
    add("b.pdf", *(lines[1:] if "date" in lines[0] else lines))
    answer = ask(index, encoder, question)
    assert not answer.abstained
    assert answer.warnings == ()


def test_a_page_that_says_both_contradicts_nobody(index: Any, encoder: Any, add: Add) -> None:
    add("a.pdf", "Permit number: C4-207")
    add("b.pdf", "Permit number: C4-207", "", "Permit number: C4-208")
    assert ask(index, encoder, "What is the permit number?").warnings == ()
