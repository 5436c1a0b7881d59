"""Loads a reader from its folder; the graph is exported and opened at the first question."""

from __future__ import annotations

import threading
from functools import partial
from typing import TYPE_CHECKING

from lucida.errors import ModelError
from lucida.models import minilm_files
from lucida.models.reader.export import exported
from lucida.models.reader.files import ReaderFiles, find, read
from lucida.models.reader.pairs import Pairs
from lucida.models.reader.reader import SPEC, SpanReader
from lucida.models.reader.runtime import OnnxSpans

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray


def load_shipped() -> SpanReader | None:
    """The reader that this installation has; None where it has none.

    Raises:
        ModelError: its files are damaged.
        DependencyError: MiniLM's package is absent.
    """
    folder = find()
    return None if folder is None else load_reader(folder)


def load_reader(folder: Path) -> SpanReader:
    """The reader in a folder, as ``lucida train reader`` writes it.

    Raises:
        ModelError: a file is missing, altered or of another form.
        DependencyError: MiniLM's package is absent.
    """
    files, base = read(folder), minilm_files.find()
    minilm_files.verify(base)
    runtime = _Later(partial(_open, files, base))
    return SpanReader(Pairs(base.tokenizer), runtime, files.calibration, SPEC)


def _open(files: ReaderFiles, base: minilm_files.MiniLMFiles) -> OnnxSpans:
    graph = exported(files, base)
    try:
        return OnnxSpans(graph)
    except ModelError:
        # A cached graph that went bad can be made again; one that was made just now and does not load is a fault.
        graph.unlink(missing_ok=True)
        return OnnxSpans(exported(files, base))


class _Later:
    """A runtime that opens when it is first needed, once, whichever thread comes first."""

    def __init__(self, open_now: Callable[[], OnnxSpans]) -> None:
        self._open, self._loading = open_now, threading.Lock()
        self._opened: OnnxSpans | None = None

    def run(
        self, ids: NDArray[np.int64], mask: NDArray[np.int64], types: NDArray[np.int64], marks: NDArray[np.int64]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        with self._loading:
            if self._opened is None:
                self._opened = self._open()
        return self._opened.run(ids, mask, types, marks)
