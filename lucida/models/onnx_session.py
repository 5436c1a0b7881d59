"""Opens ONNX graphs on the processor, and holds them open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from lucida.errors import ModelError
from lucida.lazy import require
from lucida.models.processor import processor

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

T = TypeVar("T")


class OnnxGraph:
    """A graph held open by onnxruntime on the processor.

    Args:
        graph: an ONNX file that was exported here.
        name: what to call it in measurements and logs.
        packed: see ``open_session``.

    Raises:
        DependencyError: the package onnxruntime is absent.
        ModelError: the file does not load.
    """

    #: What the graph is needed for, completing "... is needed to <purpose>".
    purpose: ClassVar[str]

    def __init__(self, graph: Path, *, name: str, packed: bool = True) -> None:
        self.name = name
        self._session: Any = open_session(graph, self.purpose, packed=packed)

    def _ask(self, output: str, **inputs: NDArray[Any]) -> NDArray[np.float32]:
        answer: NDArray[np.float32] = self._session.run([output], inputs)[0]
        return answer


def open_exported(export: Callable[[], Path], opened: Callable[[Path], T]) -> T:
    """Open an exported graph, and export it once more where the file that was kept has gone bad.

    Args:
        export: gives the file, made now or kept from an earlier time.
        opened: opens it.

    Raises:
        ModelError: what was exported just now does not load either, and that is a fault.
    """
    graph = export()
    try:
        return opened(graph)
    except ModelError:
        graph.unlink(missing_ok=True)
        return opened(export())


def open_session(graph: Path, purpose: str, *, packed: bool = True) -> Any:
    """An onnxruntime session on as many threads as there are cores.

    Args:
        graph: an ONNX file that was exported here.
        purpose: what it is needed for, completing "... is needed to <purpose>".
        packed: lay weights out for long runs while it opens. Without, a sentence encoder opens in under half the time,
            and each run takes some percent longer.

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
    if not packed:
        options.add_session_config_entry("session.disable_prepacking", "1")
    try:
        return runtime.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])
    except Exception as error:
        raise ModelError(
            f"The exported encoder {graph} does not load: {error}.",
            "Delete the file; it is exported again at the next use.",
        ) from error
