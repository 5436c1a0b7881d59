"""All pairs of pictures that lie close: by perceptual hash in bits, by vector in cosine. FAISS does the searching.

Hashes are compared all with all, each pair once (``IndexBinaryFlat``): 100,000 take seconds, and no pair is missed.
Above ``_MANY`` the work would grow to minutes, and multi-index hashing takes over (Norouzi, Punjani and Fleet, "Fast
Exact Search in Hamming Space with Multi-Index Hashing", 2014), within a smaller radius.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from lucida.lazy import require

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lucida.models.protocols import Vectors

_MANY = 250_000
_BLOCK = 4096
#: Multi-index hashing over four parts with one bit flipped in each finds everything within 2 * 4 - 1 bits.
_PARTS, _FLIPS, _MANY_BITS = 4, 1, 7
#: A picture's pairs beyond these are left out: a folder of ten thousand equal frames has fifty million.
MOST_PAIRS = 200
#: Above so many vectors an inverted file answers, looking into this share of its cells and at least so many.
_EXACT_VECTORS, _PROBED, _LEAST_PROBED = 30_000, 1 / 32, 16


class Pairs(NamedTuple):
    """Positions of pairs, int64 (n,) each with ``first < second``, and how close each is (float32)."""

    first: NDArray[np.int64]
    second: NDArray[np.int64]
    closeness: NDArray[np.float32]


def by_hash(hashes: NDArray[np.uint64], most_bits: int) -> Pairs:
    """Pairs whose hashes differ in at most ``most_bits`` bits (of 64); closeness is the number of equal bits.

    Raises:
        DependencyError: FAISS is not installed.
    """
    codes = hashes.astype(">u8").view(np.uint8).reshape(-1, 8)
    if len(codes) > _MANY:
        return _by_parts(codes, min(most_bits, _MANY_BITS))
    faiss = require("faiss", "compare pictures")
    found = []
    for end in range(len(codes), 0, -_BLOCK):  # the last block sees all before it, and so on down
        start = max(end - _BLOCK, 0)
        index = faiss.IndexBinaryFlat(64)
        index.add(codes[:end])
        limits, bits, others = index.range_search(codes[start:end], most_bits + 1)
        found.append(_pairs(limits, others, 64.0 - bits, start))
    return _joined(found)


def by_vector(vectors: Vectors, least_cosine: float) -> Pairs:
    """Pairs whose vectors (unit rows, float32 (n, dimension)) have at least this cosine, which is their closeness.

    Exact below 30,000 vectors; above, an inverted file misses few of the close ones.

    Raises:
        DependencyError: FAISS is not installed.
    """
    index = _vector_index(np.ascontiguousarray(vectors, dtype=np.float32))
    found = []
    for start in range(0, len(vectors), _BLOCK):
        block = np.ascontiguousarray(vectors[start : start + _BLOCK], dtype=np.float32)
        limits, cosines, others = index.range_search(block, least_cosine)
        found.append(_pairs(limits, others, cosines, start))
    return _joined(found)


def _vector_index(vectors: Vectors) -> Any:
    faiss = require("faiss", "compare pictures")
    dimension = vectors.shape[1]
    if len(vectors) <= _EXACT_VECTORS:
        index = faiss.IndexFlatIP(dimension)
    else:
        cells = int(4 * np.sqrt(len(vectors)))
        index = faiss.IndexIVFFlat(faiss.IndexFlatIP(dimension), dimension, cells, faiss.METRIC_INNER_PRODUCT)
        index.cp.niter = 8
        index.train(vectors[:: max(len(vectors) // (cells * 40), 1)])
        index.nprobe = max(int(cells * _PROBED), _LEAST_PROBED)
    index.add(vectors)
    return index


def _by_parts(codes: NDArray[np.uint8], most_bits: int) -> Pairs:
    faiss = require("faiss", "compare pictures")
    index = faiss.IndexBinaryMultiHash(64, _PARTS, 64 // _PARTS)
    index.nflip = _FLIPS
    index.add(codes)
    found = []
    for start in range(0, len(codes), _BLOCK):
        limits, bits, others = index.range_search(codes[start : start + _BLOCK], most_bits + 1)
        found.append(_pairs(limits, others, 64.0 - bits, start))
    return _joined(found)


def _pairs(limits: NDArray[np.uint64], others: NDArray[np.int64], closeness: NDArray[np.float32], start: int) -> Pairs:
    """FAISS's ragged answer as pairs, each once and no more than the closest ``MOST_PAIRS`` of a picture."""
    ends: NDArray[np.int64] = limits.astype(np.int64)
    counts = ends[1:] - ends[:-1]
    first = np.repeat(np.arange(start, start + len(counts), dtype=np.int64), counts)
    kept = others < first
    first, others, closeness = first[kept], others[kept], closeness[kept]
    if len(counts) and counts.max() > MOST_PAIRS:
        order = np.lexsort((others, -closeness, first))
        first, others, closeness = first[order], others[order], closeness[order]
        starts = np.searchsorted(first, first)
        kept = np.arange(len(first)) - starts < MOST_PAIRS
        first, others, closeness = first[kept], others[kept], closeness[kept]
    return Pairs(others, first, closeness.astype(np.float32))


def _joined(found: list[Pairs]) -> Pairs:
    if not found:
        nobody = np.zeros(0, dtype=np.int64)
        return Pairs(nobody, nobody, np.zeros(0, dtype=np.float32))
    first, second, closeness = (np.concatenate(column) for column in zip(*found, strict=True))
    order = np.lexsort((second, first))
    return Pairs(first[order], second[order], closeness[order])
