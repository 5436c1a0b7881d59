"""One query on one library, the vectors that it is made of, and the arithmetic of its scores."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from lucida.query.relevance import Relevance, expected_luck


@dataclass
class Row:
    """One query on one library: what is known of every item, and which items are right (none where out of it)."""

    z: Any
    coverage: Any
    right: Any
    sort: str
    items: int

    @property
    def good(self) -> bool:
        return bool(len(self.right))


def cached(path: Path, make: Any) -> Any:
    """An array that takes a while, from its file where there is one."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        np.save(path, make())
    return np.load(path)


def one_by_one(encoder: Any, texts: list[str]) -> Any:
    """Vectors of queries, each encoded as a search does it."""
    return np.concatenate([encoder.encode_texts([text]) for text in texts])


def logits(row: Row, model: Relevance) -> Any:
    """The model's logit for every item."""
    return model.bias + model.z * row.z + model.coverage * row.coverage + model.luck * expected_luck(row.items)


def ndcg_at_10(scores: Any, right: Any) -> float:
    """Binary gains; Jarvelin & Kekalainen, "Cumulated gain-based evaluation of IR techniques", 2002."""
    order = np.argsort(-scores, kind="stable")[:10]
    discounts = 1 / np.log2(np.arange(2, 12))
    gained = float((np.isin(order, right) * discounts[: len(order)]).sum())
    return gained / float(discounts[: min(10, len(right))].sum())


def share(flags: Any) -> float | None:
    """Share of the flags that are set."""
    return round(float(np.mean(flags)), 4) if len(flags) else None
