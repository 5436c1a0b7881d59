"""Answers from running text: the sentence that speaks of what is asked, and the span in it that answers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lucida.query.concepts import ValueType
from lucida.query.labels import alikeness
from lucida.query.terms import language_of, stop_words, tokens
from lucida.query.typed import Span, find_spans

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lucida.models.protocols import TextEncoder
    from lucida.query.question import Question

_SENTENCE_END = re.compile(r"(?<=[.!?])[\"'”’)\]]?\s+(?=[\"'“\u2018(\[]?[A-ZÄÖÜÀ-Þ0-9])")
_ABBREVIATION = re.compile(
    r"(?:^|[\s(])(?:[A-Z]|Mr|Mrs|Ms|Dr|Prof|St|No|Nr|vs|etc|e\.g|i\.e|cf|Fig|Inc|Ltd|Co|Jr|Sr|approx|z\.B|d\.h|bzw|ca|Abs|\d{1,2})\.$"
)
#: A sentence longer than this is a list or a table in disguise; it is cut at its semicolons.
_LONGEST = 400
#: Sentences have at least this share of stop-words; without a full stop at their end, more.
_FEWEST_STOP_WORDS = 0.08
#: Sentences that go to the encoder, the best by words first: it costs milliseconds each.
_MOST_ENCODED = 24
#: Types that show by their form, so that a span can be cut out of a sentence.
_SHORT_TYPES = frozenset(ValueType) - {ValueType.ANY, ValueType.ADDRESS, ValueType.IDENTIFIER, ValueType.CHOICE}
_STREET = re.compile(r"\b(?:road|street|lane|avenue|square|stra(?:ss|ß)e|platz|allee|rue)$", re.IGNORECASE)
_PLACE_LEAD = re.compile(
    r"\b(?:in|at|from|near|to|of|on|im|nach|bei|aus|à|en)\s+(?:the\s+|der\s+|dem\s+)?$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Scored:
    """A sentence with what speaks for it, each 0..1.

    Attributes:
        text: the sentence as in its passage.
        passage: which of the given passages it stands in.
        coverage: share of the question's IDF mass that it says, its passage's title half counted.
        similarity: cosine with the question, floored at 0; 0 without an encoder.
    """

    text: str
    passage: int
    coverage: float
    similarity: float

    @property
    def strength(self) -> float:
        return self.coverage + self.similarity


def split_sentences(text: str) -> list[str]:
    """Sentences of a passage, white space folded; abbreviations and initials do not end one."""
    text = " ".join(text.split())
    sentences: list[str] = []
    start = 0
    for match in _SENTENCE_END.finditer(text):
        if not _ABBREVIATION.search(text[start : match.start()].rstrip("\"'”’)]")):
            sentences.append(text[start : match.end()].strip())
            start = match.end()
    sentences.append(text[start:].strip())
    return [part for sentence in sentences if sentence for part in _shortened(sentence)]


def reads_as_prose(sentence: str) -> bool:
    """Whether a text is a sentence rather than a form's or a table's words in a row.

    Stop-words tell: running text is full of them, rows of labels and values have hardly any.
    """
    words = [token.folded for token in tokens(sentence)]
    stops = stop_words(language_of(sentence))
    share = sum(word in stops for word in words) / max(len(words), 1)
    if sentence.endswith((".", "!", "?")):
        return len(words) >= 3 and share >= _FEWEST_STOP_WORDS
    return len(words) >= 6 and share >= 0.25


def _shortened(sentence: str) -> list[str]:
    return re.split(r"(?<=;)\s+", sentence) if len(sentence) > _LONGEST else [sentence]


def score_sentences(
    question: Question,
    passages: Sequence[tuple[str, Sequence[str]]],
    weights: dict[str, float],
    encoder: TextEncoder | None,
) -> list[Scored]:
    """Sentences of passages by how well they speak of the question's subject, best first.

    Args:
        question: taken apart.
        passages: (text, section titles) each.
        weights: IDF of the question's terms.
        encoder: None scores by words alone.
    """
    scored = [
        Scored(sentence, number, _coverage(question, sentence, text, section, weights), 0.0)
        for number, (text, section) in enumerate(passages)
        for sentence in split_sentences(text)
        if reads_as_prose(sentence)
    ]
    scored.sort(key=lambda entry: -entry.coverage)
    if encoder is None or not scored:
        return scored
    head = scored[:_MOST_ENCODED]
    vectors = encoder.encode_texts([question.text, *(entry.text for entry in head)])
    cosines = (vectors[1:] @ vectors[0]).tolist()
    judged = [
        Scored(entry.text, entry.passage, entry.coverage, max(cosine, 0.0))
        for entry, cosine in zip(head, cosines, strict=True)
    ]
    return sorted(judged, key=lambda entry: -entry.strength)


def _coverage(
    question: Question, sentence: str, passage: str, section: Sequence[str], weights: dict[str, float]
) -> float:
    """Share of IDF mass in the sentence; what only its passage or section says counts partly, as context."""
    own = {token.folded for token in tokens(sentence)}
    context = {token.folded for token in tokens(passage)} | {t.folded for title in section for t in tokens(title)}
    mass = covered = 0.0
    for term in question.subject:
        weight = weights.get(term, 1.0)
        mass += weight
        best = max((alikeness(word, term) for word in own), default=0.0)
        if best < 1.0:
            best = max(best, 0.4 * max((alikeness(word, term) for word in context), default=0.0))
        covered += weight * best
    return covered / mass if mass else 0.0


def short_answer(question: Question, sentence: str) -> str | None:
    """The one span of the asked type that stands clear in the sentence; None leaves the sentence as the answer.

    A span that repeats the question's own words cannot be its answer. Of several, the one nearest to the words that
    the question shares with the sentence is meant.
    """
    if question.type not in _SHORT_TYPES:
        return None
    spans = [span for span in _spans(question, sentence) if not _asked(question, span.text)]
    if question.type is ValueType.NAME:
        # A single capital at the start of a sentence tells nothing.
        spans = [span for span in spans if (span.start > 0 or " " in span.text) and not _STREET.search(span.text)]
    if not spans:
        return None
    if question.type is ValueType.NAME:
        return min(spans, key=lambda span: (-_person(question, sentence, span), span.start)).text
    anchors = [t.start for t in tokens(sentence) if any(alikeness(t.folded, term) for term in question.subject)]
    return min(spans, key=lambda span: (_distance(span, anchors), span.start)).text


def _spans(question: Question, sentence: str) -> list[Span]:
    spans = find_spans(sentence, question.type)
    if question.type is ValueType.NUMBER:
        dates = find_spans(sentence, ValueType.DATE)
        spans = [span for span in spans if not any(d.start <= span.start < d.end for d in dates)] or spans
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


def _person(question: Question, sentence: str, span: Span) -> int:
    """How surely a name answers "who": led by "by", of two words, no part of the thing that was asked about."""
    led = re.search(r"\b(?:by|von|par|por)\s+(?:[\w']+\s+){0,4}$", sentence[: span.start], re.IGNORECASE) is not None
    after = next(iter(tokens(sentence[span.end :])), None)
    part = after is not None and not after.text[0].isupper() and after.folded in question.subject
    dated = bool(find_spans(span.text, ValueType.DATE))
    return 2 * led + (len(span.text.split()) > 1) - 3 * part - 3 * dated


def _asked(question: Question, span: str) -> bool:
    """Whether a span is at least half words of the question."""
    words = [token.folded for token in tokens(span)]
    return 2 * sum(any(alikeness(word, asked) for asked in question.words) for word in words) >= len(words)


def _distance(span: Span, anchors: list[int]) -> float:
    if not anchors:
        return 0.0
    middle = (span.start + span.end) / 2
    nearest = sorted(abs(anchor - middle) for anchor in anchors)[:3]
    return sum(nearest) / len(nearest)
