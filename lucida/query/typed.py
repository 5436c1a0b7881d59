"""Values that show by their form what they are: dates, money, numbers, addresses of all sorts."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from lucida.query.concepts import ValueType
from lucida.query.normalise import parse_date

if TYPE_CHECKING:
    from collections.abc import Callable

_MONTHS = (
    r"(?:jan(?:uary|uar|v(?:ier)?|\.)?|jänner|feb(?:ruary|ruar|\.)?|f[ée]vr(?:ier|\.)?|mar(?:ch|s|zo|\.)?|märz|apr(?:il|\.)?|avril|"
    r"abril|ma[yi]o?|june?|juni|juin|junio|jul(?:y|i|io|\.)?|juillet|aug(?:ust|\.)?|ao[uû]t|agosto|sept?(?:ember|\.)?|"
    r"septembre|o[ckt]+(?:ober|obre|ubre|\.)?|nov(?:ember|embre|iembre|\.)?|de[czs](?:ember|iembre|\.)?|d[ée]cembre|enero|febrero)"
)
_YEAR = r"(?:1[0-9]\d\d|20\d\d)"
_ORDINAL = r"(?:\d{1,2}(?:st|nd|rd|th)|\w+teenth|\w+tieth|\w+-first)"
_DATE = re.compile(
    rf"""(?<![\w/.-])(?:
      \d{{4}}[-/.]\d{{1,2}}[-/.]\d{{1,2}}
    | \d{{1,2}}\s?[-/.]\s?\d{{1,2}}\s?[-/.]\s?(?:\d{{4}}|\d{{2}})
    | \d{{1,2}}(?:st|nd|rd|th|\.|er)?[\s/-]+(?:(?:of|de)\s+)?{_MONTHS}(?:,?[\s/-]+(?:de\s+)?(?:\d{{4}}|'?\d{{2}}))?
    | {_MONTHS}\s+\d{{1,2}}(?:st|nd|rd|th)?(?:\s*,?\s*\d{{4}})?
    | {_MONTHS}\s*,?\s+{_YEAR}
    | (?:(?:early|mid|late)[\s-]+)?(?:the\s+)?{_ORDINAL}(?:\s+(?:and|to|or)\s+{_ORDINAL})?\s+centur(?:y|ies)
    | {_YEAR}s?(?:\s?[-–]\s?(?:{_YEAR}|\d\d))?(?:\s+(?:BC|AD|CE|BCE))?
    )(?![\w/]|[.-]\d)""",
    re.IGNORECASE | re.VERBOSE,
)
_AMOUNT = r"\d{1,3}(?:[,.'’\s]\d{3})+(?:[.,]\d{1,2})?(?!\d)|\d+(?:[.,]\d+)?"
_CURRENCY = (
    r"(?:[$€£¥₹]|US\$|EUR|USD|GBP|CHF|JPY|SEK|NOK|DKK|Fr\.|Euros?|dollars?|pounds?|kron[eo]r|francs?|yen|yuan|rupees)"
)
_SCALE = r"(?:\s?(?:thousand|million|billion|trillion|Mio\.?|Mrd\.?|[mbk]n?)\b)?"
_MONEY = re.compile(
    rf"(?<!\w)[-\u2212(]?(?:{_CURRENCY}\s?[-\u2212]?(?:{_AMOUNT}){_SCALE}(?:[.,][-–—]{{1,2}})?|(?:{_AMOUNT}){_SCALE}(?:[.,][-–—]{{1,2}})?\s?{_CURRENCY}(?!\w))\)?",
    re.IGNORECASE,
)
_PLAIN_MONEY = re.compile(
    r"(?<![\w.,/-])[-\u2212(]?(?:\d{1,3}(?:[,.'’\s]\d{3})+|\d+)[.,]\d{2}\)?(?![\w/%]|[.,]\d|\s?%)"
)
_PERCENT = re.compile(
    rf"(?<!\w)[-\u2212+]?(?:{_AMOUNT})\s?(?:%|percent\b|per\s?cent\b|Prozent\b|percentage points\b)", re.IGNORECASE
)
_NUMBER_WORDS = (
    r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fifteen|sixteen|twenty|thirty|forty|fifty|"
    r"sixty|seventy|eighty|ninety|hundreds?|thousands?|millions?|dozens?|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|zwölf)"
)
_NUMBER = re.compile(
    rf"(?<![\w.,])(?:[-\u2212+]?(?:{_AMOUNT})(?:\s?(?:hundred|thousand|million|billion|trillion|dozen))?|{_NUMBER_WORDS}(?:[\s-]{_NUMBER_WORDS})*)(?!\w)",
    re.IGNORECASE,
)
#: Units of length and time stand apart, since "how long" asks for either.
_TIME_UNITS = (
    r"(?:milliseconds?|seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|nights?|weeks?|months?|quarters?|years?|decades?|"
    r"centur(?:y|ies)|Sekunden?|Minuten?|Stunden?|Tag(?:en?)?|Wochen?|Monat(?:en?)?|Jahr(?:en?)?|jours?|semaines?|mois|ans?|"
    r"días?|semanas?|meses|años?|[mµμn]?s|h|d)"
)
_LENGTH_UNITS = (
    r"(?:[kcmµμn]?m|kilomet(?:re|er)s?|centimet(?:re|er)s?|millimet(?:re|er)s?|met(?:re|er)s?|Metern?|Kilometern?|miles?|"
    r"feet|foot|ft|inch(?:es)?|yards?|nautical miles?)"
)
_OTHER_UNITS = (
    r"(?:°\s?[CF]|K|kelvin|degrees?(?:\s(?:Celsius|Fahrenheit|C|F))?|Grad|[km]?g|kilograms?|kilos?|grams?|tonnes?|tons?|"
    r"pounds|lbs?|oz|ounces?|[cm]?l|lit(?:re|er)s?|Litern?|gallons?|[kmMGµμn]?[VAWJF]|[kMG]Wh|Wh|mAh|Ah|[kM]?(?:Ohm|Ω)|[kMGT]?Hz|"
    r"[kMGT]i?B|[kMG]?bits?|bytes?|[kMh]?Pa|[m]?bar|ppm|ppb|dB|lux|lm|knots?|rpm|km/h|mph|m/s|"
    r"(?:square|cubic)\s(?:kilo|centi|milli)?(?:met(?:re|er)s?|feet|miles?|inch(?:es)?|yards?)|hectares?|acres?|"
    r"Quadratmetern?|Kubikmetern?|Hektar|[kcm]?m[²³23]|percentage points|percent|per\scent|Prozent|%(?:\s?RH)?)"
)
_QUANTITY = rf"(?:[-\u2212+±~]\s?)?(?:{_AMOUNT}|{_NUMBER_WORDS}(?:[\s-]{_NUMBER_WORDS})*)"
_RANGED = rf"(?<![\w.,]){_QUANTITY}(?:\s?(?:to|bis|and|–|-|\.\.\.|…)\s?{_QUANTITY})?"
_BIG = r"(?:\s(?:thousand|million|billion|Millionen|Milliarden))?"
_DURATION = re.compile(rf"{_RANGED}[\s-]?{_TIME_UNITS}(?![\w/])(?:\sand\s{_QUANTITY}\s{_TIME_UNITS}(?!\w))?")
_LENGTH = re.compile(rf"{_RANGED}\s?{_LENGTH_UNITS}(?![\w/])")
_MEASURE = re.compile(rf"{_RANGED}{_BIG}\s?(?:{_OTHER_UNITS}|{_LENGTH_UNITS}|{_TIME_UNITS})(?![\w/])")
_TIME = re.compile(
    r"(?<![\w:])\d{1,2}[:.]\d{2}(?::\d{2})?(?:\s?[ap]\.?m\.?|\s?Uhr)?(?![\w:])|\b\d{1,2}\s?(?:[ap]\.?m\.?|Uhr)(?!\w)",
    re.IGNORECASE,
)
_EMAIL = re.compile(r"[\w.+-]+\s?@\s?[\w-]+(?:\.[\w-]+)+")
_PHONE = re.compile(r"(?<![\w./-])(?:\+\s?)?\(?\d[\d\s()/.\-]{5,}\d(?!\w)")
_WEB = re.compile(
    r"(?:https?://|www\.)[^\s,;]+|(?<![@\w])[\w-]+(?:\.[\w-]+)*\.(?:com|org|net|edu|gov|de|at|ch|fr|es|io|eu|uk)(?:/\S*)?(?!\w)",
    re.IGNORECASE,
)
_IDENTIFIER = re.compile(
    r"(?<!\w)(?:[A-Z]{2}\d{2}(?:\s?[A-Z0-9]{4}){3,7}(?:\s?[A-Z0-9]{1,4})?|#?(?=[\w/.\-]*\d)\w[\w/.\-]*\w|\d)(?!\w)",
    re.IGNORECASE,
)
_NAME_PART = r"(?:[A-ZÀ-ÖØ-Þ][\w'’&.-]*|&)"
_NAME = re.compile(
    rf"(?<!\w){_NAME_PART}(?:\s+(?:(?:of|the|and|de|la|le|du|der|von|van|den|und|bin|al)\s+){{0,2}}{_NAME_PART})*"
)
#: More words than this, mostly in small letters, are a sentence and no name.
_LONGEST_NAME = 5
_CHOICE = re.compile(r"[☐☑☒✓✔✗✘■□]|[\[(]\s?[xX✓ ]?\s?[\])]")

_PATTERNS: dict[ValueType, tuple[re.Pattern[str], ...]] = {
    ValueType.DATE: (_DATE,),
    ValueType.MONEY: (_MONEY, _PLAIN_MONEY),
    ValueType.PERCENT: (_PERCENT,),
    ValueType.NUMBER: (_NUMBER,),
    ValueType.MEASURE: (_MONEY, _MEASURE),
    ValueType.DURATION: (_DURATION, _LENGTH),
    ValueType.TIME: (_TIME,),
    ValueType.EMAIL: (_EMAIL,),
    ValueType.PHONE: (_PHONE,),
    ValueType.WEB: (_WEB,),
    ValueType.IDENTIFIER: (_IDENTIFIER,),
    ValueType.NAME: (_NAME,),
    ValueType.PLACE: (_NAME,),
    ValueType.CHOICE: (_CHOICE,),
}


class Span(NamedTuple):
    """A typed value in a text; offsets count characters."""

    start: int
    end: int
    text: str


def find_spans(text: str, kind: ValueType) -> list[Span]:
    """All values of a type, in order; where two patterns overlap, the stricter one's match stays.

    Types without a form of their own (``ANY``, ``ADDRESS``) have none.
    """
    found: list[Span] = []
    for pattern in _PATTERNS.get(kind, ()):
        for match in pattern.finditer(text):
            stripped = match.group().strip().rstrip(".,;:" if kind in (ValueType.NAME, ValueType.PLACE) else "")
            start = match.start() + match.group().index(stripped)
            if stripped and all(start >= span.end or match.end() <= span.start for span in found):
                found.append(Span(start, start + len(stripped), stripped))
    return sorted(found)


@lru_cache(maxsize=4096)
def agreement(value: str, kind: ValueType) -> float:
    """How well a value fits a type, 0..1: 1 when it is of that form, about the share that is otherwise."""
    if kind is ValueType.ANY:
        return 1.0 if any(char.isalnum() for char in value) else 0.0
    judge = _JUDGES.get(kind)
    if judge is not None:
        return judge(value)
    spans = find_spans(value, kind)
    if not spans:
        return 0.0
    covered = max(span.end - span.start for span in spans) / max(len(value.strip()), 1)
    return 0.7 + 0.3 * min(covered, 1.0)


def _as_money(value: str) -> float:
    """A bare whole number may be money in a column of them, but less surely."""
    if find_spans(value, ValueType.MONEY):
        return 1.0
    return 0.6 if re.fullmatch(r"[-\u2212(]?[\d.,'’\s]+\)?", value.strip()) and any(c.isdigit() for c in value) else 0.0


def _as_measure(value: str) -> float:
    """A bare number may be a measure whose unit stands elsewhere, but less surely."""
    spans = find_spans(value, ValueType.MEASURE)
    if spans:
        return 0.7 + 0.3 * min(sum(span.end - span.start for span in spans) / max(len(value.strip()), 1), 1.0)
    return 0.75 if find_spans(value, ValueType.NUMBER) and not any(c.isalpha() for c in value) else 0.0


def _as_name(value: str) -> float:
    letters = sum(char.isalpha() for char in value)
    if not letters or find_spans(value, ValueType.EMAIL):
        return 0.0
    share = letters / max(sum(not char.isspace() for char in value), 1)
    words = [word for word in value.split() if word[0].isalpha()]
    if len(words) > _LONGEST_NAME and sum(word[0].isupper() for word in words) < 0.4 * len(words):
        return 0.3
    starts_high = value.lstrip("\"'(„")[:1].isupper() or 2 * sum(word[0].isupper() for word in words) > len(words) > 1
    return (1.0 if starts_high else 0.6) * (1.0 if share > 0.7 else 0.4)


def _as_identifier(value: str) -> float:
    digits = sum(char.isdigit() for char in value)
    if not digits or parse_date(value) is not None:
        return 0.2 if value.isupper() else 0.0
    return 1.0 if len(value.split()) <= 2 else 0.8


def _as_address(value: str) -> float:
    letters, digits = any(c.isalpha() for c in value), any(c.isdigit() for c in value)
    return 1.0 if letters and digits else 0.6 if letters else 0.0


_JUDGES: dict[ValueType, Callable[[str], float]] = {
    ValueType.MONEY: _as_money,
    ValueType.MEASURE: _as_measure,
    ValueType.NAME: _as_name,
    ValueType.PLACE: _as_name,
    ValueType.IDENTIFIER: _as_identifier,
    ValueType.ADDRESS: _as_address,
}
