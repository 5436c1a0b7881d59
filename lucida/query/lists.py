"""Reading the lists: nearest vectors of each kind, and the best by words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from lucida.query.request import QUERY_LENGTH, SearchRequest
from lucida.query.terms import content_terms, language_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from lucida.index import Index
    from lucida.query.aims import Aim

#: Item id -> (rank from 1, or None where it was looked up; cosine or BM25).
Entries: TypeAlias = dict[int, tuple[int | None, float]]

#: Each list is read so deep at least, so that an item that several lists place in the middle can win.
_DEPTH = 50


@dataclass(frozen=True, slots=True)
class Terms:
    """Folded words of the texts that are asked for, and of those that are taken away."""

    wanted: tuple[str, ...]
    unwanted: tuple[str, ...]
    language: str


def terms_of(request: SearchRequest) -> Terms:
    """The words of a request; a word that is asked for is not taken away."""
    language = language_of(request.words)
    wanted = content_terms(request.words[:QUERY_LENGTH], language) if request.words else []
    away = content_terms(request.unwanted_words[:QUERY_LENGTH], language) if request.unwanted_words else []
    return Terms(tuple(wanted), tuple(term for term in away if term not in wanted), language)


def read_lists(
    index: Index, request: SearchRequest, aims: Sequence[Aim], terms: Terms, among: NDArray[np.int64] | None
) -> dict[str, Entries]:
    """What each list gives, read to a depth: list -> item -> (rank, cosine or BM25)."""
    depth = max(_DEPTH, 4 * request.top_k)
    lists: dict[str, Entries] = {}
    for aim in aims:
        lists[aim.kind] = _ranked(index.nearest(aim.whole, depth, among=among, kind=aim.kind))
    if terms.wanted:
        lists["words"] = _ranked(index.full_text(terms.wanted, depth, among=among))
    return lists


def _ranked(pairs: Sequence[tuple[int, float]]) -> Entries:
    return {item: (rank, score) for rank, (item, score) in enumerate(pairs, start=1)}


def cosines(index: Index, vector: NDArray[np.float32], items: Sequence[int], kind: str) -> dict[int, float]:
    """Cosines of some items that a list holds; of several windows the best counts."""
    ids, rows = index.vectors(items, kind) if items else (np.empty(0, np.int64), np.empty((0, len(vector)), np.float32))
    best: dict[int, float] = {}
    for item, cosine in zip(ids.tolist(), (rows @ vector).tolist(), strict=True):
        best[item] = max(cosine, best.get(item, -1.0))
    return best
