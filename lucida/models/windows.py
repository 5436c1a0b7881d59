"""Cuts texts into windows that fit an encoder, batches them with little padding, and joins their vectors again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

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


def bisect(text: str, tokens: Callable[[str], int], window: int) -> list[str]:
    """Halve a text at a space (inside a word if there is none) until every part fits the window.

    Args:
        text: any string.
        tokens: counts the tokens of a string as the window counts them.
        window: tokens that fit.
    """
    if tokens(text) <= window or len(text) < 2:
        return [text]
    return [part for half in _halves(text) for part in bisect(half, tokens, window)]


def bisected(
    texts: Sequence[str], lengths: Callable[[Sequence[str]], Sequence[int]], window: int
) -> tuple[list[str], NDArray[np.int64], NDArray[np.int64]]:
    """``bisect`` for many texts, counting all of them at once.

    Args:
        texts: any strings; lone surrogates (undecodable bytes of a file name) become question marks.
        lengths: counts the tokens of each string as the window counts them.
        window: tokens that fit.

    Returns:
        The parts, the text that each belongs to (int64, ascending), and their token counts (int64), all of one length.
    """
    parts = [(number, text.encode("utf-8", "replace").decode("utf-8")) for number, text in enumerate(texts)]
    while True:
        counts = list(lengths([part for _, part in parts])) if parts else []
        cut = [count > window and len(part) > 1 for count, (_, part) in zip(counts, parts, strict=True)]
        if not any(cut):
            break
        parts = [
            (number, piece)
            for (number, part), long in zip(parts, cut, strict=True)
            for piece in (_halves(part) if long else (part,))
        ]
    owner = np.array([number for number, _ in parts], dtype=np.int64)
    return [part for _, part in parts], owner, np.array(counts, dtype=np.int64)


def _halves(text: str) -> tuple[str, str]:
    middle = len(text) // 2
    before, after = text.rfind(" ", 1, middle), text.find(" ", middle, len(text) - 1)
    cut = min((place for place in (before, after) if place > 0), key=lambda place: abs(place - middle), default=middle)
    return text[:cut], text[cut:].lstrip(" ") or " "
