"""Executes the reader's exported graph."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lucida.models.onnx_session import open_session

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray


class OnnxSpans:
    """A ``SpanRuntime`` on onnxruntime, on the processor.

    Args:
        graph: an ONNX file as ``graph.build`` writes it.

    Raises:
        DependencyError: the package onnxruntime is absent.
        ModelError: the file does not load.
    """

    def __init__(self, graph: Path) -> None:
        self._session: Any = open_session(graph, "read passages")

    def run(
        self, ids: NDArray[np.int64], mask: NDArray[np.int64], types: NDArray[np.int64], marks: NDArray[np.int64]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """See ``SpanRuntime``."""
        given = {"input_ids": ids, "attention_mask": mask, "token_types": types, "marks": marks}
        logits, answerable = self._session.run(["logits", "answerable"], given)
        return logits, answerable[:, 0]
