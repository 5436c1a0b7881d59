"""Tells a question over several documents from one that a single page answers, and takes it apart.

Only what is asked in so many words counts: a kind of documents, and what is to be done with them. Whatever else a
question says leaves it to the plain route.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from lucida.query.concepts import ValueType
from lucida.query.question import understand
from lucida.query.several import vocabulary as said
from lucida.query.several.asked import Asked, KindFound
from lucida.query.several.kinds import DOCUMENT
from lucida.query.several.narrowing import DATE
from lucida.query.several.plan import Operation, Plan, Restriction
from lucida.query.terms import fold, stop_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lucida.query.several.kinds import Kind

#: Longer questions tell a story; what they ask of several documents is not told by single words.
_MOST_WORDS = 40
_GREATEST = ValueType.MONEY, ValueType.NUMBER, ValueType.MEASURE, ValueType.PERCENT, ValueType.DURATION
#: What stands between a value and the documents that it is on.
_OF = r"(?:of|on|in|from|for|von|auf|aus|bei|de|des|der|en|sur|du)"
_SMALL = stop_words("en") | stop_words("de") | stop_words("fr") | stop_words("es")


def plan_of(text: str) -> Plan | None:
    """The plan for a question over several documents; None where one page may answer it.

    Args:
        text: a question in English, German, French or Spanish.
    """
    asked = Asked(tuple(text.split()))
    if not 2 <= len(asked.words) <= _MOST_WORDS:
        return None
    for read in (_changes, _comparison, _count, _extreme, _sum, _listing):
        plan = read(asked)
        if plan is not None:
            return plan
    return None


def _changes(asked: Asked) -> Plan | None:
    changed = re.search(said.CHANGES, asked.folded)
    files = [index for index, word in enumerate(asked.words) if re.search(r"\.\w{2,4}\W*$", word)]
    if changed is None or not (asked.kinds or len(files) > 1):
        return None
    noun = asked.kinds[-1] if asked.kinds else None
    kind = noun.kind if noun is not None else DOCUMENT
    two = re.search(said.TWO, asked.folded) or len(files) > 1
    if not two and not re.search(
        r"^\W*(?:what|was|que|qu) (?:has |had |hat sich |a |ha )?(?:chang|geandert)", asked.folded
    ):
        return None
    sides = _sides(asked, r"(?:between|zwischen|entre|of|compare)", r"(?:and|und|et|y|with|to)")
    numeric = re.search(r"\bdifference\b|\bdifferenz\b", asked.folded) and "version" not in asked.folded
    if numeric and noun is not None and sides is not None and kind.name in {"invoice", "receipt", "statement"}:
        return Plan(Operation.COMPARE, kind, _amounts(asked, kind), sides=sides, how_much=True)
    among = (
        asked.restriction(*_outside(asked, noun, asked.range_of(*changed.span()))) if sides is None else Restriction()
    )
    return Plan(Operation.CHANGES, kind, kind.amounts, among=among, sides=sides)


def _comparison(asked: Asked) -> Plan | None:
    for pattern, what, highest in said.COMPARATIVES:
        match = re.search(rf"(?<![^\W_])(?:{pattern})(?![^\W_])", asked.folded)
        if match is None or not asked.kinds:
            continue
        start, end = asked.range_of(*match.span())
        than = re.search(rf"\b(?:{said.THAN})\b", asked.folded[match.end() :])
        how_much = (
            re.match(r"\W*(?:how much|by how much|um wie ?viel|wie viel|de combien|cuanto)", asked.folded) is not None
        )
        if than is not None:
            middle = asked.range_of(match.end() + than.start(), match.end() + than.end())
            return _versus(
                asked,
                (start, end),
                middle,
                _amounts(asked, asked.kinds[0].kind) if what == "much" else (DATE,),
                highest,
                how_much,
            )
        if pattern not in ("more", "less"):
            return _better(asked, (start, end), what, highest=highest)
    return None


def _versus(
    asked: Asked, span: tuple[int, int], than: tuple[int, int], fields: tuple[str, ...], highest: bool, how_much: bool
) -> Plan | None:
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
    return Plan(Operation.COMPARE, nouns[0].kind, fields, highest, sides=sides, how_much=how_much, other=other)


def _better(asked: Asked, span: tuple[int, int], what: str, *, highest: bool) -> Plan | None:
    """As in “Which of the two offers is cheaper?”, “Which offer is cheaper, Hansen or Brandt?”."""
    if not re.match(r"\W*(?:which|welche[rs]?|quelle?|laquelle|lequel|cual)\b", asked.folded):
        return None
    noun = asked.kinds[-1]
    fields = _amounts(asked, noun.kind) if what == "much" else (DATE,)
    sides = _sides(asked, r"(?:,|:)", r"(?:or|oder|ou|o)")
    if sides is not None:
        return Plan(Operation.COMPARE, noun.kind, fields, highest, sides=sides, which=True) if fields else None
    if not (noun.many or asked.expected(noun)):
        return None
    among = asked.restriction(*_outside(asked, noun, span), noun=noun)
    return Plan(Operation.EXTREME, noun.kind, fields, highest, among, expected=asked.expected(noun)) if fields else None


def _count(asked: Asked) -> Plan | None:
    how_many = re.search(said.HOW_MANY, asked.folded)
    noun = next((one for one in asked.kinds if one.many), None)
    if how_many is None or noun is None or noun.kind.name == "minutes":
        return None
    start = asked.range_of(*how_many.span())[1]
    adjectives = [fold(word) for word in asked.words[start : noun.start]]
    if (
        len(adjectives) > 2
        or any(word in _SMALL - {"de"} for word in adjectives)
        or not asked.asks_no_more(noun.end, len(asked.words))
    ):
        return None
    among = asked.restriction((start, noun.start), (noun.end, len(asked.words)), noun=noun)
    if noun.kind is DOCUMENT and among.empty:
        return None
    return Plan(Operation.COUNT, noun.kind, among=among)


def _extreme(asked: Asked) -> Plan | None:
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
        ahead = 0 <= after <= 3 and not any(word in _SMALL and word not in said.OF_ALL for word in between)
        behind = 0 <= before <= 1 and all(word in {"la", "le", "les", "el"} for word in between)
        if not (ahead or behind):
            continue
        first, last = min(span[0], noun.start), max(span[1], noun.end)
        bare = said.BARE_LEAD.match(" ".join(map(fold, asked.words[:first]))) is not None
        there = asked.asks_no_more(last, len(asked.words))
        # What else is asked ("what VAT does the largest invoice charge") is asked of the document that is found.
        named = _amounts(asked, noun.kind) if bare and there else noun.kind.amounts
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
        (f"What is the {phrase}?",) if phrase else _amounts(asked, noun.kind) if what == "much" else (DATE,)
    )
    if not fields or not _known(fields[0]) or not asked.asks_no_more(end, len(asked.words)):
        return None
    middle = [fold(word) for word in asked.words[noun.end : span[0]]]
    if any(word not in _SMALL and word not in said.FILLING for word in middle) and not asked.asks_no_more(
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
        rf"{_OF}(?: (?:all|the|my|our|these|those|allen?r?|den|les|las|los|\w+))?", between
    )
    if not phrase or not several or said.BARE_LEAD.match(" ".join(map(fold, asked.words[: span[0]]))) is None:
        return None
    field = f"What is the {phrase}?"
    among = asked.restriction((noun.end, len(asked.words)), noun=noun)
    return Plan(Operation.EXTREME, noun.kind, (field,), highest, among) if _known(field) else None


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
    fields = _amounts(asked, noun.kind)
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
        return Plan(Operation.LIST, noun.kind, (field,), among=among, expected=asked.expected(noun), sure=_known(field))
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
        rf"(?P<field>[\w][\w -]{{1,40}}?)\s+{_OF}(?:\s+(?:the|my|our|der|die|den|dem|les|las|los))?(?:\s|$)",
        text + " ",
    )
    if match is None or not (every or (noun.many and wanted)):
        return None
    phrase = match["field"].strip()
    if re.fullmatch(said.EACH, phrase):
        return None
    return f"Who is the {phrase}?" if re.match(r"\W*who\b", asked.folded) else f"What is the {phrase}?"


def _phrase(asked: Asked, start: int) -> tuple[str, int]:
    """What a superlative is of: the words behind it up to a small word, and where they end."""
    kinds = {index for one in asked.kinds for index in range(one.start, one.end)}
    end = start
    while end < len(asked.words) and end - start < 3:
        bare = fold(asked.words[end]).strip("?!.,;:")
        if end in kinds or bare in _SMALL or not bare:
            break
        end += 1
        if asked.words[end - 1][-1] in "?!.,;:":
            break
    words = [word.strip("?!.,;:") for word in asked.words[start:end]]
    return " ".join(word for word in words if fold(word) not in {"one", "eine"}), end


def _known(field: str) -> bool:
    """Whether documents are known to have the field: only then does silence of most of them say something."""
    question = understand(field)
    return bool(question.concepts) and (
        question.type in _GREATEST or question.type in (ValueType.DATE, ValueType.IDENTIFIER, ValueType.NAME)
    )


def _amounts(asked: Asked, kind: Kind) -> tuple[str, ...]:
    """Questions for the amount that is meant: the one that is named, else what the kind is known for."""
    named = [concept for concept in understand(asked.folded).concepts if concept.type is ValueType.MONEY]
    own = [concept.name for concept in named if concept.name in {"tax", "subtotal", "rent", "fee", "discount"}]
    return (f"What is the {own[0]}?",) if own else kind.amounts


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
