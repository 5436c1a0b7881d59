"""Printed values as numbers that can be held against each other: money by its currency, measures by unit, days."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from lucida.query.concepts import ValueType
from lucida.query.normalise import MONTH_STEMS, parse_amount, parse_date
from lucida.query.terms import fold, tokens

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from lucida.types import Word

#: What a currency is printed as, folded; the longer come first.
_CURRENCIES = (
    ("us$", "USD"), ("usd", "USD"), ("dollars", "USD"), ("dollar", "USD"), ("eur", "EUR"), ("euros", "EUR"),
    ("euro", "EUR"), ("gbp", "GBP"), ("pounds", "GBP"), ("chf", "CHF"), ("fr.", "CHF"), ("francs", "CHF"),
    ("jpy", "JPY"), ("yen", "JPY"), ("sek", "SEK"), ("nok", "NOK"), ("dkk", "DKK"), ("€", "EUR"), ("£", "GBP"),
    ("$", "USD"), ("¥", "JPY"), ("₹", "INR"),
)  # fmt: skip
_SCALES = {
    "thousand": 1e3, "million": 1e6, "millions": 1e6, "mio": 1e6, "m": 1e6, "mn": 1e6, "billion": 1e9, "bn": 1e9,
    "mrd": 1e9, "millionen": 1e6, "milliarden": 1e9, "k": 1e3,
}  # fmt: skip
_NUMBER = re.compile(r"\d[\d.,'’\u00a0\u202f ]*\d|\d")
_CENT = Decimal("0.01")
_COUNTED = ValueType.MONEY, ValueType.NUMBER, ValueType.MEASURE, ValueType.PERCENT, ValueType.DURATION


@dataclass(frozen=True, slots=True)
class Value:
    """A value as a number.

    Attributes:
        number: an amount, or a day's ordinal.
        unit: a currency's code, a unit folded, "day" for a date; empty where none is printed.
        printed: the value as it stands on its page.
    """

    number: Decimal
    unit: str
    printed: str


def value_of(printed: str, kind: ValueType, words: Sequence[Word] = ()) -> Value | None:
    """The value of a text; None where it holds none of its kind.

    Args:
        printed: as it stands on a page.
        kind: what it is.
        words: of its page: an amount without a currency has the page's, where that names only one.
    """
    if kind is ValueType.DATE:
        return _day(printed)
    if kind not in _COUNTED or (amount := parse_amount(printed)) is None:
        return None
    number = Decimal(str(amount)) * Decimal(str(_scale(printed)))
    if kind is ValueType.MONEY:
        unit = currency_of(printed)
        return Value(number, unit or _only_currency(words), printed)
    rest = _NUMBER.sub(" ", printed, count=1)
    return Value(number, " ".join(fold(rest).split()), printed)


def _day(printed: str) -> Value | None:
    """A day, or the first of a month where no day is printed."""
    day = parse_date(printed)
    if day is not None:
        return Value(Decimal(day.toordinal()), "day", printed)
    words = [token.folded for token in tokens(printed)]
    month = next((MONTH_STEMS[word[:3]] for word in words if word.isalpha() and word[:3] in MONTH_STEMS), None)
    year = next((int(word) for word in words if re.fullmatch(r"(?:19|20)\d\d", word)), None)
    if month is None or year is None:
        return None
    first = parse_date(f"{year:04}-{month:02}-01")
    return Value(Decimal(first.toordinal()), "day", printed) if first is not None else None


def _scale(printed: str) -> float:
    after = _NUMBER.split(fold(printed), maxsplit=1)[-1]
    return next((_SCALES[word] for word in re.findall(r"[a-z]+", after)[:1] if word in _SCALES), 1.0)


def currency_of(text: str) -> str:
    """The code of the currency that a text names; empty for none."""
    folded = fold(text)
    for sign, code in _CURRENCIES:
        if (sign in folded) if not sign.isalpha() else re.search(rf"(?<![a-z]){sign}(?![a-z])", folded):
            return code
    return ""


def _only_currency(words: Sequence[Word]) -> str:
    """The page's currency, where all of its amounts have the same."""
    found = {code for word in words if len(word.text) < 24 and (code := currency_of(word.text))}
    return found.pop() if len(found) == 1 else ""


def by_unit(values: Iterable[tuple[int, Value]]) -> dict[str, list[tuple[int, Value]]]:
    """Values with their places, grouped by what can be held against each other; the largest group first."""
    groups: dict[str, list[tuple[int, Value]]] = {}
    for place, value in values:
        groups.setdefault(value.unit, []).append((place, value))
    return dict(sorted(groups.items(), key=lambda entry: -len(entry[1])))


def written(number: Decimal, like: Value) -> str:
    """A computed number, in the writing of a printed one: its currency's place, its signs, its decimals."""
    match = _NUMBER.search(like.printed)
    if match is None or _scale(like.printed) != 1.0:
        return f"{number.normalize():,f} {like.unit}".strip()
    signs = [char for char in match.group() if char in ".,"]
    after = len(match.group()) - match.group().rindex(signs[-1]) - 1 if signs else 0
    decimals = signs and after != 3
    rounded = number.quantize(_CENT, ROUND_HALF_UP)
    plain = f"{abs(rounded):,.2f}" if decimals or rounded != rounded.to_integral() else f"{abs(rounded):,.0f}"
    if signs and (signs[-1] == "," if decimals else signs[-1] == "."):
        plain = plain.translate(str.maketrans(",.", ".,"))
    before, behind = like.printed[: match.start()].strip(" -\u2212("), like.printed[match.end() :].strip(" )")
    apart = " " if like.printed[: match.start()].endswith(" ") else ""
    gap = " " if like.printed[match.end() :].startswith(" ") else ""
    return f"{'-' if rounded < 0 else ''}{before}{apart if before else ''}{plain}{gap if behind else ''}{behind}"
