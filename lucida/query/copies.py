"""Near-duplicates among hits, gathered under the best of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from lucida.query.found import Found, same_text
from lucida.types import ItemKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from lucida.index import Index
    from lucida.models.protocols import Vectors

#: Perceptual hashes of two copies differ in at most so many of 64 bits, and their vectors have at least this cosine.
#: Both must agree: hashes alone take charts of one style for each other, vectors alone two pictures of one thing.
_MOST_BITS = 4
_LEAST_COSINE = 0.9


def gather_copies(index: Index, ranked: Sequence[Found], top_k: int) -> list[Found]:
    """The first ``top_k`` hits, each with the ids of its copies further down.

    Args:
        index: where hashes and vectors are looked up.
        ranked: hits, best first.
        top_k: how many to return.
    """
    looks = _Looks(index, [entry.item.id for entry in ranked if entry.item.kind == ItemKind.PICTURE])
    texts: dict[object, int] = {}
    kept: list[Found] = []
    copies: dict[int, list[int]] = {}
    for entry in ranked:
        first = texts.setdefault(same_text(entry.item), entry.item.id)
        if entry.item.kind == ItemKind.PICTURE:
            first = looks.first_like(entry.item.id, (one.item.id for one in kept if one.item.kind == ItemKind.PICTURE))
        if first != entry.item.id:
            copies.setdefault(first, []).append(entry.item.id)
        else:
            kept.append(entry)
    return [replace(entry, copies=tuple(copies.get(entry.item.id, ()))) for entry in kept[:top_k]]


class _Looks:
    """Hashes and vectors of some pictures."""

    def __init__(self, index: Index, items: Sequence[int]) -> None:
        self._hashes: dict[int, int] = {}
        self._vectors: dict[int, Vectors] = {}
        if len(items) > 1:
            ids, hashes = index.picture_hashes(items)
            self._hashes = dict(zip(ids.tolist(), hashes.tolist(), strict=True))
            ids, rows = index.vectors(items, "picture")
            self._vectors = dict(zip(ids.tolist(), rows, strict=True))

    def first_like(self, item: int, others: Iterable[int]) -> int:
        """The first of some other pictures that this one is a copy of; itself where it is none."""
        return next((other for other in others if self._alike(item, other)), item)

    def _alike(self, one: int, other: int) -> bool:
        if one not in self._hashes or other not in self._hashes:
            return False
        if (self._hashes[one] ^ self._hashes[other]).bit_count() > _MOST_BITS:
            return False
        if one not in self._vectors or other not in self._vectors:
            return True
        return float(self._vectors[one] @ self._vectors[other]) >= _LEAST_COSINE
