"""Writes a reader's folder, and exports its graph to the cache folder once, checked against what torch found."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from lucida.errors import ModelError
from lucida.lazy import require
from lucida.models import minilm_files
from lucida.models.cache import cache_folder, replacing
from lucida.models.minilm_export import HEADS
from lucida.models.reader import graph as writer
from lucida.models.reader.files import (
    CONFIG_NAME,
    FORM,
    WEIGHTS_NAME,
    Probe,
    ReaderFiles,
    load_tensors,
    merged,
)
from lucida.models.reader.pairs import Pairs
from lucida.models.reader.reader import SpanReader
from lucida.models.reader.runtime import OnnxSpans
from lucida.models.weights_hash import sha256_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lucida.models.protocols import SpanCalibration, SpanRuntime

#: Largest difference of a logit between the exported graph and torch that counts as rounding; logits are around 10.
TOLERANCE = 1e-2

#: Pairs that are read after training: with an answer, without, long enough for two windows.
_PROBES = (
    ("Who repaired the clock?", "The clock of the town hall stood still until Marta Lind repaired it in 1911."),
    ("When does the ferry leave?", "Invoice 2024-0173 of 3 May: 12 lamps, total due 1,249.50 EUR."),
    (
        "What was stored in the cellar?",
        "Nothing of note was found upstairs. " * 50 + "Barrels of oil stood in the cellar.",
    ),
)

_log = logging.getLogger(__name__)


def save_reader(
    folder: Path,
    tensors: Mapping[str, NDArray[np.float32]],
    *,
    first_layer: int,
    calibration: SpanCalibration,
    card: Mapping[str, Any],
    run_with: Callable[[Mapping[str, NDArray[np.float32]]], SpanRuntime],
) -> ReaderFiles:
    """Write ``reader.json`` and ``model.safetensors``.

    Args:
        folder: made if need be; files of these names are replaced.
        tensors: what was trained; see ``files``.
        first_layer: number of the first layer that was trained.
        calibration: from logits to probability.
        card: how it was trained.
        run_with: makes the trainer's own runtime, in float32, of tensors as they were written.

    Raises:
        ModelError: the folder cannot be written.
        DependencyError: MiniLM's package or safetensors is absent.
    """
    halves = {name: np.ascontiguousarray(tensor, dtype=np.float16) for name, tensor in tensors.items()}
    with replacing(folder / WEIGHTS_NAME) as part:
        require("safetensors.numpy", "write weights").save_file(halves, str(part), metadata={"format": "np"})
    runtime = run_with({name: tensor.astype(np.float32) for name, tensor in halves.items()})
    reader = SpanReader(Pairs(minilm_files.find().tokenizer), runtime, calibration)
    probes = [_probed(reader, question, passage) for question, passage in _PROBES]
    table = {
        "form": FORM,
        "base_sha256": minilm_files.WEIGHTS_SHA256,
        "weights_sha256": sha256_of(folder / WEIGHTS_NAME),
        "first_layer": first_layer,
        "calibration": asdict(calibration),
        "probes": [asdict(probe) for probe in probes],
        "card": dict(card),
    }
    with replacing(folder / CONFIG_NAME) as part:
        part.write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")
    return ReaderFiles(folder, folder / WEIGHTS_NAME, first_layer, calibration, tuple(probes), dict(card))


def graph_path(files: ReaderFiles) -> Path:
    """Where the exported graph lies or would lie: named by the weights' hash and the exporter's version."""
    traits = (sha256_of(files.weights), files.first_layer, minilm_files.WEIGHTS_SHA256, writer.EXPORTER_VERSION)
    return cache_folder() / f"reader-{hashlib.sha256(repr(traits).encode()).hexdigest()[:12]}-fp32.onnx"


def exported(files: ReaderFiles, base: minilm_files.MiniLMFiles) -> Path:
    """The exported graph, made now if it is not there yet.

    Raises:
        ModelError: the graph does not find what torch found, or the cache folder cannot be written.
        DependencyError: a package that the export needs is absent.
    """
    path = graph_path(files)
    if path.exists():
        return path
    _log.debug("exporting %s", path.name)
    weights = merged(load_tensors(base.weights), load_tensors(files.weights))
    with replacing(path) as part:
        part.write_bytes(writer.build(weights, heads=HEADS, first_layer=files.first_layer))
        _accept(SpanReader(Pairs(base.tokenizer), OnnxSpans(part), files.calibration), files.probes)
    return path


def _probed(reader: SpanReader, question: str, passage: str) -> Probe:
    ((best, *_),) = reader.read_raw(question, [passage], most=1)
    return Probe(question, passage, best.lead, best.answerable)


def _accept(reader: SpanReader, probes: tuple[Probe, ...]) -> None:
    found = 0.0
    for probe in probes:
        ours = _probed(reader, probe.question, probe.passage)
        found = max(found, abs(ours.lead - probe.lead), abs(ours.answerable - probe.answerable))
    if not found <= TOLERANCE:  # also refuses NaN
        raise ModelError(
            f"The exported reader differs from torch by {found:.2g}, more than {TOLERANCE:g}.",
            "Update the package onnxruntime, then try again.",
        )
