"""Values in one form, so that two printings of the same thing compare equal. What is shown is always as printed."""

from __future__ import annotations

import re
from datetime import date

from lucida.query.concepts import ValueType
from lucida.query.terms import tokens

MONTH_STEMS = {
    "jan": 1, "ene": 1, "feb": 2, "fev": 2, "mar": 3, "mrz": 3, "apr": 4, "abr": 4, "avr": 4, "may": 5, "mai": 5,
    "jun": 6, "jui": 6, "jul": 7, "aug": 8, "ago": 8, "aou": 8, "sep": 9, "oct": 10, "okt": 10, "nov": 11, "dec": 12,
    "dez": 12, "dic": 12,
}  # fmt: skip
_ISO = re.compile(r"(\d{4})\D(\d{1,2})\D(\d{1,2})")
_SHORT = re.compile(r"(?<!\d)(\d{1,2})[\s./-]{1,2}([^\W\d_]{3,9})\.?[\s,./-]{1,2}['’]?(\d{2})(?![\d:])")
_NUMERIC = re.compile(r"(\d{1,2})\s?([-/.])\s?(\d{1,2})\s?[-/.]\s?(\d{4}|\d{2})")


def normalise(text: str, kind: ValueType) -> str:
    """A key that equal values share; falls back to the folded words where the value is not of its type."""
    if kind is ValueType.DATE:
        day = parse_date(text)
        return day.isoformat() if day else plain(text)
    if kind in (ValueType.MONEY, ValueType.NUMBER, ValueType.PERCENT):
        amount = parse_amount(text)
        return f"{amount:.4f}".rstrip("0").rstrip(".") if amount is not None else plain(text)
    if kind in (ValueType.IDENTIFIER, ValueType.PHONE):
        return "".join(token.folded for token in tokens(text))
    return plain(text)


def plain(text: str) -> str:
    """Folded words joined by single spaces, punctuation dropped."""
    return " ".join(token.folded for token in tokens(text))


def parse_amount(text: str) -> float | None:
    """The first number in a text, with the decimal sign told from the thousands' by its place.

    Of two different signs, the last one is decimal, whatever OCR made of those before it. A single sign followed by
    exactly three digits parts thousands ("1.234" and "1,234" are both 1234), by any other count it is decimal.
    Parentheses around mean negative.
    """
    match = re.search(r"\d[\d.,'’\s]*\d|\d", text)
    if match is None:
        return None
    digits = re.sub(r"[\s'’]", "", match.group())
    signs = [char for char in digits if char in ".,"]
    if len(set(signs)) == 2:
        whole, _, rest = digits.rpartition(signs[-1])
        digits = re.sub(r"[.,]", "", whole) + "." + rest
    elif signs:
        last = len(digits) - digits.rindex(signs[0]) - 1
        digits = digits.replace(signs[0], "" if len(signs) > 1 or last == 3 else ".")
    before = text[: match.start()].strip()
    negative = before.endswith(("-", "\u2212", "(")) or text.strip().startswith(("-", "\u2212"))
    return -float(digits) if negative else float(digits)


def parse_date(text: str) -> date | None:
    """The first calendar day in a text: ISO, numeric or with a month's name in English, German, French or Spanish.

    Numeric dates are read day first when parted by dots, month first when parted by slashes, unless that cannot be.
    Years of two digits lie in 1970-2069; behind a month's name they follow it at once ("28 MAR 18").
    """
    if iso := _ISO.search(text):
        return _day(int(iso[1]), int(iso[2]), int(iso[3]))
    if numeric := _NUMERIC.search(text):
        first, second, year = int(numeric[1]), int(numeric[3]), _year(numeric[4])
        month_first = numeric[2] == "/"
        return (
            (_day(year, first, second) if month_first else None)
            or _day(year, second, first)
            or _day(year, first, second)
        )
    return _spelled(text)


def _spelled(text: str) -> date | None:
    words = [token.folded for token in tokens(text)]
    month = next((MONTH_STEMS[word[:3]] for word in words if word.isalpha() and word[:3] in MONTH_STEMS), None)
    if any(word.startswith("juil") for word in words):
        month = 7
    numbers = [int(digits) for word in words if (digits := re.sub(r"(st|nd|rd|th|er)$", "", word)).isdecimal()]
    years = [number for number in numbers if number >= 1000]
    days = [number for number in numbers if 1 <= number <= 31]
    if not years and month and (short := _SHORT.search(text)) and plain(short[2])[:3] in MONTH_STEMS:
        return _day(_year(short[3]), month, int(short[1]))
    return _day(years[0], month, days[0]) if month and years and days else None


def _year(text: str) -> int:
    year = int(text)
    return year if len(text) == 4 else year + (1900 if year >= 70 else 2000)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def same(one: str, other: str, kind: ValueType) -> bool:
    """Whether two printed values mean the same."""
    return normalise(one, kind) == normalise(other, kind)
