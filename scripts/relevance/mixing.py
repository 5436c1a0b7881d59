"""Libraries of passages and pictures: how well each way to rank both in one list does."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from lucida.query.nulls import null_queries
from lucida.query.relevance import Relevance
from relevance.passages import Passages
from relevance.pictures import RELATED, Pictures
from relevance.rows import Row, logits, ndcg_at_10


def mix(passages: Passages, pictures: Pictures, models: dict[str, Relevance]) -> dict[str, Any]:
    """nDCG@10 on libraries of passages and pictures where the right answer is sometimes one, sometimes the other.

    Held-out articles and classes. Raw cosine, cosine above the background (z), reciprocal rank fusion of the two kinds'
    lists, and the models' probability.
    """
    total = len(pictures.names)
    half = np.random.default_rng(7).permutation(total)[total // 2 :]
    kin = (pictures.queries @ pictures.queries[half[:40]].T).max(axis=1)
    scores: dict[str, list[float]] = {}
    empty: dict[str, list[bool]] = {"good queries lost": [], "strangers that find nothing": []}
    for articles in ([6, 7], [8, 9, 10], [6, 8, 11]):
        inside = half[:40]
        shown = pictures.library(inside, 10)
        for row, query in passages.asked(articles, 100):
            cosines = pictures.vectors[shown] @ query
            _mixed(scores, passages, pictures, models, row, cosines, np.array([], dtype=int))
            empty["good queries lost"].append(finds_nothing(pictures, models, row, cosines))
        for label in inside:
            for query in pictures.queries[[label, label + len(pictures.names)]]:
                row = passages.stranger(articles, query, pictures.names[label])
                right = np.flatnonzero(pictures.labels[shown] == label) + len(row.z)
                _mixed(scores, passages, pictures, models, row, pictures.vectors[shown] @ query, right)
                empty["good queries lost"].append(finds_nothing(pictures, models, row, pictures.vectors[shown] @ query))
        for query in np.flatnonzero(kin < RELATED):
            if query >= 2 * total or query % total in half[40:]:
                words = (pictures.names * 2 + list(null_queries()))[query]
                row = passages.stranger(articles, pictures.queries[query], words)
                near = pictures.vectors[shown] @ pictures.queries[query]
                empty["strangers that find nothing"].append(finds_nothing(pictures, models, row, near))
    return {name: round(float(np.mean(values)), 4) for name, values in (scores | empty).items()}


def finds_nothing(pictures: Pictures, models: dict[str, Relevance], row: Row, cosines: Any) -> bool:
    """Whether neither the best passage nor the best picture reaches its cutoff."""
    mean, std = pictures.background
    shown = Row((cosines - mean) / std, np.zeros(len(cosines)), np.array([], dtype=int), "", len(cosines))
    tops = ((row, models["text>passage"]), (shown, models["text>picture"]))
    return all(float(logits(one, m).max()) < math.log(m.cutoff / (1 - m.cutoff)) for one, m in tops)


def _mixed(
    scores: dict[str, list[float]],
    passages: Passages,
    pictures: Pictures,
    models: dict[str, Relevance],
    row: Row,
    cosines: Any,
    right: Any,
) -> None:
    """Rank one query's passages and pictures in every way and note the nDCG@10, also by kind of the answer."""
    mean, std = pictures.background
    shown = Row((cosines - mean) / std, np.zeros(len(cosines)), np.array([], dtype=int), "", len(cosines))
    own_mean, own_std = passages.background
    by_text = logits(row, models["text>passage"])
    ways = {
        "cosine": (row.z * own_std + own_mean, cosines),
        "z": (row.z, shown.z),
        "reciprocal ranks": (1 / (61 + places(by_text)), 1 / (61 + places(shown.z))),
        "probability": (by_text, logits(shown, models["text>picture"])),
    }
    answers = right if len(right) else row.right
    for name, (first, second) in ways.items():
        value = ndcg_at_10(np.concatenate([first, second]), answers)
        scores.setdefault(name, []).append(value)
        scores.setdefault(f"{name}, {'picture' if len(right) else 'passage'} wanted", []).append(value)


def places(scores: Any) -> Any:
    """Ranks from 0."""
    return np.argsort(np.argsort(-scores, kind="stable"), kind="stable")
