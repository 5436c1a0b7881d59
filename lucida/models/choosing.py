"""Measures once per machine which way of running a tower is fastest among those that give the same vectors.

The answer depends on the processor in ways no table foresees (float32 through onnxruntime beats torch by 2x on some,
bfloat16 wins on AMX, 8-bit integers on VNNI), so it is measured and the answer kept in the cache folder.
"""

from __future__ import annotations

import hashlib
import json
import logging
import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar

import numpy as np

from lucida.errors import LucidaError, ModelError
from lucida.models.cache import cache_folder, replacing
from lucida.models.processor import processor

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from lucida.models.protocols import Vectors

#: A faster way must reach this mean cosine to float32 ...
MIN_COSINE = 0.99
#: ... and this mean share of common members among each probe's ten nearest neighbours.
MIN_OVERLAP = 0.9
#: A gain below this is not worth moving any further from the float32 vectors.
MIN_GAIN = 1.25

_ROUNDS = 3

_log = logging.getLogger(__name__)


class Named(Protocol):
    """Anything that runs a tower: all that matters here is what it is called."""

    @property
    def name(self) -> str: ...


Runtime = TypeVar("Runtime", bound=Named)


@dataclass(frozen=True, slots=True)
class Measurement:
    """One way of running the tower, measured on the probe.

    Attributes:
        runtime: its name.
        per_second: windows of text or pictures, best of the repetitions.
        cosine: mean cosine to the float32 vectors.
        overlap: mean share of common members among the ten nearest neighbours.
    """

    runtime: str
    per_second: float
    cosine: float
    overlap: float

    def faithful(self, min_overlap: float = MIN_OVERLAP) -> bool:
        """Whether its vectors may stand beside float32 ones in the same index."""
        return self.cosine >= MIN_COSINE and self.overlap >= min_overlap


def choose(
    exact: Runtime,
    candidates: Mapping[str, Callable[[], Runtime]],
    encode: Callable[[Runtime], Vectors],
    memo: Path,
    *,
    min_overlap: float = MIN_OVERLAP,
) -> Runtime:
    """The runtime for bulk work: as remembered for this machine, else measured now.

    A candidate that fails to load or to run is left out; ``exact`` is always there to fall back on.

    Args:
        exact: float32, the reference.
        candidates: how to make the others, by name.
        encode: encodes the probe, the same rows every time.
        memo: where the answer is kept, as ``memo_path`` gives it.
        min_overlap: share of common neighbours that a faster way must reach.
    """
    found = remembered(memo)
    name = found if found in {exact.name, *candidates} else None
    if name is None:
        rows = measure(exact, candidates, encode)
        name = pick(rows, exact.name, min_overlap)
        _write(memo, name, rows)
    if name == exact.name:
        return exact
    return _built(candidates[name]) or exact


def pick(rows: list[Measurement], exact: str, min_overlap: float = MIN_OVERLAP) -> str:
    """Start from the exact runtime and give up fidelity step by step, each time only for a clear gain in speed."""
    chosen = next(row for row in rows if row.runtime == exact)
    others = (row for row in rows if row.faithful(min_overlap) and row.runtime != exact)
    for row in sorted(others, key=lambda row: row.cosine, reverse=True):
        if row.per_second >= MIN_GAIN * chosen.per_second:
            chosen = row
    return chosen.runtime


def measure(
    exact: Runtime, candidates: Mapping[str, Callable[[], Runtime]], encode: Callable[[Runtime], Vectors]
) -> list[Measurement]:
    """Run each on the same probe and compare with ``exact``, which comes first in the result."""
    built = (_built(make) for make in candidates.values())
    runtimes = [exact, *(runtime for runtime in built if runtime is not None)]
    seconds = dict.fromkeys(range(len(runtimes)), float("inf"))
    vectors: dict[int, Vectors] = {}
    # Round by round, so that a neighbour's load falls on all alike; the first round warms up and seldom is the best.
    for _ in range(_ROUNDS):
        for number, runtime in enumerate(runtimes):
            start = time.perf_counter()
            vectors[number] = encode(runtime)
            seconds[number] = min(seconds[number], time.perf_counter() - start)
    return [
        _compared(runtime.name, len(vectors[0]) / seconds[number], vectors[0], vectors[number])
        for number, runtime in enumerate(runtimes)
    ]


def neighbour_overlap(reference: Vectors, vectors: Vectors, k: int = 10) -> float:
    """Mean share, 0..1, of common members among the ``k`` nearest rows, asking both sets with exact queries."""
    k = min(k, len(reference) - 1)
    rows = [np.argsort(-(reference @ other.T), axis=1)[:, : k + 1] for other in (reference, vectors)]
    return float(np.mean([len(set(a) & set(b)) / len(a) for a, b in zip(*rows, strict=True)]))


def memo_path(tower: str, *traits: object) -> Path:
    """Where the answer is kept: one per kind of machine and version of the packages that compute.

    Args:
        tower: names the weights; becomes part of the file's name.
        traits: whatever else the answer depends on, e.g. the exporter's version.
    """
    from importlib.metadata import version

    versions = {name: version(name) for name in ("onnxruntime", "torch")}
    key = json.dumps([asdict(processor()) | {"memory_bytes": 0}, versions, *traits], sort_keys=True)
    return cache_folder() / f"runtime-{tower}-{hashlib.sha256(key.encode()).hexdigest()[:12]}.json"


def remembered(memo: Path) -> str | None:
    """Name of the runtime that was chosen here before; None if there was none, or it cannot be read."""
    try:
        return str(json.loads(memo.read_text(encoding="utf-8"))["runtime"])
    except (OSError, ValueError, TypeError, KeyError):
        return None


def _compared(name: str, rate: float, reference: Vectors, vectors: Vectors) -> Measurement:
    cosine = float((vectors * reference).sum(axis=1).mean())
    row = Measurement(name, rate, cosine, neighbour_overlap(reference, vectors))
    _log.debug("measured %s", row)
    return row


def _built(make: Callable[[], Runtime]) -> Runtime | None:
    try:
        return make()
    except LucidaError as error:
        _log.debug("a runtime is left out: %s", error)
        return None


def _write(memo: Path, name: str, rows: list[Measurement]) -> None:
    try:
        with replacing(memo) as part:
            part.write_text(json.dumps({"runtime": name, "measured": [asdict(row) for row in rows]}), encoding="utf-8")
    except ModelError as error:
        _log.debug("the measured choice is not remembered: %s", error)
