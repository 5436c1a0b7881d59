"""Cuts texts into windows that fit an encoder, batches them with little padding, and joins their vectors again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray
    from tokenizers import Tokenizer

    from lucida.models.protocols import Vectors


@dataclass(frozen=True, slots=True)
class Windows:
    """Token ids of all windows of some texts.

    Attributes:
        ids: one int64 array per window, special tokens included, no padding.
        owner: int64, shape (windows,): the text each window belongs to, ascending.
        texts: how many texts there were.
    """

    ids: list[NDArray[np.int64]]
    owner: NDArray[np.int64]
    texts: int

    @property
    def lengths(self) -> NDArray[np.int64]:
        """Tokens per window, shape (windows,)."""
        return np.array([len(row) for row in self.ids], dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Batch:
    """Windows padded to one length.

    Attributes:
        rows: int64, shape (n,): which windows these are.
        ids: int64, shape (n, t), padded with 0.
        mask: int64, shape (n, t), 1 where there is a token.
    """

    rows: NDArray[np.int64]
    ids: NDArray[np.int64]
    mask: NDArray[np.int64]


def split(tokenizer: Tokenizer, texts: Sequence[str]) -> Windows:
    """Tokenise texts into windows.

    Args:
        tokenizer: with truncation enabled: its length is the window's, its stride the overlap, both in tokens.
        texts: any strings; lone surrogates (undecodable bytes of a file name) count as unknown characters.
    """
    ids: list[NDArray[np.int64]] = []
    owner: list[int] = []
    clean = [text.encode("utf-8", "replace").decode("utf-8") for text in texts]
    for number, encoding in enumerate(tokenizer.encode_batch(clean)):
        for window in (encoding, *encoding.overflowing):
            ids.append(np.array(window.ids, dtype=np.int64))
            owner.append(number)
    return Windows(ids, np.array(owner, dtype=np.int64), len(texts))


def batches(windows: Windows, token_budget: int) -> Iterator[Batch]:
    """Group windows of similar length, each batch holding about ``token_budget`` tokens, longest first."""
    lengths = windows.lengths
    order = np.argsort(-lengths, kind="stable")
    start = 0
    while start < len(order):
        longest = int(lengths[order[start]])
        rows = order[start : start + max(1, token_budget // longest)]
        ids = np.zeros((len(rows), longest), dtype=np.int64)
        mask = np.zeros_like(ids)
        for place, row in enumerate(rows):
            ids[place, : lengths[row]] = windows.ids[row]
            mask[place, : lengths[row]] = 1
        yield Batch(rows, ids, mask)
        start += len(rows)


def join(vectors: Vectors, owner: NDArray[np.int64], tokens: NDArray[np.int64], texts: int) -> Vectors:
    """Average the windows' vectors per text, weighted by token counts, and scale to unit length.

    Args:
        vectors: shape (windows, dimension), unit length.
        owner: shape (windows,): the text each window belongs to, ascending, every text at least once.
        tokens: shape (windows,): the windows' token counts.
        texts: number of texts.

    Returns:
        float32, shape (texts, dimension).
    """
    if len(vectors) == texts:
        return vectors
    sums = np.zeros((texts, vectors.shape[1]), dtype=np.float32)
    np.add.at(sums, owner, vectors * tokens[:, None].astype(np.float32))
    return unit(sums)


def unit(vectors: Vectors) -> Vectors:
    """Scale rows to unit length; a zero row stays zero."""
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    scaled: Vectors = (vectors / np.maximum(norms, 1e-12)).astype(np.float32)
    return scaled
