"""Labelled questions, on passages that are now and then a little longer or shorter than they were."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from lucida.training.reader.examples import Example
from lucida.training.reader.values import sentences_in

if TYPE_CHECKING:
    import numpy as np

    from lucida.query.evaluation.squad import ProseQuestion

#: How often a sentence without an answer is taken out, and how often one of another passage is put in.
_SHORTENED, _LENGTHENED = 0.2, 0.2


class Labelled:
    """A ``Source`` of labelled questions, half of them answerable if there are both sorts."""

    def __init__(self, questions: Sequence[ProseQuestion]) -> None:
        self._sorts = [
            sort
            for sort in ([q for q in questions if q.answerable], [q for q in questions if not q.answerable])
            if sort
        ]
        passages = dict.fromkeys(question.passage for question in questions)
        self._sentences = [passage[start:end] for passage in passages for start, end in sentences_in(passage)]

    def draw(self, rng: np.random.Generator) -> Example:
        """See ``Source``."""
        sort = self._sorts[int(rng.integers(len(self._sorts)))]
        question = sort[int(rng.integers(len(sort)))]
        example = Example(question.question, question.passage, question.spans)
        if rng.random() < _SHORTENED:
            example = shortened(example, rng)
        if rng.random() < _LENGTHENED:
            example = lengthened(example, self._sentences[int(rng.integers(len(self._sentences)))], rng)
        return example


def shortened(example: Example, rng: np.random.Generator) -> Example:
    """Without one sentence that holds no part of an answer.

    Only of answerable questions: without one of its sentences, an unanswerable one stays so, and is no news.
    """
    places = sentences_in(example.passage)
    free = [(a, b) for a, b in places if not any(a < last and first < b for first, last in example.spans)]
    if not example.spans or len(free) < 2:
        return example
    start, end = free[int(rng.integers(len(free)))]
    end += len(example.passage[end:]) - len(example.passage[end:].lstrip())
    gone = end - start
    spans = tuple((a - gone, b - gone) if a >= end else (a, b) for a, b in example.spans)
    return Example(example.question, example.passage[:start] + example.passage[end:], spans)


def lengthened(example: Example, sentence: str, rng: np.random.Generator) -> Example:
    """With a sentence from elsewhere before or behind."""
    if rng.random() < 0.5:
        return Example(example.question, f"{example.passage} {sentence}", example.spans)
    added = len(sentence) + 1
    return Example(
        example.question, f"{sentence} {example.passage}", tuple((a + added, b + added) for a, b in example.spans)
    )
