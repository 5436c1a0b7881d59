"""Fits a model to queries on libraries, and measures what it loses and what it lets through."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression

from lucida.query.relevance import Relevance, expected_luck
from relevance.rows import Row, logits, ndcg_at_10, share

#: Share of good queries that a cutoff may lose on what it is fitted on.
LOST = 0.045


def features(row: Row, names: tuple[str, ...]) -> Any:
    """One line of features for each item of the library. ``surplus`` is what ``z`` has beyond luck."""
    known = {"z": row.z, "surplus": row.z - expected_luck(row.items), "coverage": row.coverage}
    return np.stack([known[name] for name in names], axis=1)


def fit(rows: list[Row], names: tuple[str, ...]) -> Relevance:
    """A logistic model of "the best item is a match", refitted as what is best changes with it.

    The cutoff loses ``LOST`` of the good queries.
    """
    weights, bias = np.array([{"z": 1.0, "surplus": 1.0, "coverage": 4.0}[name] for name in names]), 0.0
    for _ in range(5):
        best = [features(row, names) for row in rows]
        best = [lines[int(np.argmax(lines @ weights))] for lines in best]
        model = LogisticRegression(C=100, max_iter=3000).fit(np.stack(best), [row.good for row in rows])
        weights, bias = model.coef_[0], float(model.intercept_[0])
    top = np.array([float((features(row, names) @ weights).max()) + bias for row in rows if row.good])
    cutoff = 1 / (1 + math.exp(-float(np.quantile(top, LOST))))
    named = dict(zip(names, (round(float(w), 4) for w in weights), strict=True))
    if "surplus" in named:
        named = named | {"z": named["surplus"], "luck": -named.pop("surplus")}
    return Relevance(bias=round(bias, 4), cutoff=round(cutoff, 4), **named)


def measure(rows: list[Row], model: Relevance) -> dict[str, Any]:
    """Shares of good queries that come back empty and of strangers that do, all and by sort; nDCG@10."""
    least = math.log(model.cutoff / (1 - model.cutoff))
    empty = np.array([float(logits(row, model).max()) < least for row in rows])
    good = np.array([row.good for row in rows])
    sorts = np.array([row.sort for row in rows])
    by_sort = {
        sort: {
            "lost": share(empty[good & (sorts == sort)]),
            "strangers_empty": share(empty[~good & (sorts == sort)]),
        }
        for sort in dict.fromkeys(sorts.tolist())
    }
    ndcg = float(np.mean([ndcg_at_10(logits(row, model), row.right) for row in rows if row.good]))
    return {
        "queries": len(rows),
        "lost": share(empty[good]),
        "strangers_empty": share(empty[~good]),
        "ndcg@10": round(ndcg, 4),
        "by_sort": by_sort,
    }
