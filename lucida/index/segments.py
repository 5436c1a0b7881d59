"""Vector segments: immutable files of vectors, whose ids are item ids, in FAISS' own format.

Small ones are flat (see ``flat``), large ones compact (see ``inverted``); the file says which it is. Where an item has
several vectors (a passage's windows), its id stands there several times.

Files are memory-mapped, so opening one costs neither time nor memory for what is not searched.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from lucida.errors import LibraryDamagedError
from lucida.index.allowed import Allowed, allowed
from lucida.index.faults import damaged
from lucida.index.flat import Flat, flat_index
from lucida.index.inverted import Inverted
from lucida.index.storage import DurableWriter, Stored
from lucida.lazy import require

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lucida.models.protocols import Vectors

SEGMENTS = "segments"
SUFFIX = ".faiss"

#: Squared norms of stored vectors lie this close to 1 (bfloat16 encoders normalise in float32).
_NORM_TOLERANCE = 1e-2
#: The same where each number is rounded to one of 256.
_ROUNDED_TOLERANCE = 5e-2
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


def fault_of(vectors: Vectors, tolerance: float = _NORM_TOLERANCE) -> str | None:
    """Why vectors cannot be stored or trusted, as a clause; None when they can."""
    if not np.isfinite(vectors).all():
        return "some vectors hold values that are not numbers"
    norms = np.einsum("ij,ij->i", vectors, vectors)
    if len(norms) and float(np.abs(norms - 1).max()) > tolerance:
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
    return write_index(writer, path, flat_index(ids, vectors))


def write_index(writer: DurableWriter, path: Path, index: Any) -> Stored:
    """Write a FAISS index as a segment through ``writer``; the caller publishes."""
    faiss = require("faiss", "store vectors")
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
        self.inner = self._open()

    def _open(self) -> Flat | Inverted:
        faiss = require("faiss", "search vectors")
        try:
            index = faiss.read_index(str(self.path), faiss.IO_FLAG_MMAP_IFC)
        except RuntimeError as error:
            raise self._damaged("cannot be read") from error
        shape = (index.d, index.ntotal, index.metric_type)
        kinds: dict[type, type[Flat | Inverted]] = {
            faiss.IndexIDMap2: Flat,
            faiss.IndexIVFScalarQuantizer: Inverted,
        }
        if type(index) not in kinds or shape != (self.info.dimension, self.info.count, faiss.METRIC_INNER_PRODUCT):
            raise self._damaged("holds something else than the catalogue says")
        return kinds[type(index)](index)

    def _damaged(self, what: str) -> LibraryDamagedError:
        return damaged(f"The vector file {self.path} {what}.")

    @property
    def exact(self) -> bool:
        """Whether vectors come back, and are compared, as they were given."""
        return self.inner.exact

    @property
    def ids(self) -> NDArray[np.int64]:
        """int64 (count,), in the order of the rows; ascending only in exact segments."""
        return self.inner.ids

    def rows_of(self, item_ids: NDArray[np.int64]) -> NDArray[np.int64]:
        """The rows that hold vectors of these items, int64 (n,), ascending.

        Args:
            item_ids: ascending, each once; those that are not here are passed over.
        """
        return self.inner.rows_of(item_ids)

    def vectors(self, rows: NDArray[np.bool_] | NDArray[np.int64] | slice = slice(None)) -> Vectors:
        """Copies of the vectors in the given rows: float32 (n, dimension). From compact segments, they are rounded."""
        return self.inner.vectors(rows)

    def check(self) -> None:
        """Read the whole file and hold it against the catalogue.

        Raises:
            LibraryDamagedError: a byte differs, or a vector is no unit vector of numbers.
        """
        with self.path.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != self.info.sha256:
                raise self._damaged("is altered: its hash is not the one in the catalogue")
        tolerance = _NORM_TOLERANCE if self.exact else _ROUNDED_TOLERANCE
        for start in range(0, self.info.count, 1 << 14):
            if fault := fault_of(self.vectors(slice(start, start + (1 << 14))), tolerance):
                raise self._damaged(f"is of no use: {fault}")

    def search(self, query: Vectors, k: int, keep: Allowed | None) -> list[tuple[float, int]]:
        """At least the ``k`` best items of this segment by their best vector, ties included: (minus cosine, item id).

        Where items have several vectors, those of a few may fill the list, so it is lengthened until it holds enough.
        """
        wanted = min(round(k * self.info.spread) + _TIES, self.info.count)
        while True:
            scores, ids = self.inner.search(query, wanted, keep, wanted - _TIES)
            best: dict[int, float] = {}
            for score, item in zip(scores.tolist(), ids.tolist(), strict=True):
                if item >= 0:
                    best.setdefault(item, -round(score, 6))
            if len(best) >= k or wanted == self.info.count or not len(ids) or ids[-1] < 0:
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
    keep = allowed(dead, among)
    with _one_thread():
        merged = sorted(hit for segment in segments for hit in segment.search(query, k, keep))
    return [(item, -negated) for negated, item in merged[:k]]


@contextmanager
def _one_thread() -> Iterator[None]:
    """Search on the caller's thread alone: a few milliseconds' work is done before others have been waited for."""
    faiss = require("faiss", "search vectors")
    before = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)
    try:
        yield
    finally:
        faiss.omp_set_num_threads(before)
