"""Documents of certain months, and of certain amounts: what a question restricts itself to beyond words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lucida.query.several.combining import day_of
from lucida.query.several.vocabulary import MONTHS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from lucida.query.several.documents import Unit
    from lucida.query.several.parts import Asking
    from lucida.query.several.plan import Plan, Restriction

DATE, DUE_DATE = "What is the date?", "What is the due date?"


def dated(asking: Asking, units: Sequence[Unit], among: Restriction) -> list[Unit]:
    """Documents of certain months, by their own date or the day they are due; undated ones by the months they print."""
    if not among.months:
        return list(units)
    kept = []
    for part in asking.each(units, (DUE_DATE if among.due else DATE,), numeric=True):
        day = day_of(part.value) if part.value is not None else None
        if _within(day, among) if day is not None else not among.due and _prints(part.unit, among):
            kept.append(part.unit)
    return kept


def shown_by(plan: Plan) -> tuple[str, ...]:
    """Questions for what shows that a document is within a plan's bounds: its amount, its date; none without bounds."""
    if plan.among.limit is not None:
        return plan.kind.amounts
    return (DUE_DATE if plan.among.due else DATE,) if plan.among.months else ()


def _within(day: date, among: Restriction) -> bool:
    return any(year in (None, day.year) and month in (None, day.month) for year, month in among.months)


def _prints(unit: Unit, among: Restriction) -> bool:
    words = unit.words
    printed = {MONTHS[word] for word in words if word in MONTHS}
    return any(
        (year is None or str(year) in words) and (month is None or month in printed) for year, month in among.months
    )


def limited(asking: Asking, units: Sequence[Unit], among: Restriction) -> tuple[list[Unit], list[str]]:
    """Documents whose amount lies above or below a limit, and a warning on those that cannot be held against it."""
    if among.limit is None:
        return list(units), []
    above, bound = among.limit
    kept, apart = [], []
    for part in asking.each(units, units[0].kind.amounts if units else (), numeric=True):
        if part.value is None or (bound.unit and part.value.unit != bound.unit):
            apart.append(part.unit.name)
        elif (part.value.number > bound.number) == above and part.value.number != bound.number:
            kept.append(part.unit)
    named = ", ".join(apart[:3]) + (f" and {len(apart) - 3} more" if len(apart) > 3 else "")
    return kept, [f"{named} cannot be held against {bound.printed}."] if apart else []
