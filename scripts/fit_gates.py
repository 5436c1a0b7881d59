# ruff: noqa: INP001 - a script, no package
"""Choose the bounds of the gate of agreement, and measure them on what they were not chosen on.

    python scripts/fit_gates.py --data photos64-val

Right samples are photographs under their own label, wrong ones the same under another label of the dataset, and strange
ones photographs of what no label names. Datasets of so many labels are drawn at random. On one half of the classes the
pair of bounds is chosen that keeps most right samples while at most one in twenty wrong ones, and of strange ones,
passes; on the other half it is measured. A good sample that is lost costs one more drawing; a wrong label stays.
"""

from __future__ import annotations

import argparse
import sys
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from lucida.generate.gates.gate import Thresholds
from lucida.models.registry import load_shared_encoder
from lucida.query.classify import LabelSpace, against, label_space, parse_labels, probabilities, word_vectors
from lucida.query.evaluation.encoder import encode_pictures
from lucida.query.evaluation.labelled import load

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lucida.models.protocols import Vectors

#: Of wrong and of strange samples at most this share may pass.
PASSED = 0.05
_AGREEMENTS = np.round(np.arange(0.01, 0.51, 0.01), 2)
_RIVALS = np.round(np.arange(0.2, 0.85, 0.05), 2)
_DATASETS = 200


class Judged(NamedTuple):
    """Probability of the own label and the highest of another one, (n,) each."""

    own: NDArray[np.float32]
    rival: NDArray[np.float32]

    def passed(self, agreement: float, rival: float) -> float:
        """Share that both bounds let through."""
        return float(((self.own >= agreement) & (self.rival <= rival)).mean())


class Photographs:
    """Vectors of labelled photographs, and the labels as points of their space."""

    def __init__(self, path: Path, spec: str, count: int) -> None:
        encoder = load_shared_encoder(spec)
        pictures = load(path).first(count)
        self.spec = f"{spec}, fingerprint {encoder.fingerprint}"
        self.labels = pictures.labels
        self.vectors: Vectors = encode_pictures(encoder, pictures, lambda _done, _total, _rate: None)
        self.words = word_vectors(encoder)
        self.names = [names[0] for names in pictures.names]
        self.named = label_space(encoder, parse_labels(self.names), self.words).vectors

    def samples(self, classes: NDArray[np.int64], many: int, seed: int) -> dict[str, Judged]:
        """What the gate sees of samples in datasets of ``many`` of these classes."""
        random, rows = np.random.default_rng(seed), np.flatnonzero(np.isin(self.labels, classes))
        parts: dict[str, list[Judged]] = {"right": [], "wrong": [], "strange": []}
        for _ in range(_DATASETS):
            chosen = random.choice(classes, many, replace=False)
            named = self.named[chosen]
            space = LabelSpace(tuple(self.names[one] for one in chosen), named, against(named, self.words))
            inside = rows[np.isin(self.labels[rows], chosen)]
            others = rows[~np.isin(self.labels[rows], chosen)]
            outside = random.choice(others, min(len(inside), len(others)), replace=False)
            own = (self.labels[inside][:, None] == chosen).argmax(axis=1)
            seen = probabilities(self.vectors[inside], space)[:, :-1]
            parts["right"].append(_judged(seen, own))
            parts["wrong"].append(_judged(seen, (own + random.integers(1, many, len(own))) % many))
            seen = probabilities(self.vectors[outside], space)[:, :-1]
            parts["strange"].append(_judged(seen, random.integers(0, many, len(outside))))
        return {name: Judged(*map(np.concatenate, zip(*found, strict=True))) for name, found in parts.items()}


def _judged(seen: Vectors, labels: NDArray[np.int64]) -> Judged:
    rows, others = np.arange(len(seen)), seen.copy()
    others[rows, labels] = 0.0
    return Judged(seen[rows, labels], others.max(axis=1))


def chosen(samples: dict[str, Judged]) -> tuple[float, float]:
    """The bounds that keep most right samples of those that keep wrong and strange ones out."""
    kept = [
        (samples["right"].passed(least, most), -least, most)
        for least, most in product(_AGREEMENTS.tolist(), _RIVALS.tolist())
        if max(samples[name].passed(least, most) for name in ("wrong", "strange")) <= PASSED
    ]
    _, least, most = max(kept)
    return -least, most


def main() -> None:
    """Choose on one half of the classes, measure on the other."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="labelled photographs that the encoder has not seen")
    parser.add_argument("--encoder", default="mini")
    parser.add_argument("--count", type=int, default=2_000, help="photographs to take")
    parser.add_argument("--labels", type=int, default=10, help="of a dataset, where bounds are chosen")
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    photographs = Photographs(asked.data, asked.encoder, asked.count)
    order = np.random.default_rng(asked.seed).permutation(len(photographs.names))
    one, other = order[: len(order) // 2], order[len(order) // 2 :]
    least, most = chosen(photographs.samples(one, asked.labels, asked.seed))
    say = sys.stdout.write
    say(f"{photographs.spec}; {len(photographs.labels):,} photographs, {len(order)} classes\n")
    say(f"chosen with {asked.labels} labels: agreement={least:g} rival={most:g}\n")
    now = Thresholds()
    for many in (2, 5, 10, 20, 50):
        samples = photographs.samples(other, many, asked.seed + 1)
        own = np.quantile(samples["right"].own, [0.05, 0.25, 0.5])
        say(f"{many:>3} labels: right own 5 % {own[0]:.3f}, 25 % {own[1]:.2f}, median {own[2]:.2f}; passed")
        for name, found in samples.items():
            say(f" {name} {found.passed(least, most):.3f} (as set now {found.passed(now.agreement, now.rival):.3f})")
        say("\n")


if __name__ == "__main__":
    main()
