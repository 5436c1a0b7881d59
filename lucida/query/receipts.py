"""What slips and bills say many times over, or without a label: what was paid in the end, and on which day.

"Total" stands beside many figures: without tax, of the tax, of pieces, before rounding. The one that was paid is told
by its wording and by arithmetic: what was handed over less the change, or the sum without tax and the tax.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from lucida.query.candidate import Candidate, Features, standing_in
from lucida.query.concepts import ValueType
from lucida.query.layout import Layout, Placed, Run, lay_out
from lucida.query.letters import closes
from lucida.query.normalise import parse_amount, parse_date
from lucida.query.terms import tokens
from lucida.query.typed import find_spans

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from lucida.index.records import PageRow
    from lucida.query.question import Question


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_TOTAL = _words(
    """total totals ttl payable due summe gesamt gesamtbetrag gesamtsumme endbetrag endsumme rechnungsbetrag betrag
    zahlbetrag montant importe ttc pagar payer zahlen"""
)
#: The figure beside these is final.
_FINAL = _words(
    "grand payable due rounded after nett ttc brutto zahlen pagar payer endbetrag zahlbetrag rechnungsbetrag"
)
#: The figure beside these is a part, a count or something else, unless tax is said to be within it.
_PARTIAL = _words(
    """sub subtotal sttl excl excluding exclusive exclude before without net netto zwischensumme ht ex qty quantity
    quantities item items count pcs pieces saving savings saved save discount disc rabatt remise descuento point points
    rounding supplies no stk anzahl artikel cent balance outstanding deposit prior previous"""
)
_TAX = _words("tax gst vat sst mwst ust tva iva taxes steuer mehrwertsteuer umsatzsteuer taxe")
_WITHIN = _words("incl including inclusive include included inc with inkl einschl inklusive compris incluido con w")
_HANDED = _words(
    """cash visa master mastercard card debit credit tendered tender paid payment received bar gegeben bargeld karte ec
    girocard especes carte efectivo tarjeta amex"""
)
_CHANGE = _words("change ruckgeld zuruck wechselgeld rendu monnaie cambio")
_MONEY = re.compile(r"(?<![\d.,/-])[-\u2212(]?\d{1,3}(?:[,.'’ ]\d{3})*[.,]\d{2}(?![\d%/]|[.,]\d|\s?%)")
#: Wording and proofs, weighed against each other by hand; below the last one no figure is taken.
_IS_FINAL, _IS_PARTIAL, _IS_TAX, _ONE_OF_SEVERAL = 0.3, 0.8, 0.8, 0.4
_PAID, _ADDS_UP, _REPEATED, _LARGEST = 0.6, 0.3, 0.05, 0.1
_CONVINCING = 0.6
#: How surely such a figure or day is what is asked for; and how much others count beside a proven total.
_TOTAL_MATCH, _DAY_MATCH, _DAYS_MATCH, _BESIDE = 1.0, 0.82, 0.72, 0.55
#: A figure may stand so many word heights over or under its label.
_OFFSET = 1.3
#: Days behind these are others than the paper's own.
_DATED = _words("date datum fecha")
_OTHER_DAYS = _words(
    "due birth born delivery expiry expires exp valid until best before geburtsdatum fallig lieferung bis"
)


@dataclass(frozen=True, slots=True)
class _Amount:
    """A sum of money that is printed, what it is, and what stands beside it."""

    value: float
    words: tuple[Placed, ...]
    said: frozenset[str]
    several: bool

    @property
    def within(self) -> bool:
        return not self.said.isdisjoint(_WITHIN)


def read_paid(page: PageRow, question: Question) -> list[Candidate]:
    """What was paid in all, where that of the paper, and nothing on it, is asked for; at most one candidate.

    Args:
        page: any page.
        question: taken apart; ``names`` and ``rank`` of the candidates' features are left to the caller.
    """
    wanted = {concept.name for concept in question.concepts}
    asked = question.type is ValueType.MONEY and "total" in wanted and not wanted & {"tax", "subtotal", "change"}
    if not asked or _of_something(question):
        return []
    return [_candidate(page, words, _TOTAL_MATCH, place) for words, place in _paid(lay_out(page))]


def read_days(page: PageRow, question: Question) -> list[Candidate]:
    """The paper's day, where that and nothing more is asked for; best first, at most two; see ``read_paid``."""
    asked = question.type is ValueType.DATE and {concept.name for concept in question.concepts} == {"date"}
    if not asked or _of_something(question) or page.number != 1 or closes(page):
        return []
    days = list(_days(lay_out(page)))
    return [_candidate(page, words, _DAY_MATCH if len(days) == 1 else _DAYS_MATCH, 0.9) for words in days[:2]]


def _of_something(question: Question) -> bool:
    """Whether something on the paper is asked about, rather than the paper."""
    return max(question.matter.values(), default=0.0) >= 1.0


def settled(candidates: Sequence[Candidate], paid: Sequence[Candidate]) -> list[Candidate]:
    """Other readers' candidates of a page whose total was made out: those of other sums count less."""
    if not paid:
        return list(candidates)
    total = parse_amount(paid[0].text)
    return [
        one
        if parse_amount(one.text) == total
        else replace(one, features=replace(one.features, match=_BESIDE * one.features.match))
        for one in candidates
    ]


