"""Questions for the most or the least of some documents: "the largest invoice", "the latest letter"."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lucida.query.several import vocabulary as said
from lucida.query.several.meaning import amounts, known
from lucida.query.several.narrowing import DATE
from lucida.query.several.plan import Operation, Plan
from lucida.query.terms import fold

if TYPE_CHECKING:
    from lucida.query.several.asked import Asked


def extreme(asked: Asked) -> Plan | None:
    """The plan for the most or the least of some documents; None where no superlative is of documents."""
    for pattern, what, highest in said.SUPERLATIVES:
        match = re.search(rf"(?<![^\W_])(?:{pattern})(?![^\W_])", asked.folded)
        if match is None or not asked.kinds:
            continue
        span = asked.range_of(*match.span())
        plan = (
            _direct(asked, span, what, highest=highest)
            or _predicated(asked, span, what, highest=highest)
            or _valued(asked, span, what, highest=highest)
        )
        if plan is not None:
            return plan
    return None


def _direct(asked: Asked, span: tuple[int, int], what: str, *, highest: bool) -> Plan | None:
    """As in “What is the latest letter from Hansen?”, “Who sent the largest invoice?”, “la facture la plus chère”."""
    for noun in asked.kinds:
        after, before = noun.start - span[1], span[0] - noun.end
        between = [fold(word) for word in asked.words[min(span[1], noun.end) : max(span[0], noun.start)]]
        ahead = 0 <= after <= 3 and not any(word in said.SMALL and word not in said.OF_ALL for word in between)
        behind = 0 <= before <= 1 and all(word in {"la", "le", "les", "el"} for word in between)
        if not (ahead or behind):
            continue
        first, last = min(span[0], noun.start), max(span[1], noun.end)
        bare = said.BARE_LEAD.match(" ".join(map(fold, asked.words[:first]))) is not None
        there = asked.asks_no_more(last, len(asked.words))
        # What else is asked ("what VAT does the largest invoice charge") is asked of the document that is found.
        named = amounts(asked, noun.kind) if bare and there else noun.kind.amounts
        fields = named if what == "much" else (DATE,)
        among = (last, len(asked.words)) if bare and there else (last, last)
        then = (
            ""
            if bare and there
            else f"{asked.text(0, first)} {asked.text(noun.start, noun.end)} {asked.text(last, len(asked.words))}"
        )
        if not fields or (noun.kind.name == "letter" and what == "when" and "last" in asked.folded.split()):
            return None
        restricted = asked.restriction((span[1], noun.start) if ahead else (0, 0), among, noun=noun)
        return Plan(
            Operation.EXTREME, noun.kind, fields, highest, restricted, then=then.strip(), expected=asked.expected(noun)
        )
    return None


def _predicated(asked: Asked, span: tuple[int, int], what: str, *, highest: bool) -> Plan | None:
    """As in “Which receipt has the highest VAT?”, “Welche Rechnung ist die höchste?”."""
    noun = asked.kinds[0]
    leads = re.match(r"\W*(?:which|what|welche[rsnm]?|quel(?:le)?s?|cual(?:es)?|que)\b", asked.folded)
    if leads is None or noun.start > 6 or noun.start > span[0]:
        return None
    phrase, end = _phrase(asked, span[1])
    fields: tuple[str, ...] = (
        (f"What is the {phrase}?",) if phrase else amounts(asked, noun.kind) if what == "much" else (DATE,)
    )
    if not fields or not known(fields[0]) or not asked.asks_no_more(end, len(asked.words)):
        return None
    middle = [fold(word) for word in asked.words[noun.end : span[0]]]
    if any(word not in said.SMALL and word not in said.FILLING for word in middle) and not asked.asks_no_more(
        noun.end, span[0]
    ):
        return None
    among = asked.restriction((1, noun.start), (noun.end, span[0]), (end, len(asked.words)), noun=noun)
    return Plan(Operation.EXTREME, noun.kind, fields, highest, among, expected=asked.expected(noun))


def _valued(asked: Asked, span: tuple[int, int], what: str, *, highest: bool) -> Plan | None:
    """As in “What is the highest total of the receipts?”."""
    noun = asked.kinds[-1]
    phrase, end = _phrase(asked, span[1])
    between = " ".join(map(fold, asked.words[end : noun.start]))
    several = noun.many and re.fullmatch(
        rf"{said.OF}(?: (?:all|the|my|our|these|those|allen?r?|den|les|las|los|\w+))?", between
    )
    if not phrase or not several or said.BARE_LEAD.match(" ".join(map(fold, asked.words[: span[0]]))) is None:
        return None
    field = f"What is the {phrase}?"
    among = asked.restriction((noun.end, len(asked.words)), noun=noun)
    return Plan(Operation.EXTREME, noun.kind, (field,), highest, among) if known(field) else None


def _phrase(asked: Asked, start: int) -> tuple[str, int]:
    """What a superlative is of: the words behind it up to a small word, and where they end."""
    kinds = {index for one in asked.kinds for index in range(one.start, one.end)}
    end = start
    while end < len(asked.words) and end - start < 3:
        bare = fold(asked.words[end]).strip("?!.,;:")
        if end in kinds or bare in said.SMALL or not bare:
            break
        end += 1
        if asked.words[end - 1][-1] in "?!.,;:":
            break
    words = [word.strip("?!.,;:") for word in asked.words[start:end]]
    return " ".join(word for word in words if fold(word) not in {"one", "eine"}), end
