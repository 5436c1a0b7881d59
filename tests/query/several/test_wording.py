from __future__ import annotations

from decimal import Decimal

import pytest

from lucida.query.several.plan import Operation
from lucida.query.several.wording import plan_of

TOTAL, DATE = "What is the total?", "What is the date?"
PLANS = {
    "Which invoice is the largest?": (Operation.EXTREME, "invoice", TOTAL, True),
    "what is the latest letter": (Operation.EXTREME, "letter", DATE, True),
    "the cheapest offer": (Operation.EXTREME, "offer", TOTAL, False),
    "Which receipt has the highest VAT?": (Operation.EXTREME, "receipt", "What is the VAT?", True),
    "What is the highest total of the receipts?": (Operation.EXTREME, "receipt", TOTAL, True),
    "Which invoice has the earliest due date?": (Operation.EXTREME, "invoice", "What is the due date?", False),
    "Welche Rechnung ist die höchste?": (Operation.EXTREME, "invoice", TOTAL, True),
    "Quelle est la facture la plus chère ?": (Operation.EXTREME, "invoice", TOTAL, True),
    "¿Cuál es la factura más alta?": (Operation.EXTREME, "invoice", TOTAL, True),
    "Which of the two offers is cheaper?": (Operation.EXTREME, "offer", TOTAL, False),
    "what do the three receipts come to together?": (Operation.SUM, "receipt", TOTAL, True),
    "Was kosten alle Rechnungen zusammen?": (Operation.SUM, "invoice", TOTAL, True),
    "What is the average total of the invoices?": (Operation.MEAN, "invoice", TOTAL, True),
    "list the totals of all receipts": (Operation.LIST, "receipt", "What is the totals?", True),
    "What is the rent in each contract?": (Operation.LIST, "contract", "What is the rent?", True),
    "is the March bill higher than the February one?": (Operation.COMPARE, "invoice", TOTAL, True),
    "Ist die Rechnung vom März niedriger als die vom Februar?": (Operation.COMPARE, "invoice", TOTAL, False),
}


@pytest.mark.parametrize(("question", "expected"), PLANS.items())
def test_questions_over_several_documents_are_taken_apart(question: str, expected: tuple[object, ...]) -> None:
    plan = plan_of(question)
    assert plan is not None
    assert (plan.operation, plan.kind.name, plan.fields[0], plan.highest) == expected
    assert plan.described().startswith(plan.operation.value)


@pytest.mark.parametrize(
    ("question", "words", "months", "paid"),
    [
        ("How many invoices are there from Hansen & Co?", ("hansen", "co"), (), None),
        ("Wie viele Rechnungen gibt es von Hansen?", ("hansen",), (), None),
        ("Combien de factures y a-t-il ?", (), (), None),
        ("¿Cuántas facturas hay?", (), (), None),
        ("which invoices are still unpaid", (), (), False),
        ("Welche Rechnungen sind noch offen?", (), (), False),
        ("List all paid invoices of March 2025", (), ((2025, 3),), True),
        ("Which letters mention the sextant?", ("sextant",), (), None),
        ("How many electricity bills are there?", ("electricity",), (), None),
    ],
)
def test_what_restricts_the_documents(
    question: str, words: tuple[str, ...], months: tuple[object, ...], paid: bool | None
) -> None:
    plan = plan_of(question)
    assert plan is not None
    assert plan.operation in (Operation.COUNT, Operation.LIST)
    assert (plan.among.words, plan.among.months, plan.among.paid) == (words, months, paid)


@pytest.mark.parametrize(
    ("question", "above", "number", "unit"),
    [
        ("Which invoices are over £5,000?", True, "5000", "GBP"),
        ("How many invoices are below 99.50 EUR?", False, "99.50", "EUR"),
        ("Welche Rechnungen sind über 5.000 €?", True, "5000", "EUR"),
        ("List all invoices of more than 20", True, "20", ""),
    ],
)
def test_bounds(question: str, above: bool, number: str, unit: str) -> None:
    plan = plan_of(question)
    assert plan is not None
    assert plan.among.words == ()
    assert plan.among.limit is not None
    assert plan.among.limit.above is above
    assert (plan.among.limit.value.number, plan.among.limit.value.unit) == (Decimal(number), unit)


def test_months_of_the_due_date() -> None:
    plan = plan_of("Which invoices are due in November 2025?")
    assert plan is not None
    assert plan.among.due
    assert (plan.among.words, plan.among.months) == ((), ((2025, 11),))


def test_the_two_sides_of_a_comparison() -> None:
    plan = plan_of("How much more is the March bill than the bill of Brandt?")
    assert plan is not None
    assert plan.sides is not None
    assert plan.how_much
    assert plan.sides[0].months == ((None, 3),)
    assert plan.sides[1].words == ("brandt",)


def test_two_kinds_may_be_compared() -> None:
    plan = plan_of("Is the invoice higher than the offer?")
    assert plan is not None
    assert plan.other is not None
    assert (plan.kind.name, plan.other.name) == ("invoice", "offer")


@pytest.mark.parametrize(
    ("question", "kind", "sides"),
    [
        ("what changed between the two versions of the contract", "contract", None),
        ("Was hat sich zwischen den beiden Fassungen des Vertrags geändert?", "contract", None),
        ("What changed between lease-v1.pdf and lease-v2.pdf?", "document", ("lease-v1.pdf", "lease-v2.pdf")),
    ],
)
def test_questions_for_changes(question: str, kind: str, sides: tuple[str, str] | None) -> None:
    plan = plan_of(question)
    assert plan is not None
    assert (plan.operation, plan.kind.name) == (Operation.CHANGES, kind)
    assert (tuple(side.words[0] for side in plan.sides) if plan.sides else None) == sides


@pytest.mark.parametrize(
    ("question", "then"),
    [
        ("Who sent the latest letter?", "Who sent the letter?"),
        ("When was the most expensive invoice issued?", "When was the invoice issued?"),
        ("What is the latest letter from Hansen?", ""),
        ("What does the largest invoice charge for VAT?", "What does the invoice charge for VAT?"),
    ],
)
def test_what_is_asked_of_the_document_that_is_found(question: str, then: str) -> None:
    plan = plan_of(question)
    assert plan is not None
    assert plan.then == then
    assert plan.fields in ((TOTAL,), (DATE,))


@pytest.mark.parametrize(
    "question",
    [
        "What is the invoice number of Harbour & Pine Joinery?",
        "What is the total due on the invoice for Quayside Books?",
        "What does the hotel cost the choir in total?",
        "How many seed samples does the vault store?",
        "How many letters did the committee receive?",
        "How many minutes did the meeting take?",
        "How many pages does the report have?",
        "What is the last letter of the alphabet?",
        "What is the largest amount on the invoice?",
        "What is the most expensive item on the invoice?",
        "Which region had the highest revenue?",
        "What changed in 2024?",
        "What was the most important change in the report?",
        "What is the difference between the two sensors?",
        "Is the rent higher than last year?",
        "What were the two forms of environmental determinism?",
        "Who wrote the report on all statements?",
        "How is the lease changed in writing?",
        "largest",
        "Which invoice is the largest? " + "really " * 100,
        "",
    ],
)
def test_a_question_that_one_page_answers_is_left_alone(question: str) -> None:
    assert plan_of(question) is None
