"""Exports the MiniLM tower to ONNX once, checks it against torch, and keeps it in the cache folder."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import numpy as np

from lucida.errors import ModelError
from lucida.lazy import require
from lucida.models import bert_onnx, windows
from lucida.models.cache import cache_folder, replacing
from lucida.models.minilm_files import WEIGHTS_SHA256, MiniLMFiles
from lucida.models.runtime import OnnxRuntime, Runtime, TorchRuntime

if TYPE_CHECKING:
    from pathlib import Path

    from lucida.models.protocols import Vectors

#: Attention heads; the one size that the tensors' shapes do not tell.
HEADS = 12
#: Largest difference of any component between the exported graph and torch that counts as rounding.
#: Components are of the order of 0.05; measured differences are below 5e-7.
TOLERANCE = 1e-5

#: Short, long, padded, accented, numeric and empty: what a graph can get wrong differs between them.
CHECK_SENTENCES = (
    "",
    "A red bicycle leans against a brick wall.",
    "Invoice 2024-0173: total due 1.249,50 EUR by 31 March.",
    "Überweisung bitte bis zum Monatsende; naïve façade, 東京, ∑x².",
    "The committee met twice. " * 30,
)

_log = logging.getLogger(__name__)


def graph_path(*, quantised: bool = False) -> Path:
    """Where the exported graph lies or would lie: named by the weights' hash and the exporter's version."""
    kind = "int8" if quantised else "fp32"
    return cache_folder() / f"minilm-{WEIGHTS_SHA256[:12]}-v{bert_onnx.EXPORTER_VERSION}-{kind}.onnx"


def exported(files: MiniLMFiles, *, quantised: bool = False) -> Path:
    """The exported graph, made now if it is not there yet.

    The float32 graph is accepted only if it agrees with torch on ``CHECK_SENTENCES``. The quantised one differs by
    design: ``calibration`` judges whether it is good enough to be used.

    Raises:
        ModelError: the graph differs from torch, or the cache folder cannot be written.
        DependencyError: a package that the export needs is absent.
    """
    path = graph_path(quantised=quantised)
    if path.exists():
        return path
    _log.debug("exporting %s", path.name)
    weights = require("safetensors.numpy", "read weights").load_file(str(files.weights))
    with replacing(path) as part:
        part.write_bytes(bert_onnx.build(weights, heads=HEADS, quantised=quantised))
        if not quantised:
            _accept(difference(files, part))
    return path


def difference(files: MiniLMFiles, graph: Path) -> float:
    """Largest absolute difference of any vector component between ``graph`` and torch on ``CHECK_SENTENCES``."""
    ours = _encode(files, OnnxRuntime(graph, name="onnx-check"))
    reference = _encode(files, TorchRuntime(files.weights, heads=HEADS))
    return float(np.abs(ours - reference).max())


def _encode(files: MiniLMFiles, runtime: Runtime) -> Vectors:
    tokenizer = require("tokenizers", "encode text").Tokenizer.from_file(str(files.tokenizer))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    cut = windows.split(tokenizer, CHECK_SENTENCES)
    (batch,) = windows.batches(cut, 1_000_000)
    return runtime.run(batch.ids, batch.mask)


def _accept(found: float) -> None:
    if not found <= TOLERANCE:  # also refuses NaN
        raise ModelError(
            f"The exported text encoder differs from torch by {found:.2g}, more than {TOLERANCE:.0e}.",
            "Update the packages onnxruntime and torch, then try again.",
        )
