"""Two documents against each other, by one value of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lucida.query.several.combining import Combined, difference

if TYPE_CHECKING:
    from lucida.query.several.parts import Part
    from lucida.query.several.plan import Plan

_WORDS = {
    (True, True): ("higher", "lower"),
    (False, True): ("lower", "higher"),
    (True, False): ("later", "earlier"),
    (False, False): ("earlier", "later"),
}


def compare(plan: Plan, one: Part, other: Part) -> Combined | None:
    """Whether the first is more (or less) than the second, both values, and by how much; None where one is silent.

    Args:
        plan: a comparison.
        one: what the document on the first side says.
        other: that on the second.
    """
    if one.value is None or other.value is None:
        return None
    values = f"{one.text} in {one.unit.name}, {other.text} in {other.unit.name}"
    sure = min(one.sure, other.sure)
    if one.value.unit != other.value.unit:
        units = [value.unit or "no currency" for value in (one.value, other.value)]
        return Combined(
            values, (one, other), sure, (f"The values are in {units[0]} and {units[1]}, which cannot be compared.",)
        )
    apart = difference(one.value, other.value)
    if one.value.number == other.value.number:
        verdict = "No difference" if plan.how_much else "Neither, they are equal"
        return Combined(f"{verdict}: {values}", (one, other), sure)
    more = one.value.number > other.value.number
    word = _WORDS[True, one.value.unit != "day"][0 if more else 1]
    if plan.how_much:
        return Combined(f"{apart} {word}: {values}", (one, other), sure)
    holds = more == plan.highest
    return Combined(f"{'Yes' if holds else 'No'}: {values} ({apart} {word})", (one, other), sure)


def choose(plan: Plan, one: Part, other: Part) -> Combined | None:
    """Which of the two it is, as in “Which offer is cheaper, Hansen's or Brandt's?”."""
    compared = compare(plan, one, other)
    if compared is None or one.value is None or other.value is None or one.value.unit != other.value.unit:
        return compared
    if one.value.number == other.value.number:
        return compared
    wins = (one.value.number > other.value.number) == plan.highest
    best, rest = (one, other) if wins else (other, one)
    text = f"{best.unit.name}: {best.text}, against {rest.text} in {rest.unit.name}"
    return Combined(text, (best, rest), compared.sure, compared.warnings)
