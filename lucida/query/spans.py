"""The span of a sentence that answers: the value of the asked form that its words point to."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from lucida.query.concepts import ValueType
from lucida.query.labels import alikeness
from lucida.query.terms import fold, stem, stop_words, tokens
from lucida.query.typed import Span, find_spans

if TYPE_CHECKING:
    from lucida.query.question import Question
    from lucida.query.terms import Token

#: Types that show by their form, so that a span can be cut out of a sentence.
_SHORT_TYPES = frozenset(ValueType) - {ValueType.ANY, ValueType.ADDRESS, ValueType.IDENTIFIER, ValueType.CHOICE}
#: Types whose form is so plain that a sentence without one hardly answers.
_STRICT_TYPES = _SHORT_TYPES - {ValueType.NAME, ValueType.PLACE}
_STREET = re.compile(r"\b(?:road|street|lane|avenue|square|stra(?:ss|ß)e|platz|allee|rue)$", re.IGNORECASE)
_PLACE_LEAD = re.compile(
    r"\b(?:in|at|from|near|to|of|on|im|nach|bei|aus|à|en)\s+(?:the\s+|der\s+|dem\s+)?$", re.IGNORECASE
)
#: What a question on an end or a beginning says, and what then stands before the day.
_BOUNDS = (
    (
        re.compile(r"(?i)\b(?:until|till|by when|ends?|expires?|deadline|latest|bis|endet|jusqu|hasta)\b"),
        re.compile(r"(?i)\b(?:until|till|by|to|ends?(?: on)?|expires?(?: on)?|bis(?: zum)?|zum|jusqu'au|hasta)\s+$"),
    ),
    (
        re.compile(r"(?i)\b(?:from when|since|begins?|starts?|ab wann|seit|beginnt)\b"),
        re.compile(r"(?i)\b(?:from|since|beg[ia]ns?(?: on)?|starts?(?: on)?|ab(?: dem)?|seit(?: dem)?|beginnt am)\s+$"),
    ),
)
#: German writes every noun large; two such words in a row are rarely anything but a name.
_TWO_HIGH = re.compile(r"[A-ZÄÖÜ][\w.'’-]*\s+[A-ZÄÖÜ&]")
_HOW_MANY = re.compile(r"(?i)\b(?:how many|wie ?viele|combien de|cu[aá]nt[oa]s)\s+((?:[\w-]+\s+){0,2}[\w-]+)")
#: A clause ends; "118 euros per room": what follows belongs to the value.
_CLAUSE = re.compile(r"[;:]|\. ")
_PER = re.compile(r"\s+(?:per|an?|each|every|for each|je|pro|par|por)\s", re.IGNORECASE)
#: Characters over which a word's pull on a value falls to a third.
_REACH = 40.0
_NEAR = 8.0
#: A word behind the value points to it less than one before, and across a clause's border hardly.
_BEHIND, _BORDER = 2.0, 30.0


def short_answer(question: Question, sentence: str) -> str | None:
    """The one span of the asked type that the sentence's words point to; None leaves the sentence as the answer.

    A span that repeats the question's own words cannot be its answer. Of several, the one that most of the words which
    the question shares with the sentence stand close to is meant.
    """
    if question.type not in _SHORT_TYPES:
        return None
    spans = [span for span in _spans(question, sentence) if not _asked(question, span.text)]
    if question.type is ValueType.NAME:
        # A single capital at the start of a sentence tells nothing.
        spans = [span for span in spans if (span.start > 0 or " " in span.text) and not _STREET.search(span.text)]
    if not spans:
        return None
    return max(spans, key=lambda span: (_pull(question, sentence, span), -span.start)).text


def form(question: Question, sentence: str, short: str | None) -> float:
    """How well a sentence with its short answer has the form that is asked for, 0..1."""
    if short is None:
        return 0.0 if question.type in _STRICT_TYPES else 0.5
    if question.type is ValueType.NAME and question.language == "de" and not _TWO_HIGH.match(short):
        return 0.3
    counted = _counted(question)
    if counted and not any(_counts(sentence, span, counted) for span in _spans(question, sentence)):
        return 0.4
    return 1.0


def beside(question: Question, sentence: str, short: str | None) -> float:
    """How close the short answer stands to a word of the question, 0..1: "our *conservator*, Dr Tomasz Wrona"."""
    at = sentence.find(short) if short is not None else -1
    if short is None or at < 0:
        return 0.0
    span = Span(at, at + len(short), short)
    terms = [token for token in tokens(sentence) if any(alikeness(token.folded, term) for term in question.subject)]
    outside = [token for token in terms if token.end <= span.start or token.start >= span.end]
    gaps = [_distance(question, sentence, span, token) for token in outside]
    return math.exp(-min(gaps) / _NEAR) if gaps else 0.0


def _pull(question: Question, sentence: str, span: Span) -> float:
    """How strongly a sentence's words point to one of its spans."""
    nearest: dict[str, float] = {}
    for token in tokens(sentence):
        for term in question.subject:
            if alikeness(token.folded, term):
                near = math.exp(-_distance(question, sentence, span, token) / _REACH)
                nearest[term] = max(nearest.get(term, 0.0), near)
    pull = sum(nearest.values())
    if question.type is ValueType.NAME:
        pull += _person(question, sentence, span)
    if question.type is ValueType.DATE:
        pull += _bounded(question, sentence, span)
    if counted := _counted(question):
        pull += 2.0 * _counts(sentence, span, counted)
    return pull


