from __future__ import annotations

import pytest

from lucida.query.concepts import ValueType
from lucida.query.question import understand


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("How much did the hotel cost?", ValueType.MONEY),
        ("How many guests came?", ValueType.NUMBER),
        ("When was the bridge built?", ValueType.DATE),
        ("In what year did it open?", ValueType.DATE),
        ("Who designed it?", ValueType.NAME),
        ("Where is the office?", ValueType.PLACE),
        ("What percentage voted?", ValueType.PERCENT),
        ("What is the invoice number?", ValueType.IDENTIFIER),
        ("What is the e-mail address?", ValueType.EMAIL),
        ("What is the fax number?", ValueType.PHONE),
        ("When is the invoice due?", ValueType.DATE),
        ("Is the box for smokers ticked?", ValueType.CHOICE),
        ("Wie hoch ist der Gesamtbetrag?", ValueType.MONEY),
        ("Wann wurde das Haus gebaut?", ValueType.DATE),
        ("Wie lautet die Rechnungsnummer?", ValueType.IDENTIFIER),
        ("What is the mood?", ValueType.ANY),
    ],
)
def test_types(text: str, kind: ValueType) -> None:
    assert understand(text).type is kind


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("What is the invoice number?", ("invoice", "number")),
        ("What is the total on the receipt?", ("total",)),
        ("What is the Brief Number?", ("brief", "number")),
        ("Wie lautet die Kundennummer auf der Rechnung?", ("kundennummer",)),
        ("What is the name of the manufacturer?", ("name", "manufacturer")),
        ("What is the MATERIAL NO?", ("material", "no")),
        ("What is the TO?", ("to",)),
    ],
)
def test_own_label(text: str, label: tuple[str, ...]) -> None:
    assert understand(text).wanted[0] == label


@pytest.mark.parametrize(
    ("text", "concept"),
    [
        ("What did the hotel cost?", "total"),
        ("When is the invoice due?", "due date"),
        ("Bis wann ist die Rechnung zahlbar?", "due date"),
        ("Who signed the contract?", "signatory"),
        ("How much VAT was charged?", "tax"),
        ("What is the net amount?", "subtotal"),
        ("What is the number of the receipt?", "receipt number"),
        ("Which form is it?", "form number"),
        ("Who was the cashier?", "cashier"),
        ("What is the tax number of the seller?", "VAT number"),
        ("Under which number can one call?", "phone"),
        ("What is your reference?", "your reference"),
        ("What is the reference?", "reference"),
        ("Where and when was it signed?", "place and date"),
    ],
)
def test_concepts(text: str, concept: str) -> None:
    assert understand(text).concepts[0].name == concept


def test_kinds_of_papers_name_no_numbers() -> None:
    for text in ("What is the total on the receipt?", "Who filled in the form?", "When was the statement sent?"):
        assert not [concept.name for concept in understand(text).concepts if concept.name.endswith("number")], text


@pytest.mark.parametrize(
    "text",
    ["In which street does the applicant live?", "What is the tax number of the seller?", "What did the buyer pay?"],
)
def test_who_deals_need_not_be_printed(text: str) -> None:
    assert max(understand(text).matter.values()) < 1.0


def test_names_and_numerals_are_told_from_titles() -> None:
    assert understand("What did Maria Lopez pay in 2021?").names == ("Maria Lopez", "2021")
    assert understand("What is the Date Of Birth?").names == ()
    assert understand("Wie lautet die Nummer der Rechnung?").names == ()


def test_synonyms_reach_the_full_text() -> None:
    assert "gesamtbetrag" in understand("How much did it cost?").expansion


def test_long_questions_are_understood() -> None:
    assert understand("What is the total? " * 200).type is ValueType.MONEY
