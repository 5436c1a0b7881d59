"""How varied a set of pictures is, and how well it covers another one; over vectors of unit length."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lucida.models.protocols import Vectors

#: Neighbours that settle how far a reference picture reaches; as the paper recommends.
NEIGHBOURS = 5
_BLOCK = 512


def mean_distance(vectors: Vectors) -> float:
    """Mean cosine distance of all pairs, 0 (all alike) to 2; 0 for fewer than two rows.

    Args:
        vectors: unit rows, shape (n, dimension).
    """
    count = len(vectors)
    if count < 2:
        return 0.0
    # The sum over all pairs is the squared length of the sum: no table of pairs is needed.
    total = np.asarray(vectors, dtype=np.float64).sum(axis=0)
    return float(1.0 - (total @ total - count) / (count * (count - 1)))


def vendi_score(vectors: Vectors) -> float:
    """How many different pictures the set is worth: 1 where all are alike, n where none are; 0 without rows.

    The exponential of the entropy of the eigenvalues of the cosines' matrix divided by n (Friedman & Dieng, "The Vendi
    Score: A Diversity Evaluation Metric for Machine Learning", TMLR 2023). It grows with n: compare sets of one size.

    Args:
        vectors: unit rows, shape (n, dimension).
    """
    if not len(vectors):
        return 0.0
    rows = np.asarray(vectors, dtype=np.float64) / np.sqrt(len(vectors))
    # The same eigenvalues but for zeros, from the smaller of both products.
    product = rows @ rows.T if len(rows) <= rows.shape[1] else rows.T @ rows
    values = np.linalg.eigvalsh(product)
    values = values[values > 1e-12]
    return float(np.exp(-(values * np.log(values)).sum()))


def density_and_coverage(reference: Vectors, vectors: Vectors, neighbours: int = NEIGHBOURS) -> tuple[float, float]:
    """How deep a set lies among a reference, and what share of the reference it reaches.

    Each reference picture reaches as far as its k-th nearest other one. Density is the mean number of such balls that a
    picture lies in, divided by k: near 1 for pictures like the reference, more where they crowd its middle. Coverage is
    the share of balls that hold a picture. Naeem, Oh, Uh, Choi & Yoo, "Reliable Fidelity and Diversity Metrics for
    Generative Models", ICML 2020. Both follow from the sets' sizes: compare sets of one size.

    Args:
        reference: unit rows, float32 (n, dimension), at least two.
        vectors: unit rows, float32 (m, dimension), at least one.
        neighbours: k; fewer where there are not so many.

    Raises:
        ValueError: too few rows.
    """
    if len(reference) < 2 or not len(vectors):
        raise ValueError("density and coverage need two reference pictures and one more")
    near = min(neighbours, len(reference) - 1)
    inside, held = 0, 0
    for start in range(0, len(reference), _BLOCK):
        block = reference[start : start + _BLOCK]
        least = _least_cosine(block @ reference.T, start, near)
        within = block @ vectors.T >= least[:, None]
        inside += int(within.sum())
        held += int(within.any(axis=1).sum())
    return inside / (near * len(vectors)), held / len(reference)


def _least_cosine(cosines: Vectors, start: int, near: int) -> NDArray[np.float32]:
    """Cosine of each row's k-th nearest other row."""
    rows = np.arange(len(cosines))
    cosines[rows, rows + start] = -np.inf
    found: NDArray[np.float32] = np.partition(cosines, -near, axis=1)[:, -near]
    return found
