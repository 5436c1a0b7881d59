"""Opens ONNX graphs on the processor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lucida.errors import ModelError
from lucida.lazy import require
from lucida.models.processor import processor

if TYPE_CHECKING:
    from pathlib import Path


def open_session(graph: Path, purpose: str) -> Any:
    """An onnxruntime session on as many threads as there are cores.

    Args:
        graph: an ONNX file that was exported here.
        purpose: what it is needed for, completing "... is needed to <purpose>".

    Raises:
        DependencyError: the package onnxruntime is absent.
        ModelError: the file does not load.
    """
    runtime = require("onnxruntime", purpose)
    options = runtime.SessionOptions()
    options.intra_op_num_threads = processor().cores
    options.log_severity_level = 3
    # Threads that spin between calls would take the cores from the processes that read documents.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        return runtime.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])
    except Exception as error:
        raise ModelError(
            f"The exported encoder {graph} does not load: {error}.",
            "Delete the file; it is exported again at the next use.",
        ) from error
