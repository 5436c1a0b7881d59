"""A linear probe: multinomial logistic regression on frozen vectors, the usual judge of what features and examples are
worth (Alain & Bengio, "Understanding intermediate layers using linear classifier probes", 2016; Radford et al., 2021,
section 3.2).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from lucida.models.protocols import Vectors

#: Weights of the data against the penalty, among which ``choose_strength`` chooses; as scikit-learn's ``C``.
STRENGTHS = (1.0, 10.0, 100.0)
_USUAL = 10.0
_ROUNDS = 300
#: Slope at which it is done, in shares of the penalty, and the least that float32 can see.
_SETTLED, _FINEST = 0.02, 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Probe:
    """A fitted probe: float32 weights (dimension, classes) and bias (classes,); -inf for classes without examples."""

    weights: Vectors
    bias: Vectors

    def predict(self, vectors: Vectors) -> NDArray[np.int64]:
        """The most likely class of each row, int64 (n,)."""
        found: NDArray[np.int64] = (vectors @ self.weights + self.bias).argmax(axis=1)
        return found

    def log_likelihood(self, vectors: Vectors, labels: NDArray[np.int64]) -> float:
        """Mean log-probability of the right classes; classes without examples count as one in a million."""
        scores = np.maximum(vectors @ self.weights + self.bias, -1e4)
        scores -= scores.max(axis=1, keepdims=True)
        right = np.take_along_axis(scores, labels[:, None], axis=1)[:, 0]
        return float(np.maximum(right - np.log(np.exp(scores).sum(axis=1)), np.log(1e-6)).mean())


def fit(
    vectors: Vectors,
    labels: NDArray[np.int64],
    classes: int,
    *,
    times: NDArray[np.integer] | None = None,
    strength: float = _USUAL,
) -> Probe:
    """Minimise ``strength`` times the summed log-loss plus half the squared weights; the bias is free.

    The problem is convex, so that there is one answer. It is found by accelerated gradient steps (Nesterov, 1983) that
    start anew where they overshoot (O'Donoghue & Candès, "Adaptive restart for accelerated gradient schemes", 2015).

    Args:
        vectors: float32 (n, dimension), unit rows.
        labels: int64 (n,), each below ``classes``.
        classes: how many there are.
        times: how often each row counts, as a resample has it; None for once each.
        strength: of the data.

    Raises:
        ValueError: no row counts.
    """
    counts = np.ones(len(vectors), dtype=np.int64) if times is None else np.asarray(times)
    kept = counts > 0
    if not kept.any():
        raise ValueError("a probe needs at least one example")
    share = (counts[kept] / counts[kept].sum()).astype(np.float32)
    centre = share @ vectors[kept]
    rows, own = vectors[kept] - centre, labels[kept]
    wanted = np.zeros((len(rows), classes), dtype=np.float32)
    wanted[np.arange(len(rows)), own] = 1.0
    weights, bias = _descend(rows, wanted, share, np.float32(1.0 / (strength * counts.sum())))
    bias -= centre @ weights
    bias[np.bincount(own, minlength=classes) == 0] = -np.inf
    return Probe(weights, bias)


def _descend(rows: Vectors, wanted: Vectors, share: Vectors, ridge: np.float32) -> tuple[Vectors, Vectors]:
    """Weights and bias for centred rows, each with its share of the loss."""
    table = np.concatenate([rows, np.ones((len(rows), 1), np.float32)], axis=1)
    penalty = np.full((table.shape[1], 1), ridge, np.float32)
    penalty[-1] = 0.0
    # The softmax bends at most half as much as the rows' second moments.
    step = np.float32(1.0 / (0.5 * np.linalg.eigvalsh((table * share[:, None]).T @ table)[-1] + ridge))
    here = ahead = np.zeros((table.shape[1], wanted.shape[1]), np.float32)
    pace = 1.0
    for _ in range(_ROUNDS):
        slope = table.T @ ((_softmax(table @ ahead) - wanted) * share[:, None]) + penalty * ahead
        if np.abs(slope).max() < max(_SETTLED * float(ridge), _FINEST):
            break
        moved = ahead - step * slope
        if float((slope * (moved - here)).sum()) > 0:
            pace = 1.0
        faster = (1 + np.sqrt(1 + 4 * pace * pace)) / 2
        ahead = moved + np.float32((pace - 1) / faster) * (moved - here)
        here, pace = moved, faster
    return here[:-1], here[-1].copy()


def choose_strength(
    vectors: Vectors,
    labels: NDArray[np.int64],
    classes: int,
    times: NDArray[np.integer],
    strengths: Sequence[float] = STRENGTHS,
) -> float:
    """The strength under which rows that a resample left out are likeliest (out-of-bag; Breiman, 1996).

    Args:
        vectors, labels, classes: as ``fit`` takes them.
        times: how often a resample drew each row.
        strengths: to choose from.

    Returns:
        10 where too few rows were left out to tell.
    """
    left = np.asarray(times) == 0
    if left.sum() < classes or left.all():
        return _USUAL
    found = {
        strength: fit(vectors, labels, classes, times=times, strength=strength).log_likelihood(
            vectors[left], labels[left]
        )
        for strength in strengths
    }
    return max(found, key=lambda strength: found[strength])


def _softmax(scores: Vectors) -> Vectors:
    scores = np.exp(scores - scores.max(axis=1, keepdims=True))
    likely: Vectors = scores / scores.sum(axis=1, keepdims=True)
    return likely
