from __future__ import annotations

import pytest

from lucida.query.concepts import ValueType
from lucida.query.typed import agreement, find_spans


def texts(text: str, kind: ValueType) -> list[str]:
    return [span.text for span in find_spans(text, kind)]


@pytest.mark.parametrize(
    "printed",
    [
        "14 March 2024", "March 14, 2024", "2024-03-14", "14.03.2024", "3/14/24", "14. März 2024", "1st of May 1999",
        "October 1066", "the 10th and 11th centuries", "1990s", "3 de mayo de 2020", "12 août 2019",
    ],
)  # fmt: skip
def test_dates(printed: str) -> None:
    assert texts(f"It was on {printed}, they say.", ValueType.DATE) == [printed]


@pytest.mark.parametrize("not_date", ["call 555-0199", "version 1.2.3.4", "BW-2024-0187", "4608 Kristiansand"])
def test_no_dates(not_date: str) -> None:
    assert texts(not_date, ValueType.DATE) == []


@pytest.mark.parametrize(
    "printed",
    [
        "$1,322.40",
        "GBP 1,322.40",
        "1.234,50 €",
        "89 euros",
        "€ 45 million",
        "CHF 1'200.00",
        "12.00",
        "45 million kroner",
    ],
)
def test_money(printed: str) -> None:
    assert texts(f"It costs {printed} per night", ValueType.MONEY) == [printed]


@pytest.mark.parametrize(
    ("kind", "text", "found"),
    [
        (ValueType.PERCENT, "rose by 12.5 % to 4 percent", ["12.5 %", "4 percent"]),
        (ValueType.NUMBER, "about 1.2 million samples and three boxes", ["1.2 million", "three"]),
        (ValueType.EMAIL, "write to a.b@example.org today", ["a.b@example.org"]),
        (ValueType.PHONE, "Tel: +44 1326 555 0199", ["+44 1326 555 0199"]),
        (ValueType.TIME, "at 14:33 or 2 pm", ["14:33", "2 pm"]),
        (ValueType.WEB, "see www.example.org/x for more", ["www.example.org/x"]),
        (ValueType.IDENTIFIER, "number BW-2024-0187 of", ["BW-2024-0187"]),
        (ValueType.IDENTIFIER, "IBAN GB29 NWBK 6016 1331 9268 19", ["GB29 NWBK 6016 1331 9268 19"]),
        (ValueType.NAME, "led by Cary Fowler of the Crop Trust.", ["Cary Fowler of the Crop Trust"]),
    ],
)
def test_other_spans(kind: ValueType, text: str, found: list[str]) -> None:
    assert texts(text, kind) == found


def test_spans_are_where_they_say() -> None:
    text = "From 3 May 2020 until 7/8/2021 it cost $5.00 or EUR 7."
    for kind in ValueType:
        for span in find_spans(text, kind):
            assert text[span.start : span.end] == span.text


@pytest.mark.parametrize(
    ("value", "kind", "low", "high"),
    [
        ("12 May 2020", ValueType.DATE, 0.95, 1.0),
        ("Halden Marine AS", ValueType.DATE, 0.0, 0.0),
        ("1,200", ValueType.MONEY, 0.5, 0.7),
        ("Halden Marine AS", ValueType.NAME, 1.0, 1.0),
        ("12345", ValueType.NAME, 0.0, 0.0),
        ("Date", ValueType.IDENTIFIER, 0.0, 0.2),
        ("K-10923", ValueType.IDENTIFIER, 1.0, 1.0),
        ("", ValueType.ANY, 0.0, 0.0),
    ],
)
def test_agreement(value: str, kind: ValueType, low: float, high: float) -> None:
    assert low <= agreement(value, kind) <= high


def test_hostile_texts_take_no_long_time() -> None:
    for text in ("1" * 5000, "1," * 3000, "a@" * 3000, "A " * 3000, "." * 5000, "(" * 5000):
        for kind in ValueType:
            find_spans(text, kind)
