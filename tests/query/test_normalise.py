from __future__ import annotations

from datetime import date

import pytest

from lucida.query.concepts import ValueType
from lucida.query.normalise import normalise, parse_amount, parse_date, same


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1.234,50 €", 1234.5), ("$1,234.50", 1234.5), ("1,234", 1234), ("12.5", 12.5), ("1 234 567", 1234567),
        ("(45.00)", -45), ("-7", -7), ("CHF 1'200.00", 1200), ("1.234.567", 1234567), ("0,5 %", 0.5), ("none", None),
        ("$ 1.888,126.15", 1888126.15), ("1,888.126,15", 1888126.15), ("1.888.126.15", 188812615), ("²", None),
    ],
)  # fmt: skip
def test_amounts(text: str, amount: float | None) -> None:
    assert parse_amount(text) == amount


@pytest.mark.parametrize(
    "text", ["14 March 2024", "March 14th, 2024", "2024-03-14", "14.03.2024", "3/14/2024", "14/03/24", "14. März 2024"]
)
def test_dates(text: str) -> None:
    assert parse_date(text) == date(2024, 3, 14)


@pytest.mark.parametrize("text", ["28 MAR 18", "28-Mar-18", "28/MAR/18", "28 Mar '18", "28. März 18"])
def test_years_of_two_digits_behind_a_month(text: str) -> None:
    assert parse_date(text) == date(2018, 3, 28)


@pytest.mark.parametrize("text", ["3 May at 10:30", "28 MAR 18:05"])
def test_hours_are_no_years(text: str) -> None:
    assert parse_date(text) is None


@pytest.mark.parametrize("text", ["", "tomorrow", "99.99.2024", "30 February 2020", "Mayor Smith"])
def test_no_dates(text: str) -> None:
    assert parse_date(text) is None


def test_same_values_in_other_print() -> None:
    assert same("1.234,50 €", "EUR 1,234.50", ValueType.MONEY)
    assert same("GB29 NWBK", "gb29nwbk", ValueType.IDENTIFIER)
    assert same("Halden  Marine", "HALDEN MARINE.", ValueType.NAME)
    assert not same("12.00", "1200", ValueType.MONEY)
    assert normalise("soon", ValueType.DATE) == "soon"
