"""Measures once per machine which way of running the text tower is fastest among those that give the same vectors.

The answer depends on the processor in ways no table foresees (float32 through onnxruntime beats torch by 2x on some,
bfloat16 wins on AMX, 8-bit integers on VNNI), so it is measured and the answer kept in the cache folder.
"""

from __future__ import annotations

import hashlib
import json
import logging
import time
from dataclasses import asdict, dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING

import numpy as np

from lucida.errors import LucidaError, ModelError
from lucida.models.bert_onnx import EXPORTER_VERSION
from lucida.models.cache import cache_folder, replacing
from lucida.models.minilm_export import HEADS, exported
from lucida.models.minilm_files import WEIGHTS_SHA256, MiniLMFiles
from lucida.models.processor import Processor, processor
from lucida.models.runtime import OnnxRuntime, Runtime, TorchRuntime

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from lucida.models.protocols import Vectors

#: A faster way must reach this mean cosine to float32 ...
MIN_COSINE = 0.99
#: ... and this mean share of common members among each probe's ten nearest neighbours.
MIN_OVERLAP = 0.9
#: A gain below this is not worth moving any further from the float32 vectors.
MIN_GAIN = 1.25

_ROUNDS = 3

_CLS, _SEP = 101, 102

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Measurement:
    """One way of running the tower, measured on the probe.

    Attributes:
        runtime: its name.
        windows_per_second: best of the repetitions.
        cosine: mean cosine to the float32 vectors.
        overlap: mean share of common members among the ten nearest neighbours.
    """

    runtime: str
    windows_per_second: float
    cosine: float
    overlap: float

    @property
    def faithful(self) -> bool:
        """Whether its vectors may stand beside float32 ones in the same index."""
        return self.cosine >= MIN_COSINE and self.overlap >= MIN_OVERLAP


def choose(files: MiniLMFiles, exact: Runtime) -> Runtime:
    """The runtime for bulk work: as remembered for this machine, else measured now.

    A candidate that fails to load or to run is left out; ``exact`` is always there to fall back on.
    """
    candidates = _candidates(files, processor())
    remembered = _read(_memo(processor()))
    name = remembered if remembered in {exact.name, *candidates} else None
    if name is None:
        rows = measure(exact, candidates)
        name = pick(rows, exact.name)
        _write(_memo(processor()), name, rows)
    if name == exact.name:
        return exact
    return _built(candidates[name]) or exact


def windows_before() -> int:
    """How many windows have to come together in one process before ``choose`` is worth its cost.

    Measuring takes seconds, and so does importing torch; opening another graph does not.
    """
    remembered = _read(_memo(processor()))
    if remembered is None:
        return 512
    return 128 if remembered.startswith("torch") else 16


def pick(rows: list[Measurement], exact: str) -> str:
    """Start from the exact runtime and give up fidelity step by step, each time only for a clear gain in speed."""
    chosen = next(row for row in rows if row.runtime == exact)
    others = (row for row in rows if row.faithful and row.runtime != exact)
    for row in sorted(others, key=lambda row: row.cosine, reverse=True):
        if row.windows_per_second >= MIN_GAIN * chosen.windows_per_second:
            chosen = row
    return chosen.runtime


def measure(exact: Runtime, candidates: dict[str, Callable[[], Runtime]]) -> list[Measurement]:
    """Run each on the same probe and compare with ``exact``, which comes first in the result."""
    built = (_built(make) for make in candidates.values())
    runtimes = [exact, *(runtime for runtime in built if runtime is not None)]
    ids, mask = probe()
    seconds = dict.fromkeys(range(len(runtimes)), float("inf"))
    vectors: dict[int, Vectors] = {}
    # Round by round, so that a neighbour's load falls on all alike; the first round warms up and seldom is the best.
    for _ in range(_ROUNDS):
        for number, runtime in enumerate(runtimes):
            start = time.perf_counter()
            vectors[number] = _encode(runtime, ids, mask)
            seconds[number] = min(seconds[number], time.perf_counter() - start)
    return [
        _compared(runtime.name, len(ids) / seconds[number], vectors[0], vectors[number])
        for number, runtime in enumerate(runtimes)
    ]


def probe() -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Token ids and mask, both (32, 192): whole words of the vocabulary, each row drawn from few so that rows differ.

    192 tokens are what 900 characters of prose come to.
    """
    random = np.random.default_rng(0)
    # In this vocabulary special tokens, single characters and symbols come before 1996; frequent words follow.
    topics = random.integers(1996, 12000, size=(32, 48))
    ids = np.take_along_axis(topics, random.integers(0, 48, size=(32, 192)), axis=1)
    ids[:, 0], ids[:, -1] = _CLS, _SEP
    return ids, np.ones_like(ids)


def neighbour_overlap(reference: Vectors, vectors: Vectors, k: int = 10) -> float:
    """Mean share, 0..1, of common members among the ``k`` nearest rows, asking both sets with exact queries."""
    k = min(k, len(reference) - 1)
    rows = [np.argsort(-(reference @ other.T), axis=1)[:, : k + 1] for other in (reference, vectors)]
    return float(np.mean([len(set(a) & set(b)) / len(a) for a, b in zip(*rows, strict=True)]))


def _encode(runtime: Runtime, ids: NDArray[np.int64], mask: NDArray[np.int64]) -> Vectors:
    size = 4 * processor().cores  # the batches that ``MiniLM`` makes of such windows
    return np.concatenate([runtime.run(ids[at : at + size], mask[at : at + size]) for at in range(0, len(ids), size)])


def _compared(name: str, rate: float, reference: Vectors, vectors: Vectors) -> Measurement:
    cosine = float((vectors * reference).sum(axis=1).mean())
    row = Measurement(name, rate, cosine, neighbour_overlap(reference, vectors))
    _log.debug("measured %s", row)
    return row


def _candidates(files: MiniLMFiles, machine: Processor) -> dict[str, Callable[[], Runtime]]:
    found: dict[str, Callable[[], Runtime]] = {
        "onnx-int8": lambda: OnnxRuntime(exported(files, quantised=True), name="onnx-int8")
    }
    if machine.multiplies_bf16:
        found["torch-bf16"] = lambda: TorchRuntime(files.weights, heads=HEADS, bfloat16=True)
    return found


def _built(make: Callable[[], Runtime]) -> Runtime | None:
    try:
        return make()
    except LucidaError as error:
        _log.debug("a runtime is left out: %s", error)
        return None


def _memo(machine: Processor) -> Path:
    """One answer per kind of machine and version of the packages that compute."""
    versions = {name: version(name) for name in ("onnxruntime", "torch")}
    key = json.dumps([asdict(machine) | {"memory_bytes": 0}, versions, EXPORTER_VERSION], sort_keys=True)
    return cache_folder() / f"runtime-{WEIGHTS_SHA256[:12]}-{hashlib.sha256(key.encode()).hexdigest()[:12]}.json"


def _read(memo: Path) -> str | None:
    try:
        return str(json.loads(memo.read_text(encoding="utf-8"))["runtime"])
    except (OSError, ValueError, TypeError, KeyError):
        return None


def _write(memo: Path, name: str, rows: list[Measurement]) -> None:
    try:
        with replacing(memo) as part:
            part.write_text(json.dumps({"runtime": name, "measured": [asdict(row) for row in rows]}), encoding="utf-8")
    except ModelError as error:
        _log.debug("the measured choice is not remembered: %s", error)
