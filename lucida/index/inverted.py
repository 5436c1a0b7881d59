"""Large segments: ``IndexIVFScalarQuantizer``, vectors in lists around centres, one byte for each number.

A vector's code does not depend on its list, so that lists can be copied from segment to segment, and decoding and
encoding again with the same ranges changes nothing.

How many lists a search looks at was measured when the segment was built (``building.calibrated``) and is kept in the
file as FAISS' ``nprobe``: enough for the ten best. A search for more looks at more, by the law ``_DEPTH_POWER``. A
search among some items looks, in the order of the centres' nearness, at lists that hold any of them, until it has seen
enough of those (``_NARROW_SHARE``). So a filter costs no recall, however it lies across the lists, and
where few items pass, all of them are looked at.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from lucida.index.allowed import Allowed
from lucida.lazy import require

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lucida.models.protocols import Vectors

#: The number of lists that holds the best k grows with about this power of k beyond ten.
_DEPTH_POWER = 0.5
_CALIBRATED_DEPTH = 10
#: Vectors that a search among some items looks at, as a share of what a search among all looks at. Its lists lie
#: closer together than its vectors do, so that it finds as much with fewer.
_NARROW_SHARE = 0.5
#: Where so few vectors may appear, all of them are looked at.
_ALL_BELOW = 4_000
#: Ids between the least and the largest for each one that is there, at most, to keep a table of them.
_SPARSEST = 16
_NONE = np.empty(0, dtype=np.int64)


class Inverted:
    """An open compact index; rows stand list after list.

    Args:
        index: FAISS' ``IndexIVFScalarQuantizer``.
    """

    exact = False

    def __init__(self, index: Any) -> None:
        self.index = index
        self._faiss = require("faiss", "search vectors")

    @cached_property
    def sizes(self) -> NDArray[np.int64]:
        """Vectors of each list: int64 (lists,)."""
        lists = self.index.invlists
        return np.array([lists.list_size(number) for number in range(lists.nlist)], dtype=np.int64)

    @cached_property
    def _starts(self) -> NDArray[np.int64]:
        return np.concatenate([[0], np.cumsum(self.sizes)])

    @cached_property
    def _compact_ids(self) -> NDArray[np.uint32] | NDArray[np.int64]:
        """Ids in the order of the rows, in half the memory where they are small enough, as they are for long."""
        parts = [self.list_ids(number) for number in np.flatnonzero(self.sizes).tolist()]
        largest = max((int(part.max()) for part in parts), default=0)
        return np.concatenate([part.astype(np.uint32 if largest < 1 << 32 else np.int64) for part in parts])

    @cached_property
    def _list_of(self) -> tuple[int, NDArray[np.unsignedinteger[Any]]] | None:
        """The least id, and the list of each id from there on; the number after the last list for ids that are absent.

        None where it would not do: items have several vectors, or few of the ids between least and largest are here.
        """
        ids = self._compact_ids
        first, size = int(ids.min()), int(ids.max() - ids.min()) + 1
        if size > _SPARSEST * len(ids):
            return None
        lists: NDArray[np.unsignedinteger[Any]] = np.full(
            size, self.index.nlist, dtype=np.uint16 if self.index.nlist < 1 << 16 else np.uint32
        )
        lists[ids - first] = np.repeat(np.arange(self.index.nlist), self.sizes)
        return (first, lists) if np.count_nonzero(lists < self.index.nlist) == len(ids) else None

    @property
    def ids(self) -> NDArray[np.int64]:
        """int64 (count,), in the order of the rows."""
        return self._compact_ids.astype(np.int64)

    def list_ids(self, number: int) -> NDArray[np.int64]:
        """Ids of one list: int64 (size,), a view into the file."""
        view: NDArray[np.int64] = self._faiss.rev_swig_ptr(self.index.invlists.get_ids(number), self._size(number))
        return view

    def list_codes(self, number: int) -> NDArray[np.uint8]:
        """Codes of one list: uint8 (size, bytes), a view into the file."""
        size, width = self._size(number), self.index.code_size
        view: NDArray[np.uint8] = self._faiss.rev_swig_ptr(self.index.invlists.get_codes(number), size * width)
        return view.reshape(size, width)

    def _size(self, number: int) -> int:
        return int(self.sizes[number])

    def rows_of(self, item_ids: NDArray[np.int64]) -> NDArray[np.int64]:
        """See ``Segment.rows_of``."""
        return np.flatnonzero(np.isin(self._compact_ids, item_ids))

    def vectors(self, rows: NDArray[np.bool_] | NDArray[np.int64] | slice) -> Vectors:
        """See ``Segment.vectors``."""
        chosen = np.arange(self.index.ntotal)[rows]
        lists = np.searchsorted(self._starts, chosen, side="right") - 1
        codes = np.empty((len(chosen), self.index.code_size), dtype=np.uint8)
        for number in np.unique(lists).tolist():
            here = lists == number
            codes[here] = self.list_codes(number)[chosen[here] - self._starts[number]]
        decoded: Vectors = self.index.sq.decode(codes)
        return decoded

    def search(
        self, query: Vectors, wanted: int, keep: Allowed | None, best: int
    ) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """The ``wanted`` nearest vectors: cosines and ids, -1 where there are no more.

        Args:
            query: float32 (1, dimension).
            wanted: how many are returned.
            keep: which may be; None for all.
            best: how many of them have to be right.
        """
        probes = self._probes(best)
        if keep is not None and keep.narrowed:
            scores, ids = self._narrow_search(query, wanted, keep, probes)
        else:
            selector = None if keep is None else keep.selector
            parameters = self._faiss.SearchParametersIVF(sel=selector, nprobe=probes)
            scores, ids = self.index.search(query, wanted, params=parameters)
        return np.minimum(scores[0], np.float32(1)), ids[0]

    def _probes(self, best: int) -> int:
        deeper = max(best / _CALIBRATED_DEPTH, 1.0) ** _DEPTH_POWER
        return int(min(np.ceil(self.index.nprobe * deeper), self.index.nlist))

    def _narrow_search(self, query: Vectors, wanted: int, keep: Allowed, probes: int) -> Any:
        passing = self._passing(keep)
        lists = self._nearest_lists(query, passing)
        enough = max(_NARROW_SHARE * probes * self.index.ntotal / self.index.nlist, wanted, _ALL_BELOW)
        chosen = lists[: int(np.searchsorted(np.cumsum(passing[lists]), enough)) + 1]
        if not len(chosen):
            return np.empty((1, 0), dtype=np.float32), np.empty((1, 0), dtype=np.int64)
        parameters = self._faiss.SearchParametersIVF(
            sel=keep.selector,
            nprobe=len(chosen),
            quantizer_params=self._faiss.SearchParameters(sel=Allowed(_NONE, chosen).selector),
        )
        return self.index.search(query, wanted, params=parameters)

    def _passing(self, keep: Allowed) -> NDArray[np.int64]:
        """How many vectors of each list may appear: int64 (lists,)."""
        if self._list_of is None:
            running = np.concatenate([[0], np.cumsum(keep.of(self._compact_ids))])
            return np.diff(running[self._starts])
        first, lists = self._list_of
        only = keep.only
        here = lists[only[(only >= first) & (only < first + len(lists))] - first]
        return np.bincount(here, minlength=self.index.nlist + 1)[: self.index.nlist]

    def _nearest_lists(self, query: Vectors, passing: NDArray[np.int64]) -> NDArray[np.int64]:
        """Lists that hold something that may appear, nearest centre first."""
        _, order = self.index.quantizer.search(query, self.index.nlist)
        lists: NDArray[np.int64] = order[0][passing[order[0]] > 0]
        return lists
