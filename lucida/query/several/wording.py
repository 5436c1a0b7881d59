"""Tells a question over several documents from one that a single page answers, and takes it apart.

Only what is asked in so many words counts: a kind of documents, and what is to be done with them. Whatever else a
question says leaves it to the plain route.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from lucida.query.several import vocabulary as said
from lucida.query.several.against import changes, comparison
from lucida.query.several.asked import Asked, KindFound
from lucida.query.several.kinds import DOCUMENT
from lucida.query.several.meaning import amounts, known
from lucida.query.several.plan import Operation, Plan, Restriction
from lucida.query.several.superlatives import extreme
from lucida.query.terms import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Longer questions tell a story; what they ask of several documents is not told by single words.
_MOST_WORDS = 40


def plan_of(text: str) -> Plan | None:
    """The plan for a question over several documents; None where one page may answer it.

    Args:
        text: a question in English, German, French or Spanish.
    """
    asked = Asked(tuple(text.split()))
    if not 2 <= len(asked.words) <= _MOST_WORDS:
        return None
    for read in (changes, comparison, _count, extreme, _sum, _listing):
        plan = read(asked)
        if plan is not None:
            return plan
    return None


def _count(asked: Asked) -> Plan | None:
    how_many = re.search(said.HOW_MANY, asked.folded)
    noun = next((one for one in asked.kinds if one.many), None)
    if how_many is None or noun is None or noun.kind.name == "minutes":
        return None
    start = asked.range_of(*how_many.span())[1]
    adjectives = [fold(word) for word in asked.words[start : noun.start]]
    if (
        len(adjectives) > 2
        or any(word in said.SMALL - {"de"} for word in adjectives)
        or not asked.asks_no_more(noun.end, len(asked.words))
    ):
        return None
    among = asked.restriction((start, noun.start), (noun.end, len(asked.words)), noun=noun)
    if noun.kind is DOCUMENT and among.empty:
        return None
    return Plan(Operation.COUNT, noun.kind, among=among)


def _sum(asked: Asked) -> Plan | None:
    noun = next((one for one in reversed(asked.kinds) if one.many), None)
    mean = re.search(said.AVERAGE, asked.folded)
    together = re.search(said.TOGETHER, asked.folded) or re.search(said.TOTAL_OF_ALL, asked.folded)
    if noun is None or not (mean or together) or not noun.kind.amounts:
        return None
    if re.search(r"\b(?:each|every|jede\w*|chaque|cada)\b", asked.folded) or re.search(said.HOW_MANY, asked.folded):
        return None
    operation = Operation.MEAN if mean else Operation.SUM
    # Before the noun stand verbs and what is summed up; only what stands right before it tells which are meant.
    start = noun.start
    while (
        start > 0
        and fold(asked.words[start - 1]) not in said.FILLING
        and fold(asked.words[start - 1]) not in said.NUMERALS
    ):
        start -= 1
    spans = ((start, noun.start), (noun.end, len(asked.words))) if start else ((noun.end, len(asked.words)),)
    fields = amounts(asked, noun.kind)
    among = _without(
        asked.restriction(*spans, noun=noun),
        r"come|average|mean|combined|durchschnitt\w*|summe?|somme|" + _words_of(fields),
    )
    return Plan(operation, noun.kind, fields, among=among, expected=asked.expected(noun))


def _listing(asked: Asked) -> Plan | None:
    noun = next((one for one in reversed(asked.kinds)), None)
    lists, shows = re.search(said.LISTING, asked.folded), re.search(said.SHOWING, asked.folded)
    if noun is None or not (lists or shows):
        return None
    start = asked.range_of(*(lists or shows or re.match("", "")).span())[1]  # type: ignore[union-attr]
    field = _listed_field(asked, noun, start, wanted=lists is not None)
    if field is not None:
        among = asked.restriction((noun.end, len(asked.words)), noun=noun)
        return Plan(Operation.LIST, noun.kind, (field,), among=among, expected=asked.expected(noun), sure=known(field))
    adjectives = [word for word in map(fold, asked.words[start : noun.start]) if word not in said.FILLING]
    if noun.kind.name == "form" and not (lists or re.search(said.EACH, asked.folded)):
        return None  # "the two forms of government"
    if not noun.many or len(adjectives) > 2 or len(asked.words[start : noun.start]) > 4:
        return None
    if noun is not asked.kinds[0] or not asked.asks_no_more(noun.end, len(asked.words)):
        return None
    among = asked.restriction((start, noun.start), (noun.end, len(asked.words)), noun=noun)
    if among.empty and not lists and not re.search(said.EACH, asked.folded):
        return None
    return None if noun.kind is DOCUMENT and among.empty else Plan(Operation.LIST, noun.kind, among=among)


def _listed_field(asked: Asked, noun: KindFound, start: int, *, wanted: bool) -> str | None:
    """What of each document is asked for ("list the totals of all receipts"); None where nothing is."""
    text = " ".join(map(fold, asked.words[start : noun.start]))
    every = re.search(said.EACH, text) is not None
    # "What is the total on each", but "who wrote the report on all": without a verb of being, something else is asked.
    must = re.match(r"\W*(?:what|who|was|wer|qui|que|quien)\b", asked.folded) is not None
    copula = r"(?:(?:is|are|was|were|ist|sind|est|sont|es|son)\s+)" + ("" if must else "?")
    match = re.match(
        rf"(?:(?:me|us|mir|moi)\s+)?{copula}(?:(?:the|die|der|das|den|la|le|les|el|los|las)\s+)?"
        rf"(?P<field>[\w][\w -]{{1,40}}?)\s+{said.OF}(?:\s+(?:the|my|our|der|die|den|dem|les|las|los))?(?:\s|$)",
        text + " ",
    )
    if match is None or not (every or (noun.many and wanted)):
        return None
    phrase = match["field"].strip()
    if re.fullmatch(said.EACH, phrase):
        return None
    return f"Who is the {phrase}?" if re.match(r"\W*who\b", asked.folded) else f"What is the {phrase}?"


def _without(among: Restriction, pattern: str) -> Restriction:
    kept = tuple(word for word in among.words if not re.fullmatch(pattern, word)) if pattern else among.words
    text = " ".join(word for word in among.text.split() if not pattern or not re.fullmatch(pattern, word))
    return replace(among, words=kept, text=text)


def _words_of(fields: Sequence[str]) -> str:
    words = {word for field in fields for word in re.findall(r"\w+", fold(field))} | {
        "vat",
        "tax",
        "mwst",
        "steuer",
        "tva",
        "iva",
    }
    return "|".join(map(re.escape, sorted(words)))
