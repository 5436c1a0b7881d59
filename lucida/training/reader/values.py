"""What in a sentence can be asked for: values that show by their form, names, and noun phrases."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lucida.query.concepts import ValueType
from lucida.query.sentences import split_sentences
from lucida.query.terms import stop_words, tokens
from lucida.query.typed import find_spans

if TYPE_CHECKING:
    from collections.abc import Iterator

#: The stricter form first: what is a date is no number.
_FORMS = (ValueType.DATE, ValueType.PERCENT, ValueType.MONEY, ValueType.DURATION, ValueType.NUMBER, ValueType.NAME)
_DETERMINERS = frozenset(["the", "a", "an", "its", "their", "his", "her", "this", "these", "several", "many", "some"])
_PHRASE = 4
#: Endings of what is hardly a noun: there the phrase is over.
_VERBAL = ("ed", "ly")
_BREAK = re.compile(r"[,;:()\[\]\"“”.!?]")


@dataclass(frozen=True, slots=True)
class Value:
    """A stretch of a text that a question can ask for; ``kind`` is ``ANY`` for a noun phrase."""

    start: int
    end: int
    text: str
    kind: ValueType


def sentences_in(passage: str) -> list[tuple[int, int]]:
    """Where the sentences of a passage stand; those whose words were changed in splitting are left out."""
    places, at = [], 0
    for sentence in split_sentences(passage):
        start = passage.find(sentence, at)
        if start >= 0:
            at = start + len(sentence)
            places.append((start, at))
    return places


def values_in(text: str) -> list[Value]:
    """Values of a sentence in their order, none overlapping."""
    found: list[Value] = []
    for kind in _FORMS:
        for span in find_spans(text, kind):
            value = Value(span.start, span.end, span.text, kind)
            if kind is ValueType.NAME:
                named = _named(text, value)
                if named is None:
                    continue
                value = named
            if _free(value, found):
                found.append(value)
    found += [value for value in _phrases(text) if _free(value, found)]
    return sorted(found, key=lambda value: value.start)


def _free(value: Value, taken: list[Value]) -> bool:
    return all(value.end <= other.start or value.start >= other.end for other in taken)


def _named(text: str, value: Value) -> Value | None:
    """A name without the stop-word that opens its sentence; None for a lone capital there, which tells nothing."""
    words = tokens(value.text)
    kept = [word for word in words if word.folded not in stop_words("en")]
    if not kept:
        return None
    start = value.start + kept[0].start
    if start == 0 and len(kept) == 1 and not kept[0].text.isupper():
        return None
    return Value(start, value.end, text[start : value.end], ValueType.NAME)


def _phrases(text: str) -> Iterator[Value]:
    """Noun phrases by their outside: a determiner, then small words up to a stop-word or a sign."""
    stops = stop_words("en")
    words = tokens(text)
    for place, word in enumerate(words[:-1]):
        if word.folded not in _DETERMINERS:
            continue
        end = place
        for following in words[place + 1 : place + 1 + _PHRASE]:
            verb = end > place and following.folded.endswith(_VERBAL)
            if verb or following.folded in stops or _BREAK.search(text[words[end].end : following.start]):
                break
            end += 1
        if end > place:
            start = words[place + 1].start
            yield Value(start, words[end].end, text[start : words[end].end], ValueType.ANY)
