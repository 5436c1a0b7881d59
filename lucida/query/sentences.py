"""Answers from running text: the sentence that speaks of what is asked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lucida.query.labels import alikeness
from lucida.query.terms import language_of, stop_words, tokens

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lucida.models.protocols import TextEncoder
    from lucida.query.question import Question

_SENTENCE_END = re.compile(r"(?<=[.!?])[\"'”’)\]]?\s+(?=[\"'“\u2018(\[]?[A-ZÄÖÜÀ-Þ0-9])")
_ABBREVIATION = re.compile(
    r"(?:^|[\s(])(?:[A-Z]|Mr|Mrs|Ms|Dr|Prof|St|No|Nr|vs|etc|e\.g|i\.e|cf|Fig|Inc|Ltd|Co|Jr|Sr|approx|z\.B|d\.h|bzw|ca|Abs|\d{1,2})\.$"
)
#: A line of at most so many words stands for itself when the next one starts anew.
_SHORT_LINE = 9
_STARTS_ANEW = re.compile(r"[A-ZÄÖÜÀ-Þ\d(•*§\[\"“„–-]")
#: A sentence longer than this is a list or a table in disguise; it is cut at its semicolons.
_LONGEST = 400
#: Sentences have at least this share of stop-words; without a full stop at their end, more.
_FEWEST_STOP_WORDS = 0.08
#: Sentences that go to the encoder, the best by words first: it costs milliseconds each.
_MOST_ENCODED = 24


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
    """Sentences of a passage, white space folded; abbreviations and initials do not end one, short lines do.

    A line of few words before one that starts anew is a title, a greeting or a form's row.
    """
    return [sentence for block in _blocks(text) for sentence in _sentences(block)]


def _blocks(text: str) -> list[str]:
    blocks: list[list[str]] = [[]]
    for line in text.splitlines():
        last = blocks[-1][-1] if blocks[-1] else ""
        if last and len(last.split()) <= _SHORT_LINE and _STARTS_ANEW.match(line.strip()):
            blocks.append([])
        blocks[-1].append(line)
    return [" ".join(" ".join(lines).split()) for lines in blocks]


def _sentences(text: str) -> list[str]:
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
