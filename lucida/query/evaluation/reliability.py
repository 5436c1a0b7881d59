"""Confidence against truth: whether what is said to be sure in nine of ten cases is right in nine of ten.

Reliability diagrams and expected calibration error: Guo et al., "On calibration of modern neural networks", ICML 2017.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

_BINS = 10


@dataclass(frozen=True, slots=True)
class Bin:
    """Answers of one range of confidence: the mean confidence, the share that is right, how many there are."""

    low: float
    high: float
    confidence: float
    right: float
    count: int

    def to_json(self) -> dict[str, Any]:
        bounds = {"low": self.low, "high": self.high}
        return bounds | {"confidence": round(self.confidence, 4), "right": round(self.right, 4), "count": self.count}


def reliability(confidence: ArrayLike, right: ArrayLike) -> tuple[tuple[Bin, ...], float]:
    """Bins of one tenth each, those without answers left out, and the expected calibration error over them.

    Args:
        confidence: shape (n,), 0..1, of each answer.
        right: shape (n,), booleans.
    """
    sure, true = np.asarray(confidence, dtype=np.float64), np.asarray(right, dtype=np.float64)
    places = np.minimum((sure * _BINS).astype(int), _BINS - 1)
    held = [(place, places == place) for place in range(_BINS) if (places == place).any()]
    bins = tuple(
        Bin(place / _BINS, (place + 1) / _BINS, float(sure[rows].mean()), float(true[rows].mean()), int(rows.sum()))
        for place, rows in held
    )
    return bins, sum(one.count * abs(one.confidence - one.right) for one in bins) / max(len(sure), 1)
