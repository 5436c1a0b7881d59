"""Vector segments: immutable FAISS files, one ``IndexIDMap2`` over ``IndexFlatIP`` each, whose ids are item ids.

Where an item has several vectors (a passage's windows), its id stands there several times.

Files are memory-mapped, so opening one costs neither time nor memory for what is not searched.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from lucida.errors import LibraryDamagedError
from lucida.index.faults import damaged
from lucida.index.storage import DurableWriter, Stored
from lucida.lazy import require

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lucida.models.protocols import Vectors

SEGMENTS = "segments"
SUFFIX = ".faiss"

#: Squared norms of stored vectors lie this close to 1 (bfloat16 encoders normalise in float32).
_NORM_TOLERANCE = 1e-2
#: Asked for beyond k, so that equal vectors at the border are ordered by id and not by where they lie.
_TIES = 32
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class SegmentInfo:
    """A segment as the catalogue knows it."""

    id: int
    name: str
    kind: str
    dimension: int
    count: int
    sha256: str
    bytes: int
    fingerprint: str = ""
    items: int = 0

    @property
    def spread(self) -> float:
        """Vectors per item, at least 1."""
        return max(self.count / max(self.items, 1), 1.0) if self.items else 1.0


def fault_of(vectors: Vectors) -> str | None:
    """Why vectors cannot be stored or trusted, as a clause; None when they can."""
    if not np.isfinite(vectors).all():
        return "some vectors hold values that are not numbers"
    norms = np.einsum("ij,ij->i", vectors, vectors)
    if len(norms) and float(np.abs(norms - 1).max()) > _NORM_TOLERANCE:
        return "some vectors are not of unit length"
    return None


def write_segment(writer: DurableWriter, path: Path, ids: NDArray[np.int64], vectors: Vectors) -> Stored:
    """Write one segment through ``writer``; the caller publishes.

    Args:
        writer: makes the file durable.
        path: where the file will appear.
        ids: int64 (n,), ascending. An id that comes several times has several vectors.
        vectors: float32 (n, dimension), unit rows.
    """
    faiss = require("faiss", "store vectors")
    index = faiss.IndexIDMap2(faiss.IndexFlatIP(vectors.shape[1]))
    index.add_with_ids(np.ascontiguousarray(vectors, dtype=np.float32), np.ascontiguousarray(ids, dtype=np.int64))
    return writer.write(path, lambda take: faiss.write_index(index, faiss.PyCallbackIOWriter(take, _CHUNK)))


class Segment:
    """An open segment. Its file may be deleted meanwhile: what is mapped stays readable.

    Raises:
        FileNotFoundError: there is no such file.
        LibraryDamagedError: the file's size, kind, dimension or count is not what the catalogue says.
    """

    def __init__(self, root: Path, info: SegmentInfo) -> None:
        self.info = info
        self.path = root / info.name
        # A mapped file that is shorter than its header claims would end the process on access.
        if self.path.stat().st_size != info.bytes:
            raise self._damaged("has another size than the catalogue says")
        self._faiss = require("faiss", "search vectors")
        self._index = self._open()

    def _open(self) -> Any:
        try:
            index = self._faiss.read_index(str(self.path), self._faiss.IO_FLAG_MMAP_IFC)
        except RuntimeError as error:
            raise self._damaged("cannot be read") from error
        shape = (index.d, index.ntotal, index.metric_type)
        expected = (self.info.dimension, self.info.count, self._faiss.METRIC_INNER_PRODUCT)
        if not isinstance(index, self._faiss.IndexIDMap2) or shape != expected:
            raise self._damaged("holds something else than the catalogue says")
        return index

    def _damaged(self, what: str) -> LibraryDamagedError:
        return damaged(f"The vector file {self.path} {what}.")

    @cached_property
    def ids(self) -> NDArray[np.int64]:
        """int64 (count,), in the order of the vectors."""
        ids: NDArray[np.int64] = self._faiss.vector_to_array(self._index.id_map)
        return ids

    def rows_of(self, item_ids: NDArray[np.int64]) -> NDArray[np.int64]:
        """The rows that hold vectors of these items, int64 (n,), ascending.

        Args:
            item_ids: ascending, each once; those that are not here are passed over.
        """
        first, last = (np.searchsorted(self.ids, item_ids, side) for side in ("left", "right"))
        there = last > first
        spans = [np.arange(*span) for span in zip(first[there], last[there], strict=True)]
        return np.concatenate(spans) if spans else np.empty(0, dtype=np.int64)

    def vectors(self, rows: NDArray[np.bool_] | NDArray[np.int64] | slice = slice(None)) -> Vectors:
        """Copies of the vectors in the given rows: float32 (n, dimension)."""
        flat = self._faiss.downcast_index(self._index.index)
        view = self._faiss.rev_swig_ptr(flat.get_xb(), self.info.count * self.info.dimension)
        copy: Vectors = view.reshape(self.info.count, self.info.dimension)[rows].copy()
        return copy

    def check(self) -> None:
        """Read the whole file and hold it against the catalogue.

        Raises:
            LibraryDamagedError: a byte differs, or a vector is no unit vector of numbers.
        """
        with self.path.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != self.info.sha256:
                raise self._damaged("is altered: its hash is not the one in the catalogue")
        for start in range(0, self.info.count, 1 << 14):
            if fault := fault_of(self.vectors(slice(start, start + (1 << 14)))):
                raise self._damaged(f"is of no use: {fault}")

    def search(self, query: Vectors, k: int, selector: Any) -> list[tuple[float, int]]:
        """At least the ``k`` best items of this segment by their best vector, ties included: (minus cosine, item id).

        Where items have several vectors, those of a few may fill the list, so it is lengthened until it holds enough.
        """
        wanted = min(round(k * self.info.spread) + _TIES, self.info.count)
        parameters = None if selector is None else self._faiss.SearchParameters(sel=selector)
        while True:
            scores, ids = self._index.search(query, wanted, params=parameters)
            best: dict[int, float] = {}
            for score, item in zip(scores[0].tolist(), ids[0].tolist(), strict=True):
                if item >= 0:
                    best.setdefault(item, -round(score, 6))
            if len(best) >= k or wanted == self.info.count or ids[0][-1] < 0:
                return [(negated, item) for item, negated in best.items()]
            wanted = min(wanted * 2, self.info.count)


def search_segments(
    segments: Sequence[Segment], query: Vectors, k: int, *, dead: NDArray[np.int64], among: NDArray[np.int64] | None
) -> list[tuple[int, float]]:
    """Search all segments and merge: (item id, cosine to six decimals), best first, ties by id.

    Args:
        segments: all of one dimension.
        query: float32 (1, dimension), unit length.
        k: how many at most.
        dead: int64, ids that must not appear.
        among: int64, the only ids that may appear; None for all.
    """
    selector = _selector(dead, among)
    merged = sorted(hit for segment in segments for hit in segment.search(query, k, selector))
    return [(item, -negated) for negated, item in merged[:k]]


def _selector(dead: NDArray[np.int64], among: NDArray[np.int64] | None) -> Any:
    faiss = require("faiss", "search vectors")
    if among is not None:
        return _bitmap(faiss, np.setdiff1d(among, dead))
    return faiss.IDSelectorNot(_bitmap(faiss, dead)) if len(dead) else None


def _bitmap(faiss: Any, ids: NDArray[np.int64]) -> Any:
    bits = np.zeros(int(ids.max(initial=0)) + 1, dtype=np.bool_)
    bits[ids] = True
    return faiss.IDSelectorBitmap(np.packbits(bits, bitorder="little"))
