"""How far a mean can be trusted: bootstrap intervals and paired tests, seeded so that a figure can be made again.

Efron & Tibshirani, "An Introduction to the Bootstrap" (1993); for retrieval: Sakai, "Evaluating evaluation metrics
based on the bootstrap", SIGIR 2006; Smucker, Allan & Carterette, "A comparison of statistical significance tests for
information retrieval evaluation", CIKM 2007, which recommends the randomisation test; for trials crossed with rows:
Owen, "The pigeonhole bootstrap", Annals of Applied Statistics 2007.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import ArrayLike, NDArray

RESAMPLES = 2_000
#: Numbers drawn at a time, so that ten thousand rows need no gigabyte.
_BLOCK = 4_000_000


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over ``count`` rows, and the interval that holds the true mean with the given confidence."""

    value: float
    low: float
    high: float
    count: int

    def to_json(self) -> dict[str, Any]:
        return {name: round(entry, 4) if name != "count" else entry for name, entry in asdict(self).items()}

    def __str__(self) -> str:
        return f"{self.value:.3f} ({self.low:.3f} to {self.high:.3f})"


@dataclass(frozen=True, slots=True)
class Difference:
    """The mean of ``second - first`` over the same rows.

    Attributes:
        estimate: the mean difference and its paired bootstrap interval.
        p_value: two-sided, of the paired randomisation test: how often random swaps of the two give as large a one.
        better, worse, equal: rows on which the second beats, loses to, and ties with the first.
    """

    estimate: Estimate
    p_value: float
    better: int
    worse: int
    equal: int

    def to_json(self) -> dict[str, Any]:
        row = {"difference": self.estimate.to_json(), "p_value": round(self.p_value, 5)}
        return row | {"better": self.better, "worse": self.worse, "equal": self.equal}


def estimate(values: ArrayLike, *, seed: int = 0, confidence: float = 0.95, resamples: int = RESAMPLES) -> Estimate:
    """Mean and percentile bootstrap interval over rows; without rows all is 0.

    Args:
        values: shape (n,), one figure per row (question, picture, class).
        seed: of the resampling.
        confidence: share of intervals that hold the true mean.
        resamples: how many.
    """
    rows = np.asarray(values, dtype=np.float64)
    if not len(rows):
        return Estimate(0.0, 0.0, 0.0, 0)
    means = np.concatenate(list(_resampled_means(rows, np.random.default_rng(seed), resamples)))
    low, high = np.quantile(means, [(1 - confidence) / 2, (1 + confidence) / 2])
    return Estimate(float(rows.mean()), float(low), float(high), len(rows))


def crossed(values: ArrayLike, *, seed: int = 0, confidence: float = 0.95, resamples: int = RESAMPLES) -> Estimate:
    """Mean and interval of figures that differ by trial and by row, both of which are but a sample.

    Trials and rows are resampled each on their own, so that neither the luck of the training examples nor that of the
    test pictures is taken for progress. The interval is a little wide rather than narrow.

    Args:
        values: shape (trials, n): each trial's figure for each row.
        seed, confidence, resamples: as ``estimate`` takes them.
    """
    table = np.asarray(values, dtype=np.float64)
    trials, count = table.shape
    if not trials or not count:
        return Estimate(0.0, 0.0, 0.0, 0)
    random = np.random.default_rng(seed)
    means = []
    for block in _blocks(count, resamples):
        chosen = random.multinomial(trials, np.full(trials, 1 / trials), size=block) @ table
        rows = random.integers(0, count, size=(block, count))
        means.append(np.take_along_axis(chosen, rows, axis=1).mean(axis=1) / trials)
    low, high = np.quantile(np.concatenate(means), [(1 - confidence) / 2, (1 + confidence) / 2])
    return Estimate(float(table.mean()), float(low), float(high), count)


def difference(first: ArrayLike, second: ArrayLike, *, seed: int = 0, resamples: int = 10_000) -> Difference:
    """Compare two settings on the same rows: paired bootstrap interval and paired randomisation test.

    The test swaps the two figures of each row at random and asks how often the mean difference gets as large as the
    one seen; the seen one counts among the trials (Phipson & Smyth, 2010), so p is never 0.

    Args:
        first, second: shape (n,), the same rows in the same order.
        seed: of resampling and swapping.
        resamples: bootstrap samples and random swaps.

    Raises:
        ValueError: the two have different lengths.
    """
    one, two = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    if one.shape != two.shape:
        raise ValueError(f"{one.shape} and {two.shape} rows cannot be paired")
    deltas = two - one
    return Difference(
        estimate(deltas, seed=seed, resamples=resamples),
        _randomised_p(deltas, np.random.default_rng(seed), resamples),
        int((deltas > 0).sum()),
        int((deltas < 0).sum()),
        int((deltas == 0).sum()),
    )


def _randomised_p(deltas: NDArray[np.float64], random: np.random.Generator, trials: int) -> float:
    if not deltas.any():
        return 1.0
    seen = abs(deltas.sum()) * (1 - 1e-12)  # sums in another order differ in the last bit
    moved = deltas[deltas != 0]
    as_large = 0
    for block in _blocks(len(moved), trials):
        signs = random.integers(0, 2, size=(block, len(moved)), dtype=np.int8) * 2 - 1
        as_large += int((np.abs(signs @ moved) >= seen).sum())
    return (as_large + 1) / (trials + 1)


def _resampled_means(
    rows: NDArray[np.float64], random: np.random.Generator, resamples: int
) -> Iterator[NDArray[np.float64]]:
    for block in _blocks(len(rows), resamples):
        yield rows[random.integers(0, len(rows), size=(block, len(rows)))].mean(axis=1)


def _blocks(width: int, total: int) -> Iterator[int]:
    step = max(1, _BLOCK // max(width, 1))
    for start in range(0, total, step):
        yield min(step, total - start)
