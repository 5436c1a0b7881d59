"""Logistic models of few features, fitted on measured questions, and thresholds that keep a promise."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

_ROUNDS = 100
_SETTLED = 1e-8


def fit_logistic(features: ArrayLike, right: ArrayLike, *, ridge: float = 1.0) -> NDArray[np.float64]:
    """Weights of a logistic model, by Newton's method.

    Args:
        features: shape (n, k).
        right: shape (n,), 1 where the event happened.
        ridge: penalty on the weights of features scaled to unit variance; the bias is free.

    Returns:
        float64, shape (k + 1,): the bias, then a weight for each feature as given.
    """
    given = np.asarray(features, dtype=np.float64)
    happened = np.asarray(right, dtype=np.float64)
    centre, spread = given.mean(axis=0), np.maximum(given.std(axis=0), 1e-9)
    table = np.concatenate([np.ones((len(given), 1)), (given - centre) / spread], axis=1)
    penalty = np.diag([1e-6, *[ridge] * given.shape[1]])
    weights = np.zeros(table.shape[1])
    for _ in range(_ROUNDS):
        likely = 1.0 / (1.0 + np.exp(-np.clip(table @ weights, -30, 30)))
        slope = table.T @ (happened - likely) - penalty @ weights
        curve = (table * (likely * (1 - likely))[:, None]).T @ table + penalty
        step = np.linalg.solve(curve, slope)
        # A full step from far away may overshoot; a step of this length never does.
        weights += step * min(1.0, 5.0 / max(float(np.abs(step).max()), 1e-12))
        if np.abs(step).max() < _SETTLED:
            break
    own = weights[1:] / spread
    return np.concatenate([[weights[0] - own @ centre], own])


def threshold_for(probabilities: ArrayLike, *, lost: float) -> float:
    """The highest threshold below which at most a share of good ones falls.

    Args:
        probabilities: shape (n,), of answers that should be given.
        lost: share of them that may be lost, 0..1.
    """
    ordered = np.sort(np.asarray(probabilities, dtype=np.float64))
    return float(ordered[min(int(lost * len(ordered)), len(ordered) - 1)]) if len(ordered) else 0.5
