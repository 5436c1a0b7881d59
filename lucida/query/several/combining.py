"""From what each document says to one answer: the largest, how many, together, one by one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from lucida.query.several.plan import Operation
from lucida.query.several.values import Value, by_unit, written

if TYPE_CHECKING:
    from lucida.query.several.kinds import Kind
    from lucida.query.several.parts import Part
    from lucida.query.several.plan import Plan
    from lucida.types import Citation

#: A superlative, a sum or a mean over fewer documents, or over a smaller share of them, is none.
_FEWEST, _SMALLEST_SHARE = 2, 0.5
_MOST_LISTED = 40


@dataclass(frozen=True, slots=True)
class Combined:
    """One answer made of parts.

    Attributes:
        text: the answer.
        rests_on: the parts that decide it, first those that it names.
        sure: how sure, 0..1: the least sure of those parts, times the share of documents that could be read.
        warnings: what speaks against trusting it.
        citations: further places, beside those of the parts.
    """

    text: str
    rests_on: tuple[Part, ...]
    sure: float
    warnings: tuple[str, ...] = ()
    citations: tuple[Citation, ...] = field(default=())


def combine(plan: Plan, parts: Sequence[Part]) -> Combined | None:
    """One answer of an extreme, a sum, a mean or a list; None where too few documents say what is asked for.

    Args:
        plan: what is to be done.
        parts: what each document says.
    """
    said = [part for part in parts if part.proved is not None]
    enough = len(said) >= min(_FEWEST, len(parts)) and len(said) >= _SMALLEST_SHARE * len(parts)
    if plan.operation is Operation.LIST:
        return _listed(plan, parts, said) if said else None
    if not said or not enough:
        return None
    combined = _extreme(plan, said) if plan.operation is Operation.EXTREME else _summed(plan, said)
    share = len(said) / len(parts)
    return replace(combined, sure=combined.sure * share, warnings=(*combined.warnings, *unread(plan, parts)))


def unread(plan: Plan, parts: Sequence[Part]) -> list[str]:
    """A sentence on the documents that do not say what is asked for, where there are any."""
    silent = [part.unit.name for part in parts if part.proved is None]
    if not silent:
        return []
    named = ", ".join(silent[:3]) + (f" and {len(silent) - 3} more" if len(silent) > 3 else "")
    count = len(parts) - len(silent)
    asked = plan.fields[0].rstrip("?").removeprefix("What is ").removeprefix("Who is ") if plan.fields else "it"
    noun = plan.kind.name if len(parts) == 1 else plan.kind.plural
    return [f"Of {len(parts)} {noun}, {count} {'shows' if count == 1 else 'show'} {asked}; {named} could not be read."]


def _extreme(plan: Plan, said: Sequence[Part]) -> Combined:
    groups = by_unit((place, part.value) for place, part in enumerate(said) if part.value is not None)
    sign = 1 if plan.highest else -1
    lines: list[str] = []
    first: list[Part] = []
    rest: list[Part] = []
    for entries in groups.values():
        best = max(sign * value.number for _, value in entries)
        winners = [said[place] for place, value in entries if sign * value.number == best]
        first += winners
        ranked = sorted(entries, key=lambda entry: -sign * entry[1].number)
        rest += [said[place] for place, _ in ranked if said[place] not in winners]
        lines.append(f"{' and '.join(part.unit.name for part in winners)}: {winners[0].text}")
    warnings = (
        [_mixed(groups, "the most of each is given" if plan.highest else "the least of each is given")]
        if len(groups) > 1
        else []
    )
    if len(said) == 1:
        warnings.append(f"There is only one {plan.kind.name} to choose from.")
    runners = rest[:1]
    return Combined("; ".join(lines), (*first, *rest), min(part.sure for part in (*first, *runners)), tuple(warnings))


def _summed(plan: Plan, said: Sequence[Part]) -> Combined:
    once, warnings = said, []
    groups = by_unit((place, part.value) for place, part in enumerate(once) if part.value is not None)
    totals = []
    for entries in groups.values():
        total = sum((value.number for _, value in entries), Decimal(0))
        totals.append(written(total / len(entries) if plan.operation is Operation.MEAN else total, entries[0][1]))
    if len(groups) > 1:
        warnings.append(_mixed(groups, "each is added up for itself"))
    count = len(once)
    noun = plan.kind.name if count == 1 else plan.kind.plural
    how = "on average over" if plan.operation is Operation.MEAN else "for"
    text = f"{' and '.join(totals)} {how} {count} {noun}"
    return Combined(text, tuple(once), min(part.sure for part in once), tuple(warnings))


def _listed(plan: Plan, parts: Sequence[Part], said: Sequence[Part]) -> Combined:
    shown = "; ".join(f"{part.unit.name}: {part.text}" for part in said[:_MOST_LISTED])
    more = f"; and {len(said) - _MOST_LISTED} more" if len(said) > _MOST_LISTED else ""
    sure = sum(part.sure for part in said) / len(said) * len(said) / len(parts)
    return Combined(shown + more, tuple(said), sure, tuple(unread(plan, parts)))


def _mixed(groups: dict[str, list[tuple[int, Value]]], instead: str) -> str:
    units = [unit or "no currency" for unit in groups]
    return f"The values are in {', '.join(units[:-1])} and {units[-1]}, which cannot be compared: {instead}."


def difference(one: Value, other: Value) -> str:
    """How far two values of one unit lie apart, in words: "£34.50", "12 days"."""
    apart = abs(one.number - other.number)
    if one.unit == "day":
        return f"{apart} day{'' if apart == 1 else 's'}"
    return written(apart, one if one.number >= other.number else other)


def day_of(value: Value) -> date:
    """The day of a date's value."""
    return date.fromordinal(int(value.number))


def counted(kind: Kind, count: int) -> str:
    """As in “1 invoice”, “3 invoices”."""
    return f"{count} {kind.name if count == 1 else kind.plural}"
