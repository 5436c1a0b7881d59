"""Libraries of pictures, asked by the names of their classes and by strangers, and the model of pictures."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np

from lucida.models.registry import load_shared_encoder
from lucida.query.evaluation.labelled import load
from lucida.query.nulls import null_queries
from lucida.query.relevance import Relevance
from relevance.fitting import fit, measure
from relevance.rows import Row, cached, one_by_one

#: Pictures that are embedded, of all classes alike.
PICTURES = 4_000
#: So near are two names in the text space when a library that has one may well answer for the other.
RELATED = 0.45


class Pictures:
    """Libraries of pictures in memory."""

    def __init__(self, folder: Path, spec: str, cache: Path, rng: np.random.Generator) -> None:
        self.encoder, self._rng = load_shared_encoder(spec), rng
        pictures = load(folder, split="val").first(PICTURES)
        self.labels, self.names = pictures.labels, [names[0] for names in pictures.names]
        own = cache / self.encoder.fingerprint
        self.vectors = cached(own.with_suffix(".pictures.npy"), lambda: embedded(self.encoder, pictures))
        asked = [*self.names, *(f"a photo of a {name}" for name in self.names), *null_queries()]
        self.queries = cached(own.with_suffix(".asked.npy"), lambda: one_by_one(self.encoder, asked))
        self.look()

    def look(self) -> None:
        """Measure the background: the null queries against all pictures."""
        cosines = self.queries[2 * len(self.names) :] @ self.vectors.T
        self.background = float(cosines.mean()), float(cosines.std())

    def simulate(self, noise: float = 3.5) -> None:
        """Replace the pictures' vectors by their class's text with noise of the texts' own covariance.

        For the time before there is a tower: at 3.5 it tells the 200 classes apart about as well as one should.
        """
        total = len(self.names)
        texts = self.queries - self.queries.mean(axis=0)
        around = self._rng.normal(size=(len(self.labels), len(texts))) @ texts / math.sqrt(len(texts))
        names = self.queries[:total] + self.queries[total : 2 * total]
        apart = self._rng.normal(size=texts.shape[1]) / math.sqrt(texts.shape[1])
        rows = names[self.labels] / 2 + noise * around + 0.3 * apart
        self.vectors = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
        self.look()

    def library(self, classes: Any, each: int) -> Any:
        """Rows of so many pictures of each class."""
        return np.concatenate([self._rng.permutation(np.flatnonzero(self.labels == c))[:each] for c in classes])

    def rows(self, half: Any, count: int, each: int, nulls: int) -> list[Row]:
        """Every class of the half asked for on a library of some of them, and every second null query.

        Strangers that are near kin of a class that is there are left out: nobody is wronged by a spaniel for a setter.
        """
        inside = self._rng.permutation(half)[:count]
        ids, total = self.library(inside, each), len(self.names)
        kin = self.queries @ self.queries[inside].T
        rows: list[Row] = []
        for query in (*half, *(total + half), *range(2 * total + nulls, len(self.queries), 2)):
            label = query % total if query < 2 * total else -1
            if label in inside or kin[query].max() < RELATED:
                rows.append(
                    self._row(self.queries[query], ids, label, self.background, "name" if label >= 0 else "null")
                )
        return rows

    @staticmethod
    def answerable(rows: list[Row]) -> list[Row]:
        """Without the queries whose answer is there and not among the ten nearest: no cutoff loses those."""
        return [row for row in rows if not row.good or np.isin(np.argsort(-row.z)[:10], row.right).any()]

    def _row(self, query: Any, ids: Any, label: int, background: tuple[float, float], sort: str) -> Row:
        z = (self.vectors[ids] @ query - background[0]) / background[1]
        right = np.flatnonzero(self.labels[ids] == label)
        return Row(z, np.zeros(len(ids)), right, sort, len(ids))


def embedded(encoder: Any, pictures: Any) -> Any:
    """Vectors of all pictures of a set."""
    blocks = [range(at, min(at + 64, len(pictures))) for at in range(0, len(pictures), 64)]
    return np.concatenate([encoder.encode_images([pictures.read(i) for i in block]) for block in blocks])


def fit_pictures(pictures: Pictures) -> tuple[dict[str, Relevance], dict[str, Any]]:
    """The model of pictures, fitted on one half of the classes, measured on the other."""
    order = np.random.default_rng(7).permutation(len(pictures.names))
    halves = order[: len(order) // 2], order[len(order) // 2 :]
    sizes = [(5, 10), (10, 3), (10, 40), (20, 10), (40, 1), (40, 25), (80, 10), (80, 15)]
    train, test = (
        pictures.answerable([row for size in sizes for row in pictures.rows(half, *size, n)])
        for n, half in enumerate(halves)
    )
    # Pictures of a class come in clusters, so that more of them are not always more strangers: the better one is taken.
    model = max(
        (fit(train, names) for names in (("z",), ("surplus",))),
        key=lambda one: float(measure(train, one)["strangers_empty"] or 0.0),
    )
    figures = {"fitted_on": measure(train, model), "held_out": measure(test, model)}
    return {"text>picture": model}, {"text>picture": figures}
