"""Passages per second of the MiniLM encoder beside sentence-transformers' float32 default, and whether ranks agree.

All ways run in turns over the same synthetic 900-character passages in one process, so their ratios hold even where
the machine's speed wanders. Rank agreement asks every way's passages with float32 queries, as a library does.
"""

from __future__ import annotations

import os
import random
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.measuring import show
from lucida.models import calibration, minilm_files
from lucida.models.minilm import MiniLM
from lucida.models.processor import processor

if TYPE_CHECKING:
    from collections.abc import Callable

    from lucida.models.protocols import Vectors

_BASELINE = "sentence-transformers fp32"
_TOPICS = (
    "invoice total amount payment due bank transfer tax discount customer order",
    "river bridge valley mountain forest path rain cloud spring meadow stone",
    "engine bearing torque shaft pressure valve pump oil temperature sensor speed",
    "patient dose treatment nurse ward symptom fever blood test recovery clinic",
    "court contract clause party notice damages appeal witness judge evidence law",
    "school pupil lesson teacher exam library reading homework classroom term grade",
    "kitchen flour butter oven sugar recipe salt pan onion garlic pepper sauce",
    "server network packet router latency memory kernel process thread cache disk",
    "painting gallery canvas portrait sculpture museum artist colour brush frame light",
    "ship harbour captain cargo anchor sail storm tide crew deck voyage port",
    "election minister parliament vote budget reform debate party coalition policy",
    "wheat harvest tractor soil seed farmer barn cattle fence orchard irrigation",
)
_FRAMES = (
    "The {} was recorded beside the {} before anyone asked about the {}.",
    "According to the report, each {} depends on the {} and on the {} as well.",
    "In {}, the {} cost 1{} euros more than the {} of the year before.",
    "Nobody expected that the {} would need another {} so soon after the {}.",
    "It follows that a {} without a {} is of little use to the {}.",
)


@dataclass(frozen=True)
class Row:
    """One way of encoding, measured. Rates are the best round's, agreement is with the baseline."""

    way: str
    passages_per_second: float
    ratio: float
    mean_cosine: float
    top10_overlap: float
    spearman: float


def passages(count: int, length: int = 900) -> list[str]:
    """Prose of ``length`` characters, each passage about two of the topics."""
    source = random.Random(7)
    return [_prose(source, length) for _ in range(count)]


def _prose(source: random.Random, length: int) -> str:
    words = " ".join(source.sample(_TOPICS, 2)).split()
    text = ""
    while len(text) < length:
        frame = source.choice(_FRAMES)
        text += frame.format(*(source.choice(words) for _ in range(frame.count("{}")))) + " "
    return text[:length]


def ways() -> dict[str, Callable[[list[str]], Vectors]]:
    """Everything that can encode here, the baseline first. Ours are forced to one runtime each."""
    from sentence_transformers import SentenceTransformer

    files = minilm_files.find()
    baseline = SentenceTransformer(str(files.weights.parent), device="cpu")
    found = {_BASELINE: lambda texts: baseline.encode(texts, normalize_embeddings=True, show_progress_bar=False)}
    exact = MiniLM()._exact_runtime()
    makers = {exact.name: lambda: exact} | calibration._candidates(files, processor())
    for name, make in makers.items():
        encoder = MiniLM()
        encoder._bulk = make()
        found[f"lucida {name}"] = encoder.encode_texts
    return found


def agreement(reference: Vectors, vectors: Vectors, queries: Vectors) -> tuple[float, float]:
    """Mean overlap of the ten best passages per query, and mean Spearman correlation over all of them."""
    expected, found = queries @ reference.T, queries @ vectors.T
    overlaps, correlations = [], []
    for one, other in zip(expected, found, strict=True):
        overlaps.append(len(set(np.argsort(-one)[:10]) & set(np.argsort(-other)[:10])) / 10)
        ranks = [np.argsort(np.argsort(scores)) for scores in (one, other)]
        correlations.append(float(np.corrcoef(*ranks)[0, 1]))
    return float(np.mean(overlaps)), float(np.mean(correlations))


def measure(count: int, rounds: int) -> list[Row]:
    texts, candidates = passages(count), ways()
    queries = MiniLM().encode_texts([text[200:280] for text in texts[:50]])
    seconds = dict.fromkeys(candidates, float("inf"))
    vectors: dict[str, Vectors] = {}
    for _ in range(rounds):
        for name, encode in candidates.items():
            start = time.perf_counter()
            vectors[name] = encode(texts)
            seconds[name] = min(seconds[name], time.perf_counter() - start)
    rows, reference = [], vectors[_BASELINE]
    for name, found in vectors.items():
        cosine = float((found * reference).sum(axis=1).mean())
        ratio = seconds[_BASELINE] / seconds[name]
        rows.append(Row(name, count / seconds[name], ratio, cosine, *agreement(reference, found, queries)))
    return rows


def main(count: int = 256, rounds: int = 3) -> None:
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "true")
    rows = measure(count, rounds)
    machine, chosen = processor(), calibration.choose(minilm_files.find(), MiniLM()._exact_runtime()).name
    show(
        f"MiniLM on {count} passages of about 900 characters; chosen for bulk here: {chosen}",
        ("way", "passages/s", "times the peer", "cosine", "top-10 shared", "Spearman"),
        [
            (
                row.way,
                row.passages_per_second,
                row.ratio,
                f"{row.mean_cosine:.5f}",
                f"{row.top10_overlap:.3f}",
                f"{row.spearman:.4f}",
            )
            for row in rows
        ],
        note=f"{machine.name}, {machine.cores} cores, {' '.join(machine.features)}",
    )


if __name__ == "__main__":
    main()
