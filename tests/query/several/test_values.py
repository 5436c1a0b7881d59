from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from lucida.query.concepts import ValueType
from lucida.query.several.combining import difference
from lucida.query.several.values import currency_of, value_of, written
from lucida.types import Box, Word


@pytest.mark.parametrize(
    ("printed", "kind", "number", "unit"),
    [
        ("£1,322.40", ValueType.MONEY, "1322.40", "GBP"),
        ("€ 4.023,63", ValueType.MONEY, "4023.63", "EUR"),
        ("US$ 12", ValueType.MONEY, "12", "USD"),
        ("EUR 1.2 million", ValueType.MONEY, "1200000", "EUR"),
        ("29.86", ValueType.MONEY, "29.86", ""),
        ("12 °C", ValueType.MEASURE, "12", "°c"),
        ("17", ValueType.NUMBER, "17", ""),
        ("2 January 2025", ValueType.DATE, str(date(2025, 1, 2).toordinal()), "day"),
    ],
)
def test_printed_values_become_numbers(printed: str, kind: ValueType, number: str, unit: str) -> None:
    value = value_of(printed, kind)
    assert value is not None
    assert (value.number, value.unit) == (Decimal(number), unit)


def test_a_month_is_its_first_day() -> None:
    month, day = value_of("March 2025", ValueType.DATE), value_of("2025-03-01", ValueType.DATE)
    assert month is not None
    assert day is not None
    assert month.number == day.number


@pytest.mark.parametrize(
    ("printed", "kind"), [("soon", ValueType.DATE), ("free", ValueType.MONEY), ("7", ValueType.NAME)]
)
def test_what_is_no_value(printed: str, kind: ValueType) -> None:
    assert value_of(printed, kind) is None


def test_an_amount_takes_its_pages_only_currency() -> None:
    words = [Word(text, Box(0, 0, 1, 1), 1.0, 0) for text in ("Total", "£12", "and", "GBP")]
    value = value_of("29.86", ValueType.MONEY, words)
    assert value is not None
    assert value.unit == "GBP"
    mixed = value_of("29.86", ValueType.MONEY, [*words, Word("€5", Box(0, 0, 1, 1), 1.0, 0)])
    assert mixed is not None
    assert mixed.unit == ""


def test_currencies_are_no_parts_of_words() -> None:
    assert currency_of("Europe") == ""
    assert currency_of("EURO 2024") == "EUR"
    assert currency_of("9EUR") == "EUR"


@pytest.mark.parametrize(
    ("number", "like", "text"),
    [
        ("8752.45", "£5,623.91", "£8,752.45"),
        ("8752.4", "€ 4.145,54", "€ 8.752,40"),
        ("1000", "12.50 EUR", "1,000.00 EUR"),
        ("1250", "£900", "£1,250"),
        ("-34.5", "£130.00", "-£34.50"),
        ("1234567", "CHF 1.000", "CHF 1.234.567"),
    ],
)
def test_sums_are_written_like_their_parts(number: str, like: str, text: str) -> None:
    value = value_of(like, ValueType.MONEY)
    assert value is not None
    assert written(Decimal(number), value) == text


def test_differences() -> None:
    days = [value_of(text, ValueType.DATE) for text in ("2025-03-01", "2025-02-28")]
    assert days[0] is not None
    assert days[1] is not None
    assert difference(days[0], days[1]) == "1 day"
