"""Questions that hold two documents against each other: "higher than", "which is cheaper", "what changed"."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from lucida.query.several import vocabulary as said
from lucida.query.several.kinds import DOCUMENT
from lucida.query.several.meaning import amounts
from lucida.query.several.narrowing import DATE
from lucida.query.several.plan import Operation, Plan, Restriction

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lucida.query.several.asked import Asked, KindFound


_WHAT_CHANGED = r"^\W*(?:what|was|que|qu) (?:has |had |hat sich |a |ha )?(?:chang|geandert)"
_HOW_MUCH = r"\W*(?:how much|by how much|um wie ?viel|wie viel|de combien|cuanto)"


def changes(asked: Asked) -> Plan | None:
    """The plan for what changed between two versions, or how far two amounts lie apart; None where neither is asked."""
    changed = re.search(said.CHANGES, asked.folded)
    files = [index for index, word in enumerate(asked.words) if re.search(r"\.\w{2,4}\W*$", word)]
    if changed is None or not (asked.kinds or len(files) > 1):
        return None
    noun = asked.kinds[-1] if asked.kinds else None
    kind = noun.kind if noun is not None else DOCUMENT
    two = re.search(said.TWO, asked.folded) or len(files) > 1
    if not two and not re.search(_WHAT_CHANGED, asked.folded):
        return None
    sides = _sides(asked, r"(?:between|zwischen|entre|of|compare)", r"(?:and|und|et|y|with|to)")
    numeric = re.search(r"\bdifference\b|\bdifferenz\b", asked.folded) and "version" not in asked.folded
    if numeric and noun is not None and sides is not None and kind.name in {"invoice", "receipt", "statement"}:
        return Plan(Operation.COMPARE, kind, amounts(asked, kind), sides=sides, how_much=True)
    among = (
        asked.restriction(*_outside(asked, noun, asked.range_of(*changed.span()))) if sides is None else Restriction()
    )
    return Plan(Operation.CHANGES, kind, kind.amounts, among=among, sides=sides)


def comparison(asked: Asked) -> Plan | None:
    """The plan for which of two is more, or whether one is; None where nothing is compared."""
    for pattern, what, highest in said.COMPARATIVES:
        match = re.search(rf"(?<![^\W_])(?:{pattern})(?![^\W_])", asked.folded)
        if match is None or not asked.kinds:
            continue
        start, end = asked.range_of(*match.span())
        than = re.search(rf"\b(?:{said.THAN})\b", asked.folded[match.end() :])
        if than is not None:
            middle = asked.range_of(match.end() + than.start(), match.end() + than.end())
            plan = _versus(
                asked, (start, end), middle, amounts(asked, asked.kinds[0].kind) if what == "much" else (DATE,)
            )
            how_much = re.match(_HOW_MUCH, asked.folded) is not None
            return replace(plan, highest=highest, how_much=how_much) if plan is not None else None
        if pattern not in ("more", "less"):
            return _better(asked, (start, end), what, highest=highest)
    return None


def _versus(asked: Asked, span: tuple[int, int], than: tuple[int, int], fields: tuple[str, ...]) -> Plan | None:
    """As in “Is the March bill higher than the February one?”."""
    nouns = asked.kinds[0], asked.kinds[-1]
    sides = (
        asked.restriction((0, span[0]), (span[1], than[0]), noun=nouns[0]),
        asked.restriction((than[1], len(asked.words)), noun=nouns[1] if nouns[1] is not nouns[0] else None),
    )
    other = nouns[1].kind if nouns[1].kind is not nouns[0].kind else None
    named = not (sides[0].empty or sides[1].empty)
    if not fields or not (named or (other and nouns[0].end <= than[0] < nouns[1].start)):
        return None
    return Plan(Operation.COMPARE, nouns[0].kind, fields, sides=sides, other=other)


def _better(asked: Asked, span: tuple[int, int], what: str, *, highest: bool) -> Plan | None:
    """As in “Which of the two offers is cheaper?”, “Which offer is cheaper, Hansen or Brandt?”."""
    if not re.match(r"\W*(?:which|welche[rs]?|quelle?|laquelle|lequel|cual)\b", asked.folded):
        return None
    noun = asked.kinds[-1]
    fields = amounts(asked, noun.kind) if what == "much" else (DATE,)
    sides = _sides(asked, r"(?:,|:)", r"(?:or|oder|ou|o)")
    if sides is not None:
        return Plan(Operation.COMPARE, noun.kind, fields, highest, sides=sides, which=True) if fields else None
    if not (noun.many or asked.expected(noun)):
        return None
    among = asked.restriction(*_outside(asked, noun, span), noun=noun)
    return Plan(Operation.EXTREME, noun.kind, fields, highest, among, expected=asked.expected(noun)) if fields else None


def _sides(asked: Asked, opening: str, joint: str) -> tuple[Restriction, Restriction] | None:
    """The two documents that "between A and B" or ": A or B" names, where each is named by something."""
    match = re.search(rf"{opening}\s+(?P<one>.+?)\s+{joint}\s+(?P<two>.+)$", asked.folded)
    if match is None:
        return None
    one = asked.restriction(asked.range_of(*match.span("one")))
    two = asked.restriction(asked.range_of(*match.span("two")))
    return None if one.empty or two.empty else (one, two)


def _outside(asked: Asked, noun: KindFound | None, span: tuple[int, int]) -> Sequence[tuple[int, int]]:
    """The words that are neither a noun's nor in a span."""
    taken = set(range(*span)) | (set(range(noun.start, noun.end)) if noun is not None else set())
    return [(index, index + 1) for index in range(len(asked.words)) if index not in taken]
