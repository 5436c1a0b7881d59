"""The vectors of a publication, list by list: which item each belongs to, and whether they may be stored at all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lucida.errors import ModelError
from lucida.index import kinds, writing
from lucida.index.records import Binding, Reading
from lucida.index.segments import fault_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lucida.models.protocols import Vectors


@dataclass(frozen=True, slots=True)
class Numbered:
    """A reading with the ids its items will have: passages from ``first`` on, then pictures."""

    reading: Reading
    first: int

    @property
    def first_picture(self) -> int:
        return self.first + len(self.reading.document.passages)

    @property
    def end(self) -> int:
        return self.first_picture + sum(1 for _ in writing.pictures_of(self.reading.document))


@dataclass(frozen=True, slots=True)
class Part:
    """Vectors for one list: ``ids`` int64 (n,), ascending, an item's several times where it has several vectors;
    ``vectors`` float32 (n, dimension), unit rows.
    """

    kind: str
    fingerprint: str
    ids: NDArray[np.int64]
    vectors: Vectors

    @property
    def items(self) -> list[int]:
        """The items that have vectors here, each once."""
        return [int(item) for item in np.unique(self.ids)]


def number(readings: Iterable[Reading], first: int) -> list[Numbered]:
    """Give out ids from ``first`` on."""
    numbered = []
    for reading in readings:
        numbered.append(Numbered(reading, first))
        first = numbered[-1].end
    return numbered


def parts(numbered: Sequence[Numbered], bound: Mapping[str, Binding]) -> list[Part]:
    """What goes into each list; nothing for lists that get nothing.

    Args:
        numbered: readings with ids.
        bound: the encoder of each list.

    Raises:
        ModelError: the vectors do not fit their items or their list's encoder, or are no unit vectors.
    """
    rows = {
        kinds.PASSAGE: [found for entry in numbered if (found := _passages(entry)) is not None],
        kinds.PICTURE: [found for entry in numbered if (found := _pictures(entry)) is not None],
        kinds.WINDOW: [found for entry in numbered if (found := _windows(entry)) is not None],
    }
    return [part(kind, _binding(kind, bound), pairs) for kind, pairs in rows.items() if pairs]


Pair = tuple["NDArray[np.int64]", "Vectors"]


def part(kind: str, binding: Binding, pairs: Sequence[Pair]) -> Part:
    """Join ids and vectors of one list.

    Raises:
        ModelError: the vectors are of another dimension than the encoder's, or no unit vectors.
    """
    for _, vectors in pairs:
        if vectors.shape[1] != binding.dimension:
            raise _unfit(f"they have {vectors.shape[1]} dimensions where {binding.dimension} are due")
    joined = np.concatenate([np.asarray(vectors, dtype=np.float32) for _, vectors in pairs])
    if fault := fault_of(joined):
        raise _unfit(fault)
    return Part(kind, binding.fingerprint, np.concatenate([ids for ids, _ in pairs]), joined)


def _binding(kind: str, bound: Mapping[str, Binding]) -> Binding:
    if kind not in bound:
        raise _unfit(f"the library is bound to no encoder for its list {kind}")
    return bound[kind]


def _passages(entry: Numbered) -> Pair | None:
    vectors, count = entry.reading.passage_vectors, len(entry.reading.document.passages)
    if vectors is None or not count:
        return None
    return np.arange(entry.first, entry.first + count, dtype=np.int64), _shaped(vectors, count)


def _pictures(entry: Numbered) -> Pair | None:
    vectors, count = entry.reading.picture_vectors, entry.end - entry.first_picture
    if vectors is None or not count:
        return None
    seen = _shaped(vectors, count).any(axis=1)
    ids = np.arange(entry.first_picture, entry.end, dtype=np.int64)
    return (ids[seen], vectors[seen]) if seen.any() else None


def _windows(entry: Numbered) -> Pair | None:
    if entry.reading.window_vectors is None:
        return None
    vectors, owners = entry.reading.window_vectors
    count = len(entry.reading.document.passages)
    _shaped(vectors, len(owners))
    if len(owners) and not (owners[0] >= 0 and owners[-1] < count and (np.diff(owners) >= 0).all()):
        raise _unfit("some windows belong to no passage, or stand out of order")
    return (np.asarray(owners, dtype=np.int64) + entry.first, vectors) if len(owners) else None


def _shaped(vectors: Vectors, count: int) -> Vectors:
    if vectors.ndim != 2 or len(vectors) != count:
        raise _unfit(f"their shape is {vectors.shape} where ({count}, dimension) is due")
    return vectors


def placed(found: Iterable[Part], segment_ids: Iterable[int]) -> Iterator[dict[str, int]]:
    """Rows of ``placements`` for parts that were stored in these segments."""
    for stored, segment_id in zip(found, segment_ids, strict=True):
        yield from ({"item_id": item, "segment_id": segment_id} for item in stored.items)


def _unfit(why: str) -> ModelError:
    return ModelError(f"The encoder's vectors cannot be stored: {why}.", "Check the encoder with: lucida doctor.")
