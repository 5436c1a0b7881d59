"""Questions of what training has not seen: other pictures, pairs of colour and thing, documents, styles and values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from lucida.query.evaluation.vlm import VlmQuestion
from lucida.training.vlm.conversation import asked, brought

if TYPE_CHECKING:
    from lucida.training.vlm.feed import Share
    from lucida.training.vlm.lessons import Exchange, Lesson

#: Lessons that are drawn of a source for each question that is wanted of a kind: some kinds are rare.
_TRIES = 40


def held_out_questions(shares: Mapping[str, Share], each: int, seed: int = 0) -> list[VlmQuestion]:
    """Questions of every kind and source, each on its own.

    Args:
        shares: the recipe's sources.
        each: questions of a kind and source, at most.
        seed: of what is drawn.
    """
    made: list[VlmQuestion] = []
    for number, (name, share) in enumerate(shares.items()):
        rng = np.random.default_rng((seed, number))
        counts: Counter[str] = Counter()
        for _ in range(_TRIES * each):
            lesson = share.source.draw(rng, held_out=True)
            for exchange in lesson.exchanges:
                if counts[exchange.kind] < each:
                    counts[exchange.kind] += 1
                    made.append(_question(name, lesson, exchange))
    return made


def _question(name: str, lesson: Lesson, exchange: Exchange) -> VlmQuestion:
    from PIL import Image

    picture = None if lesson.show is None else Image.fromarray(lesson.show().pixels)
    reads = exchange.part is not None
    put = asked(lesson, exchange, routed=True)
    return VlmQuestion(f"{exchange.kind}, {name}", put, exchange.answers, picture, reads, brought(exchange))
