"""Answers from running text by a trained reader: the words of a passage that it points to, in their sentence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lucida.query.sentences import split_sentences
from lucida.query.typed import agreement

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lucida.models.protocols import Reader
    from lucida.query.question import Question

#: Spans of one passage that may answer.
_MOST = 2
#: A span less likely than this is no candidate.
_LEAST = 0.02


@dataclass(frozen=True, slots=True)
class Pointed:
    """A span that a reader points to.

    Attributes:
        text: the answer, white space folded.
        quote: the sentence that holds it, or the sentences where it runs over an end.
        passage: which of the given passages it stands in.
        probability: the reader's.
        lead: its share of all the spans' probabilities, 0..1: how alone it stands.
        agreement: how well its form fits what is asked for.
    """

    text: str
    quote: str
    passage: int
    probability: float
    lead: float
    agreement: float


def point(reader: Reader, question: Question, passages: Sequence[str]) -> list[Pointed]:
    """What a reader points to in some passages, the likeliest first.

    Args:
        reader: trained on running text.
        question: taken apart.
        passages: their texts as they were stored.
    """
    # Line breaks say where sentences end and nothing to the reader; without them its offsets are the sentences' own.
    texts = [" ".join(passage.split()) for passage in passages]
    found = [
        (span, number)
        for number, spans in enumerate(reader.read(question.text, texts, most=_MOST))
        for span in spans
        if span.probability >= _LEAST
    ]
    total = sum(span.probability for span, _ in found)
    pointed = []
    for span, number in found:
        text = texts[number][span.start : span.end]
        quote = sentence_around(passages[number], span.start, span.end)
        fits = agreement(text, question.type)
        pointed.append(Pointed(text, quote, number, span.probability, span.probability / total, fits))
    return sorted(pointed, key=lambda one: -one.probability)


def sentence_around(passage: str, start: int, end: int) -> str:
    """The sentence, or the run of them, that holds a stretch of a passage.

    Args:
        passage: as it was stored.
        start, end: offsets into it with its white space folded.
    """
    folded = " ".join(passage.split())
    first, last, at = start, end, 0
    for sentence in split_sentences(passage):
        begin = folded.find(sentence, at)
        if begin < 0:
            continue
        at = begin + len(sentence)
        if begin < end and start < at:
            first, last = min(first, begin), max(last, at)
    return folded[first:last]
