"""The text tower's choice of runtime: what there is to choose from, and what it is measured on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lucida.models import choosing
from lucida.models.bert_onnx import EXPORTER_VERSION
from lucida.models.minilm_export import HEADS, exported
from lucida.models.minilm_files import WEIGHTS_SHA256, MiniLMFiles
from lucida.models.processor import Processor, processor
from lucida.models.runtime import OnnxRuntime, Runtime, TorchRuntime

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from lucida.models.protocols import Vectors

_CLS, _SEP = 101, 102


def choose(files: MiniLMFiles, exact: Runtime) -> Runtime:
    """The runtime for bulk work: as remembered for this machine, else measured now; see ``choosing.choose``."""
    return choosing.choose(exact, _candidates(files, processor()), encode_probe, _memo())


def windows_before() -> int:
    """How many windows have to come together in one process before ``choose`` is worth its cost.

    Measuring takes seconds, and so does importing torch; opening another graph does not.
    """
    remembered = choosing.remembered(_memo())
    if remembered is None:
        return 512
    return 128 if remembered.startswith("torch") else 16


def encode_probe(runtime: Runtime) -> Vectors:
    """Encode the probe in the batches that ``MiniLM`` makes of such windows; shape (32, dimension)."""
    ids, mask = probe()
    size = 4 * processor().cores
    return np.concatenate([runtime.run(ids[at : at + size], mask[at : at + size]) for at in range(0, len(ids), size)])


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


def _candidates(files: MiniLMFiles, machine: Processor) -> dict[str, Callable[[], Runtime]]:
    found: dict[str, Callable[[], Runtime]] = {
        "onnx-int8": lambda: OnnxRuntime(exported(files, quantised=True), name="onnx-int8")
    }
    if machine.multiplies_bf16:
        found["torch-bf16"] = lambda: TorchRuntime(files.weights, heads=HEADS, bfloat16=True)
    return found


def _memo() -> Path:
    return choosing.memo_path(WEIGHTS_SHA256[:12], EXPORTER_VERSION)
