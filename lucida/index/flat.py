"""Small segments: ``IndexIDMap2`` over ``IndexFlatIP``. Vectors are stored as they are, a search looks at each."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from lucida.lazy import require

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lucida.index.allowed import Allowed
    from lucida.models.protocols import Vectors


def flat_index(ids: NDArray[np.int64], vectors: Vectors) -> Any:
    """A FAISS index of these vectors, to be written.

    Args:
        ids: int64 (n,), ascending. An id that comes several times has several vectors.
        vectors: float32 (n, dimension), unit rows.
    """
    faiss = require("faiss", "store vectors")
    index = faiss.IndexIDMap2(faiss.IndexFlatIP(vectors.shape[1]))
    index.add_with_ids(np.ascontiguousarray(vectors, dtype=np.float32), np.ascontiguousarray(ids, dtype=np.int64))
    return index


class Flat:
    """An open flat index; rows stand in the order of their ids."""

    exact = True

    def __init__(self, index: Any) -> None:
        self._index = index
        self._faiss = require("faiss", "search vectors")

    @cached_property
    def ids(self) -> NDArray[np.int64]:
        """int64 (count,), in the order of the rows."""
        ids: NDArray[np.int64] = self._faiss.vector_to_array(self._index.id_map)
        return ids

    def rows_of(self, item_ids: NDArray[np.int64]) -> NDArray[np.int64]:
        """See ``Segment.rows_of``."""
        first, last = (np.searchsorted(self.ids, item_ids, side) for side in ("left", "right"))
        there = last > first
        spans = [np.arange(*span) for span in zip(first[there], last[there], strict=True)]
        return np.concatenate(spans) if spans else np.empty(0, dtype=np.int64)

    def vectors(self, rows: NDArray[np.bool_] | NDArray[np.int64] | slice) -> Vectors:
        """See ``Segment.vectors``."""
        flat = self._faiss.downcast_index(self._index.index)
        count, dimension = self._index.ntotal, self._index.d
        view = self._faiss.rev_swig_ptr(flat.get_xb(), count * dimension)
        copy: Vectors = view.reshape(count, dimension)[rows].copy()
        return copy

    def search(
        self, query: Vectors, wanted: int, keep: Allowed | None, best: int
    ) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """The ``wanted`` nearest vectors: cosines and ids, -1 where there are no more; ``best`` is of no account."""
        parameters = None if keep is None else self._faiss.SearchParameters(sel=keep.selector)
        scores, ids = self._index.search(query, wanted, params=parameters)
        return scores[0], ids[0]