def _paid(layout: Layout) -> Iterator[tuple[Sequence[Placed], float]]:
    """Words of the figure that was paid, and how surely; nothing where no wording and no proof convinces."""
    amounts = list(_amounts(layout))
    totals = [one for one in amounts if not one.said.isdisjoint(_TOTAL) and one.value > 0]
    counts = Counter(round(one.value, 2) for one in amounts)
    largest = max((one.value for one in totals), default=0.0)
    weighed = [(_weight(one, amounts, counts, largest), number, one) for number, one in enumerate(totals)]
    best = max(weighed, default=None, key=lambda entry: entry[:2])
    if best is not None and best[0] >= _CONVINCING:
        yield best[2].words, min(0.8 + 0.1 * best[0], 0.97)
    elif best is None:
        # No wording: what was handed over, less the change, is proof enough.
        proven = (one for one in reversed(amounts) if counts[round(one.value, 2)] > 1 and _was_paid(one.value, amounts))
        yield from ((one.words, 0.85) for one in list(proven)[:1])


def _weight(one: _Amount, amounts: Sequence[_Amount], counts: Counter[float], largest: float) -> float:
    weight = 1.0
    weight += _IS_FINAL * (not one.said.isdisjoint(_FINAL) or one.within)
    weight -= _IS_PARTIAL * (not one.said.isdisjoint(_PARTIAL))
    weight -= _IS_TAX * (not one.said.isdisjoint(_TAX) and not one.within)
    weight -= _ONE_OF_SEVERAL * one.several
    weight += _PAID * _was_paid(one.value, amounts) + _ADDS_UP * _adds_up(one.value, amounts)
    return weight + _REPEATED * min(counts[round(one.value, 2)] - 1, 3) + _LARGEST * (one.value == largest)


def _was_paid(value: float, amounts: Sequence[_Amount]) -> bool:
    """Whether it is what was handed over, less the change."""
    handed = [abs(one.value) for one in amounts if _is(one, _HANDED) and not _is(one, _TOTAL | _CHANGE)]
    back = [abs(one.value) for one in amounts if _is(one, _CHANGE)] or [0.0]
    return any(_equal(given - change, value) for given in handed for change in back)


def _adds_up(value: float, amounts: Sequence[_Amount]) -> bool:
    """Whether a sum without tax and a tax make it."""
    taxes = [one.value for one in amounts if _is(one, _TAX) and 0 < one.value < value and not one.within]
    parts = [one.value for one in amounts if _is(one, _PARTIAL) and 0 < one.value < value]
    return any(_equal(part + tax, value) for part in parts for tax in taxes)


def _is(one: _Amount, words: frozenset[str]) -> bool:
    return not one.said.isdisjoint(words)


def _equal(one: float, other: float) -> bool:
    return abs(one - other) < 0.005


def _amounts(layout: Layout) -> Iterator[_Amount]:
    """The last sum of each row, with the words left of it, or of the row beside it where it stands alone."""
    rows = layout.rows
    for number, row in enumerate(rows):
        line = Run(tuple(word for run in row for word in run.words))
        sums = list(_MONEY.finditer(line.text))
        amount = parse_amount(sums[-1].group()) if sums else None
        if amount is None:
            continue
        start, end = sums[-1].span()
        with_currency = (
            span for span in find_spans(line.text, ValueType.MONEY) if span.start < end and start < span.end
        )
        start, end = next(((span.start, span.end) for span in with_currency), (start, end))
        words = line.between(start, end)
        said = _folded(line.between(0, start)) or _said_beside(rows, number, layout.height)
        yield _Amount(amount, words, said, len(sums) > 1)


def _said_beside(rows: Sequence[Sequence[Run]], number: int, height: float) -> frozenset[str]:
    """Words of the nearest row, within reach, that has no sum of its own: figures seldom stand level with labels."""
    middle = _middle(rows[number])
    near = [
        (abs(_middle(rows[other]) - middle), other)
        for other in (number - 1, number + 1)
        if 0 <= other < len(rows) and not any(_MONEY.search(run.text) for run in rows[other])
    ]
    distance, nearest = min(near, default=(float("inf"), number))
    return (
        _folded([word for run in rows[nearest] for word in run.words]) if distance < _OFFSET * height else frozenset()
    )


def _middle(row: Sequence[Run]) -> float:
    return sum((run.y0 + run.y1) / 2 for run in row) / len(row)


def _folded(words: Sequence[Placed]) -> frozenset[str]:
    return frozenset(token.folded for token in tokens(" ".join(word.text for word in words)))


def _days(layout: Layout) -> Iterator[Sequence[Placed]]:
    """Words of each whole day that is printed, each once; those beside a "date" first, then those beside an hour."""
    found: dict[date, tuple[bool, bool, int, tuple[Placed, ...]]] = {}
    for number, row in enumerate(layout.rows):
        line = Run(tuple(word for run in row for word in run.words))
        text = line.text
        for span in find_spans(text, ValueType.DATE):
            day, before = parse_date(span.text), _folded(line.between(0, span.start))
            if day is None or not before.isdisjoint(_OTHER_DAYS):
                continue
            timed = any(find_spans(part, ValueType.TIME) for part in (text[: span.start], text[span.end :]))
            entry = (before.isdisjoint(_DATED), not timed, number, line.between(span.start, span.end))
            found[day] = min(found.get(day, entry), entry, key=lambda one: one[:3])
    yield from (words for *_, words in sorted(found.values(), key=lambda one: one[:3]))


def _candidate(page: PageRow, words: Sequence[Placed], match: float, place: float) -> Candidate:
    text = " ".join(word.text for word in words).strip(" ,;:·")
    return standing_in(words, text, page, "field", Features(match=match, place=place))