def _distance(question: Question, sentence: str, span: Span, token: Token) -> float:
    """Characters between a word and a span, more behind it and across a clause's border; none when it is inside."""
    if token.start >= span.end:
        between = sentence[span.end : token.start]
        bound = question.type is ValueType.NAME or _PER.match(sentence[span.end :])
        return len(between) * (1.0 if bound else _BEHIND) + (_BORDER if _CLAUSE.search(between) else 0.0)
    between = sentence[token.end : max(span.start, token.end)]
    return len(between) + (_BORDER if _CLAUSE.search(between) or between.endswith(" and ") else 0.0)


def _bounded(question: Question, sentence: str, span: Span) -> float:
    """2 for a day at the end of a period when its end is asked for; so for its beginning."""
    before = sentence[: span.start]
    return 2.0 * float(any(asked.search(question.text) and lead.search(before) for asked, lead in _BOUNDS))


def _counted(question: Question) -> frozenset[str]:
    """Stems of the words right behind "how many"; empty in any other question."""
    found = _HOW_MANY.search(question.text)
    stops = stop_words(question.language)
    words = [fold(word.text) for word in tokens(found[1])] if found else []
    kept: list[str] = []
    for word in words:
        if word in stops:
            break
        kept.append(stem(word))
    return frozenset(kept)


def _counts(sentence: str, span: Span, counted: frozenset[str]) -> int:
    """How many words for what is counted stand among the three behind a number."""
    return sum(stem(token.folded) in counted for token in tokens(sentence[span.end :])[:3])


def _spans(question: Question, sentence: str) -> list[Span]:
    spans = find_spans(sentence, question.type)
    if question.type is ValueType.DATE and not spans:
        spans = find_spans(sentence, ValueType.TIME)  # "when" may mean the hour
    if question.type is ValueType.NUMBER:
        dates = find_spans(sentence, ValueType.DATE)
        spans = [span for span in spans if not any(d.start <= span.start < d.end for d in dates)] or spans
    if question.type is ValueType.NUMBER:
        spans = [span for span in spans if span.text.lower() != "one"] or spans
    if question.type is ValueType.PLACE:
        led = [span for span in spans if _PLACE_LEAD.search(sentence[: span.start])]
        spans = led or spans
    if question.type in (ValueType.NAME, ValueType.PLACE):
        spans = [trimmed for span in spans if (trimmed := _without_lead(span, question.language)) is not None]
    return spans


def _without_lead(span: Span, language: str) -> Span | None:
    """A name without the stop-word that starts its sentence ("The", "In"); None when nothing is left."""
    words = tokens(span.text)
    kept = next((word for word in words if word.folded not in stop_words(language)), None)
    if kept is None:
        return None
    return Span(span.start + kept.start, span.end, span.text[kept.start :])


def _person(question: Question, sentence: str, span: Span) -> float:
    """How surely a name answers "who": led by "by", of two words, no part of the thing that was asked about."""
    led = re.search(r"\b(?:by|von|par|por)\s+(?:[\w']+\s+){0,4}$", sentence[: span.start], re.IGNORECASE) is not None
    after = next(iter(tokens(sentence[span.end :])), None)
    part = after is not None and not after.text[0].isupper() and after.folded in question.subject
    dated = bool(find_spans(span.text, ValueType.DATE))
    return 2.0 * led + 0.8 * (len(span.text.split()) > 1) - 1.0 * part - 3.0 * dated - 1.0 * (len(span.text) < 2)


def _asked(question: Question, span: str) -> bool:
    """Whether a span is at least half words of the question."""
    words = [token.folded for token in tokens(span)]
    if any(word.isdigit() and word not in question.words for word in words):
        return False
    return 2 * sum(any(alikeness(word, asked) for asked in question.words) for word in words) >= len(words)
