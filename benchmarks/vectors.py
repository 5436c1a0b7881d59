"""Made-up vectors that are spread as an encoder's are: clustered, with clusters of very unequal size.

Clusters belong to topics; their sizes follow a power law; inside a cluster the vectors vary much in a few directions
and little in all others, and there are near copies, as documents have. The numbers below were set so that the distance
to the nearest neighbour, the mean cosine of pairs and the intrinsic dimension come out like those of all-MiniLM-L6-v2
over sentences (``python -m benchmarks.vectors FILE.npz`` compares). They are synthetic all the same.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.measuring import show

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lucida.models.protocols import Vectors

BLOCK = 16_384
#: Topics share the directions in which their clusters vary, so that clusters of a topic run into each other.
_BASES = 64


@dataclass
class Mixture:
    """A source of clustered unit vectors, the same for the same seed.

    Attributes:
        dimension: of the vectors.
        clusters: how many; those that are rare at one size of library appear at a larger one.
        topics: groups that clusters belong to.
        rank: directions in which a cluster's vectors vary most.
        power: exponent of the sizes: cluster number r has a share that goes with (r + 10) ** -power.
        common, topic, cluster, inner, rest: shares of the squared length that each level brings.
        copies: share of near copies.
    """

    dimension: int = 384
    clusters: int = 20_000
    topics: int = 400
    rank: int = 24
    power: float = 0.9
    common: float = 0.045
    topic: float = 0.19
    cluster: float = 0.14
    inner: float = 0.50
    rest: float = 0.125
    copies: float = 0.03
    seed: int = 20_240_517
    _levels: tuple[Vectors, Vectors, NDArray[np.float64], NDArray[np.int64]] | None = field(default=None, repr=False)

    def _made(self) -> tuple[Vectors, Vectors, NDArray[np.float64], NDArray[np.int64]]:
        """Centres (clusters, dimension), bases (_BASES, rank, dimension), cumulative shares, basis of each cluster."""
        if self._levels is None:
            rng = np.random.default_rng(self.seed)
            # Encoders use their dimensions unequally: a spectrum that falls slowly.
            scale = np.sqrt((np.arange(self.dimension) + 20.0) ** -0.6).astype(np.float32)
            rotation = np.linalg.qr(rng.standard_normal((self.dimension, self.dimension)))[0].astype(np.float32)
            spread = scale[:, None] * rotation
            topics = _unit(rng.standard_normal((self.topics, self.dimension), dtype=np.float32) @ spread)
            own = _unit(rng.standard_normal((self.clusters, self.dimension), dtype=np.float32) @ spread)
            of = rng.integers(0, self.topics, self.clusters)
            shared = _unit(rng.standard_normal((1, self.dimension), dtype=np.float32) @ spread)
            levels = ((self.common, shared), (self.topic, topics[of]), (self.cluster, own))
            centres = sum(np.float32(np.sqrt(share)) * rows for share, rows in levels)
            bases = _unit(rng.standard_normal((_BASES, self.rank, self.dimension), dtype=np.float32) @ spread)
            shares = np.cumsum((np.arange(self.clusters) + 10.0) ** -self.power)
            order = rng.permutation(self.clusters)
            self._levels = centres[order], bases, shares / shares[-1], of[order] % _BASES
        return self._levels

    def block(self, number: int, count: int = BLOCK) -> Vectors:
        """Block ``number`` of the endless sequence: float32 (count, dimension), unit rows."""
        rng = np.random.default_rng((self.seed, number))
        return self._drawn(rng, np.searchsorted(self._made()[2], rng.random(count)))

    def _drawn(self, rng: np.random.Generator, chosen: NDArray[np.intp]) -> Vectors:
        centres, bases, _, basis = self._made()
        decay = (np.arange(self.rank) + 1.0) ** -0.5
        weights = (decay / np.linalg.norm(decay)).astype(np.float32) * np.float32(np.sqrt(self.inner))
        count = len(chosen)
        inner = rng.standard_normal((count, self.rank), dtype=np.float32) * weights
        vectors = centres[chosen] + np.float32(np.sqrt(self.rest / self.dimension)) * rng.standard_normal(
            (count, self.dimension), dtype=np.float32
        )
        kinds = basis[chosen]
        for kind in np.unique(kinds):
            rows = kinds == kind
            vectors[rows] += inner[rows] @ bases[kind]
        copied = np.flatnonzero(rng.random(count) < self.copies)
        noise = rng.standard_normal((len(copied), self.dimension), dtype=np.float32) * np.float32(0.01)
        vectors[copied] = _unit(vectors[rng.integers(0, count, len(copied))]) + noise
        return _unit(vectors)

    def blocks(self, count: int) -> Iterator[Vectors]:
        """The first ``count`` vectors, in blocks."""
        for number in range(-(-count // BLOCK)):
            yield self.block(number)[: count - number * BLOCK]

    def queries(self, count: int, *, closeness: float = 0.68, seed: int = 1, among: int = BLOCK) -> Vectors:
        """Vectors that stand to the stored ones as questions to passages.

        Args:
            count: how many, at most a block.
            closeness: cosine with the stored vector (of the first block) that the query is about. The rest of the query
                is half another vector of the mixture and half noise.
            seed: of the draw.
            among: how many of the first block exist.
        """
        rng = np.random.default_rng((self.seed, seed, 77))
        near = self.block(0)[rng.permutation(among)[:count]]
        away = self.block(2_000_000 + seed, count)
        away = _unit(away - (away * near).sum(axis=1, keepdims=True) * near)
        noise = _unit(away + _unit(rng.standard_normal(near.shape, dtype=np.float32)))
        noise = _unit(noise - (noise * near).sum(axis=1, keepdims=True) * near)
        return _unit(closeness * near + np.float32(np.sqrt(1 - closeness**2)) * noise)


def _unit(rows: Vectors) -> Vectors:
    unit: Vectors = (rows / np.linalg.norm(rows, axis=-1, keepdims=True)).astype(np.float32)
    return unit


def portrait(vectors: Vectors, queries: Vectors) -> dict[str, float]:
    """What decides how hard a set is to index.

    The intrinsic dimension is the maximum-likelihood estimate over 20 neighbours (Levina and Bickel 2004, averaged as
    MacKay and Ghahramani advise); ``directions`` is the participation ratio of the covariance's spectrum.
    """
    scores = vectors @ vectors.T
    np.fill_diagonal(scores, -1)
    nearest = np.sort(scores, axis=1)[:, ::-1][:, :20]
    distances = np.sqrt(np.maximum(2 - 2 * nearest, 1e-6))
    inverse = np.log(distances[:, -1:] / distances[:, :-1]).mean(axis=1)
    spectrum = np.linalg.eigvalsh(np.cov(vectors.T))
    best = np.sort(queries @ vectors.T, axis=1)[:, ::-1]
    return {
        "cosine of pairs": float(scores[np.triu_indices(len(scores), 1)].mean()),
        "to the nearest, 10 %": float(np.quantile(nearest[:, 0], 0.1)),
        "to the nearest, median": float(np.median(nearest[:, 0])),
        "to the nearest, 90 %": float(np.quantile(nearest[:, 0], 0.9)),
        "to the 10th": float(np.median(nearest[:, 9])),
        "query to its nearest": float(np.median(best[:, 0])),
        "query to its 10th": float(np.median(best[:, 9])),
        "intrinsic dimension": float(1 / inverse.mean()),
        "directions": float(spectrum.sum() ** 2 / (spectrum**2).sum()),
    }


def main(path: str) -> None:
    """Compare with stored vectors: an .npz with the arrays ``vectors`` and ``queries``."""
    with np.load(path) as file:
        vectors, queries = file["vectors"], file["queries"]
    real, mixture = portrait(vectors, queries), Mixture()
    made = portrait(mixture.block(0, len(vectors)), mixture.queries(len(queries)))
    show(f"{len(vectors)} vectors", ("", "encoder", "synthetic"), [(name, real[name], made[name]) for name in real])


if __name__ == "__main__":
    main(sys.argv[1])
