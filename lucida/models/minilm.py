"""The text encoder all-MiniLM-L6-v2: offline, exact, and without torch on the way to an answer.

A query runs on onnxruntime in float32. Ingest, where thousands of passages wait, runs on whatever ``calibration``
measured to be fastest on this machine among the ways that give the same vectors.

Source: Wang et al., "MiniLM" (2020); the checkpoint is sentence-transformers/all-MiniLM-L6-v2 (Apache-2.0).
"""

from __future__ import annotations

import hashlib
import threading
from typing import TYPE_CHECKING

import numpy as np

from lucida.lazy import require
from lucida.models import calibration, minilm_files, windows
from lucida.models.minilm_export import exported
from lucida.models.onnx_session import open_exported
from lucida.models.processor import processor
from lucida.models.runtime import OnnxRuntime

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from tokenizers import Tokenizer

    from lucida.models.protocols import Vectors
    from lucida.models.runtime import Runtime

SPEC = "minilm"
DIMENSION = 384
#: Tokens per window, [CLS] and [SEP] included: the length the model was fine-tuned with.
WINDOW = 256
#: Tokens that neighbouring windows of a long text share, so that a phrase at the seam is seen whole once.
OVERLAP = 16

#: Batches of about 1,000 tokens per core stay in the cache and keep every core busy.
_TOKENS_PER_CORE = 768


class MiniLM:
    """A ``TextEncoder``. Creating it checks the files; the graph and the tokeniser load at the first text.

    Args:
        files: the weights and the tokeniser; by default those of the installed package.

    Raises:
        DependencyError: the package that carries the weights is absent.
        ModelError: the weights or the tokeniser are not the published ones.
    """

    spec = SPEC
    dimension = DIMENSION

    def __init__(self, files: minilm_files.MiniLMFiles | None = None) -> None:
        self._files = files or minilm_files.find()
        minilm_files.verify(self._files)
        self._tokenizer: Tokenizer | None = None
        self._exact: Runtime | None = None
        self._bulk: Runtime | None = None
        self._seen = 0
        # Whoever loads ahead in a thread and whoever encodes first must not load twice.
        self._loading = threading.Lock()

    @property
    def fingerprint(self) -> str:
        """Hash of everything that shapes a vector: weights, tokeniser, pooling, window, overlap, normalisation."""
        parts = (minilm_files.WEIGHTS_SHA256, minilm_files.TOKENIZER_SHA256, "mean", WINDOW, OVERLAP, "unit")
        return "minilm-" + hashlib.sha256(repr(parts).encode()).hexdigest()[:24]

    @property
    def runtime_name(self) -> str:
        """What the next bulk of passages runs on, for reports; "onnx-fp32" until a bulk was large enough to measure."""
        return (self._bulk or self._exact_runtime()).name

    def encode_texts(self, texts: Sequence[str]) -> Vectors:
        """Encode passages or queries; see ``TextEncoder``."""
        if not texts:
            return np.zeros((0, DIMENSION), dtype=np.float32)
        vectors, cut = self._encoded(texts)
        return windows.join(vectors, cut.owner, cut.lengths, cut.texts)

    def encode_windows(self, texts: Sequence[str]) -> tuple[Vectors, NDArray[np.int64]]:
        """Encode each text as the windows that it needs, without averaging them; see ``SharedEncoder``."""
        if not texts:
            return np.zeros((0, DIMENSION), dtype=np.float32), np.zeros(0, dtype=np.int64)
        vectors, cut = self._encoded(texts)
        return vectors, cut.owner

    def _encoded(self, texts: Sequence[str]) -> tuple[Vectors, windows.Windows]:
        """One vector per window, float32, shape (windows, dimension), and what they are windows of."""
        with self._loading:
            cut = windows.split(self._tokenize_with(), texts)
            runtime = self._runtime_for(len(cut.ids))
        vectors = np.empty((len(cut.ids), DIMENSION), dtype=np.float32)
        for batch in windows.batches(cut, _TOKENS_PER_CORE * processor().cores):
            vectors[batch.rows] = runtime.run(batch.ids, batch.mask)
        return vectors, cut

    def _runtime_for(self, count: int) -> Runtime:
        """The exact runtime for queries and small jobs; the measured one once enough windows have gone through."""
        exact = self._exact_runtime()
        self._seen += count
        if self._bulk is None and count > 1 and self._seen >= calibration.windows_before():
            exact = self._exact = _load(self._files, packed=True)
            self._bulk = calibration.choose(self._files, exact)
        return self._bulk if self._bulk is not None and count > 1 else exact

    def _exact_runtime(self) -> Runtime:
        if self._exact is None:
            self._exact = _load(self._files, packed=False)
        return self._exact

    def _tokenize_with(self) -> Tokenizer:
        if self._tokenizer is None:
            tokenizer: Tokenizer = require("tokenizers", "encode text").Tokenizer.from_file(str(self._files.tokenizer))
            tokenizer.no_padding()
            tokenizer.enable_truncation(WINDOW, stride=OVERLAP)
            self._tokenizer = tokenizer
        return self._tokenizer

    def __reduce__(self) -> tuple[type[MiniLM], tuple[minilm_files.MiniLMFiles]]:
        # Sessions do not cross process borders; the other side loads its own.
        return type(self), (self._files,)


def _load(files: minilm_files.MiniLMFiles, *, packed: bool) -> OnnxRuntime:
    return open_exported(lambda: exported(files), lambda graph: OnnxRuntime(graph, name="onnx-fp32", packed=packed))
