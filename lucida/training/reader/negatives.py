"""Questions without an answer, made of those that have one.

Rajpurkar et al., "Know what you don't know" (2018) names the ways in which people make them: another name, another
number, the opposite, what was never said. Clark & Gardner, "Simple and effective multi-paragraph reading comprehension"
(ACL 2018), for passages that are near and do not hold the answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lucida.query.concepts import ValueType
from lucida.query.terms import tokens
from lucida.training.reader.examples import Example
from lucida.training.reader.values import sentences_in, values_in

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lucida.models.protocols import TextEncoder
    from lucida.query.evaluation.squad import ProseQuestion
    from lucida.training.reader.thesaurus import Thesaurus

#: Nearest passages of the article that a question is taken to.
_NEAR = 5
#: Questions that are tried before one is simply asked elsewhere: few of them have a name, an opposite, a neighbour.
_ATTEMPTS = 40
_SWAPPED = (ValueType.DATE, ValueType.NUMBER, ValueType.PERCENT, ValueType.NAME)


@dataclass(frozen=True, slots=True)
class _Asked:
    question: ProseQuestion
    near: tuple[str, ...]
    pool: Mapping[ValueType, tuple[str, ...]]


class Negatives:
    """A ``Source`` of unanswerable questions.

    Args:
        questions: labelled ones; those that have an answer are turned.
        thesaurus: for opposites.
        encoder: tells which passages are near to a question.
    """

    def __init__(self, questions: Sequence[ProseQuestion], thesaurus: Thesaurus, encoder: TextEncoder) -> None:
        self._opposites = thesaurus.opposites
        self._passages = tuple(dict.fromkeys(question.passage for question in questions))
        self._asked = _prepared([question for question in questions if question.answerable], encoder)

    def draw(self, rng: np.random.Generator) -> Example:
        """See ``Source``."""
        for _ in range(_ATTEMPTS):
            asked = self._asked[int(rng.integers(len(self._asked)))]
            chance = rng.random()
            if chance < 0.35:
                made = _elsewhere(asked, rng)
            elif chance < 0.55:
                made = _without_sentence(asked.question)
            elif chance < 0.85:
                made = _swapped(asked, rng)
            else:
                made = self._opposed(asked.question, rng)
            if made is not None:
                return made
        return self._strange(rng)

    def _strange(self, rng: np.random.Generator) -> Example:
        """A question asked of any passage that does not print its answer, an empty one where all of them do."""
        question = self._asked[int(rng.integers(len(self._asked)))].question
        options = [one for one in self._passages if not any(answer in one for answer in question.answers)]
        return Example(question.question, options[int(rng.integers(len(options)))] if options else "")

    def _opposed(self, question: ProseQuestion, rng: np.random.Generator) -> Example | None:
        """The opposite of one of its words in its place."""
        words = [token for token in tokens(question.question) if token.text in self._opposites]
        if not words:
            return None
        word = words[int(rng.integers(len(words)))]
        others = self._opposites[word.text]
        other = others[int(rng.integers(len(others)))]
        text = f"{question.question[: word.start]}{other}{question.question[word.end :]}"
        return Example(text, question.passage)


def nearest_passages(
    questions: Sequence[ProseQuestion], encoder: TextEncoder, most: int = _NEAR
) -> list[tuple[str, ...]]:
    """For each question, the nearest other passages of its article that print none of its answers."""
    passages = list(dict.fromkeys(question.passage for question in questions))
    titles = {question.passage: question.title for question in questions}
    rows = {passage: row for row, passage in enumerate(passages)}
    vectors = encoder.encode_texts(passages)
    asked: NDArray[np.float32] = encoder.encode_texts([question.question for question in questions])
    article = np.array(_numbers([titles[passage] for passage in passages]))
    found = []
    for question, vector in zip(questions, asked, strict=True):
        cosines = np.where(article == article[rows[question.passage]], vectors @ vector, -2.0)
        cosines[rows[question.passage]] = -2.0
        kept = [
            passages[row]
            for row in np.argsort(-cosines)[: 3 * most]
            if cosines[row] > -1.5 and not any(answer in passages[row] for answer in question.answers)
        ]
        found.append(tuple(kept[:most]))
    return found


def _numbers(names: Sequence[str]) -> list[int]:
    known: dict[str, int] = {}
    return [known.setdefault(name, len(known)) for name in names]


def _prepared(questions: Sequence[ProseQuestion], encoder: TextEncoder) -> list[_Asked]:
    near = nearest_passages(questions, encoder)
    pools: dict[str, dict[ValueType, set[str]]] = {}
    for title, passage in dict.fromkeys((question.title, question.passage) for question in questions):
        for start, end in sentences_in(passage):
            for value in values_in(passage[start:end]):
                pools.setdefault(title, {}).setdefault(value.kind, set()).add(value.text)
    settled = {title: {kind: tuple(sorted(texts)) for kind, texts in pool.items()} for title, pool in pools.items()}
    return [_Asked(one, others, settled.get(one.title, {})) for one, others in zip(questions, near, strict=True)]


def _elsewhere(asked: _Asked, rng: np.random.Generator) -> Example | None:
    if not asked.near:
        return None
    return Example(asked.question.question, asked.near[int(rng.integers(len(asked.near)))])


def _without_sentence(question: ProseQuestion) -> Example | None:
    """The passage without the sentences that hold an answer; None where the answer is printed elsewhere too."""
    kept = [
        question.passage[start:end]
        for start, end in sentences_in(question.passage)
        if not any(start < last and first < end for first, last in question.spans)
    ]
    rest = " ".join(kept)
    if len(kept) < 2 or any(answer in rest for answer in question.answers):
        return None
    return Example(question.question, rest)


def _swapped(asked: _Asked, rng: np.random.Generator) -> Example | None:
    """Another name or number of the article in the question, as a rule one that the passage does not print."""
    question = asked.question
    values = [value for value in values_in(question.question) if value.kind in _SWAPPED and value.start > 0]
    if not values:
        return None
    value = values[int(rng.integers(len(values)))]
    others = [
        text
        for text in asked.pool.get(value.kind, ())
        if text.lower() not in question.question.lower() and text not in question.answers
    ]
    absent = [text for text in others if text not in question.passage]
    options = absent if absent and rng.random() < 0.75 else others
    if not options:
        return None
    other = options[int(rng.integers(len(options)))]
    return Example(f"{question.question[: value.start]}{other}{question.question[value.end :]}", question.passage)
