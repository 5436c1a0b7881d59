"""Does a generated dataset help? Probes on frozen vectors, trained with and without it, and how it lies beside reality.

That generated pictures be held against real ones that were merely retrieved: Geng et al., "The Unmet Promise of
Synthetic Training Images: Using Retrieved Real Images Performs Better", NeurIPS 2024.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lucida.query.evaluation.datasets_report import Arm, BenefitReport, Likeness
from lucida.query.evaluation.diversity import density_and_coverage, mean_distance, vendi_score
from lucida.query.evaluation.intervals import crossed
from lucida.query.evaluation.kid import kid, scaled
from lucida.query.evaluation.probe import choose_strength, fit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lucida.models.protocols import Vectors

REAL, SYNTHETIC, RETRIEVED = "real", "synthetic", "retrieved"
#: What each probe is trained on.
ARMS: Mapping[str, tuple[str, ...]] = {
    "real": (REAL,),
    "synthetic": (SYNTHETIC,),
    "real+synthetic": (REAL, SYNTHETIC),
    "retrieved": (RETRIEVED,),
    "real+retrieved": (REAL, RETRIEVED),
}
_KID_SUBSETS = 50


@dataclass(frozen=True, slots=True, eq=False)
class Examples:
    """Pictures as a probe sees them: vectors, float32 (n, dimension) of unit length, and classes, int64 (n,)."""

    vectors: Vectors
    labels: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.labels)


def benefit(
    sets: Mapping[str, Examples],
    held_out: Examples,
    classes: tuple[str, ...],
    *,
    seeds: int = 5,
    seed: int = 0,
    told: Callable[[int, int], None] = lambda _done, _total: None,
) -> BenefitReport:
    """Train every arm's probe on resamples of its examples and hold all of them against the same pictures.

    Each trial draws examples with repetition within each class; an arm that joins two sets takes the same draws as the
    arms of each, so that arms differ by what they hold and not by luck. How much the data count against the penalty is
    chosen for each arm by what the first trial left out.

    Args:
        sets: examples by ``REAL``, ``SYNTHETIC``, ``RETRIEVED``; arms of sets that lack or are empty are left out.
        held_out: real pictures, of which none is in any set.
        classes: names, in the order of the labels.
        seeds: how many trials.
        seed: of the first; figures with the same seed are the same.
        told: hears (probes done, probes in all).

    Raises:
        ValueError: there is nothing to train on, or to measure on.
    """
    there = {name: sets[name] for name in (REAL, SYNTHETIC, RETRIEVED) if name in sets and len(sets[name])}
    arms = {arm: parts for arm, parts in ARMS.items() if all(part in there for part in parts)}
    if not arms or not len(held_out):
        raise ValueError("there must be examples to train on and pictures to measure on")
    draws = [{name: _resampled(examples, seed, trial) for name, examples in there.items()} for trial in range(seeds)]
    right: dict[str, NDArray[np.float64]] = {}
    for done, (arm, parts) in enumerate(arms.items()):
        right[arm] = _trials([there[part] for part in parts], held_out, len(classes), [
            np.concatenate([draw[part] for part in parts]) for draw in draws
        ])  # fmt: skip
        told((done + 1) * seeds, len(arms) * seeds)
    rows = tuple(_arm(arm, sum(len(there[part]) for part in parts), right, seed) for arm, parts in arms.items())
    both = [right[arm] for arm in ("real+retrieved", "real+synthetic") if arm in right]
    return BenefitReport(
        classes=classes,
        sizes={name: len(examples) for name, examples in there.items()},
        held_out=len(held_out),
        chance=float(np.bincount(held_out.labels).max() / len(held_out)),
        arms=rows,
        over_retrieved=crossed(both[1] - both[0], seed=seed) if len(both) == 2 else None,
        likeness=_likenesses(there, held_out, seed),
        seeds=seeds,
        seed=seed,
    )


def _arm(arm: str, count: int, right: Mapping[str, NDArray[np.float64]], seed: int) -> Arm:
    gain = crossed(right[arm] - right[REAL], seed=seed) if REAL in right and arm != REAL else None
    return Arm(arm, count, crossed(right[arm], seed=seed), gain)


def _resampled(examples: Examples, seed: int, trial: int) -> NDArray[np.int64]:
    """How often each example is drawn: as often as there are examples, within each class."""
    random = np.random.default_rng((seed, trial))
    times = np.zeros(len(examples), dtype=np.int64)
    for label in np.unique(examples.labels):
        rows = np.flatnonzero(examples.labels == label)
        times[rows] = random.multinomial(len(rows), np.full(len(rows), 1 / len(rows)))
    return times


def _trials(
    parts: list[Examples], held_out: Examples, classes: int, draws: list[NDArray[np.int64]]
) -> NDArray[np.float64]:
    """Whether each trial's probe knows each held-out picture, (trials, n)."""
    vectors = np.concatenate([part.vectors for part in parts])
    labels = np.concatenate([part.labels for part in parts])
    strength = choose_strength(vectors, labels, classes, draws[0])
    probes = [fit(vectors, labels, classes, times=times, strength=strength) for times in draws]
    return np.array([probe.predict(held_out.vectors) == held_out.labels for probe in probes], dtype=np.float64)


def _likenesses(sets: Mapping[str, Examples], held_out: Examples, seed: int) -> tuple[Likeness, ...]:
    """How varied each set is and how it lies beside the held-out pictures, all sets cut to one size per class."""
    random = np.random.default_rng(seed)
    evened = _evened(sets, random)
    rows = []
    for name, examples in evened.items():
        by_class = [examples.vectors[examples.labels == label] for label in np.unique(examples.labels)]
        within = [mean_distance(one) for one in by_class if len(one) > 1]
        near = density_and_coverage(held_out.vectors, examples.vectors) if len(held_out) > 1 else None
        apart = None
        if min(len(examples), len(held_out)) > 1:
            apart = kid(scaled(examples.vectors), scaled(held_out.vectors), subsets=_KID_SUBSETS, seed=seed)
        rows.append(
            Likeness(
                name,
                len(examples),
                float(np.mean(within)) if within else None,
                float(np.mean([vendi_score(one) for one in by_class])),
                near[0] if near else None,
                near[1] if near else None,
                apart[0] if apart else None,
            )
        )
    return tuple(rows)


def _evened(sets: Mapping[str, Examples], random: np.random.Generator) -> dict[str, Examples]:
    """As many of each class as the set has that has fewest of them, for these figures grow with the number."""
    labels = np.unique(np.concatenate([examples.labels for examples in sets.values()]))
    least = {
        label: min(count for examples in sets.values() if (count := int((examples.labels == label).sum())))
        for label in labels.tolist()
    }
    cut = {}
    for name, examples in sets.items():
        rows = [np.flatnonzero(examples.labels == label) for label in np.unique(examples.labels)]
        kept = np.sort(np.concatenate([
            random.choice(row, least[int(examples.labels[row[0]])], replace=False) for row in rows
        ]))  # fmt: skip
        cut[name] = Examples(examples.vectors[kept], examples.labels[kept])
    return cut
