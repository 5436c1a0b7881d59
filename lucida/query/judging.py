"""How likely each item that some list brought up is a match, by all that the lists know of it."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from lucida.query.fairness import Fairness
from lucida.query.found import Found, substance
from lucida.query.lists import Entries, Terms, cosines
from lucida.query.relevance import LIKENESS, TEXT_PASSAGE, TEXT_PICTURE, WORDS, fitted
from lucida.query.words import coverage, inverse_document_frequencies
from lucida.types import ItemKind, PartShare, Placed

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from lucida.index import Index
    from lucida.index.records import ItemRow
    from lucida.query.aims import Aim, Encoders
    from lucida.query.request import SearchRequest

#: Behind a match, whatever has this share of its cutoff may come too.
_REST = 0.2
#: Lists of vectors that may know an item of a kind, the one that tells most first.
_LISTS = {ItemKind.PASSAGE: ("passage", "window"), ItemKind.PICTURE: ("picture",)}


@dataclass(frozen=True, slots=True)
class _Sighting:
    """One vector list's word on an item: where it stands, and how far above the background without the minus."""

    placed: Placed
    wanted_z: float


@dataclass(frozen=True, slots=True)
class _Held:
    """Shares of the query's words that an item holds: of those that are asked for, and of those left of that."""

    wanted: float
    whole: float


@dataclass(frozen=True, slots=True)
class _Chance:
    """One reason to take an item for a match.

    Attributes:
        sort: the model that speaks; each has a cutoff of its own.
        probability: by all parts of the query; what hits are ranked by.
        sure: without what is taken away; what decides whether there is a match.
        cutoff: what the best of the sort must reach.
    """

    sort: str
    probability: float
    sure: float
    cutoff: float


def _of(row: ItemRow, seen: dict[str, dict[int, _Sighting]]) -> list[_Sighting]:
    kinds = _LISTS[ItemKind(row.kind)]
    return [seen[kind][row.id] for kind in kinds if row.id in seen.get(kind, {})]


class Judge:
    """Judges the items that one search's lists brought up."""

    def __init__(
        self,
        index: Index,
        encoders: Encoders,
        request: SearchRequest,
        aims: Sequence[Aim],
        terms: Terms,
        among: NDArray[np.int64] | None,
    ) -> None:
        self._index = index
        self._request = request
        self._aims = {aim.kind: aim for aim in aims}
        self._among = among
        self._fairness = Fairness(index, encoders)
        self._weights = inverse_document_frequencies(index, terms.wanted)
        self._unwanted = inverse_document_frequencies(index, terms.unwanted)
        self._models = fitted().models
        self._counts: dict[str, int] = {}

    def found(self, lists: dict[str, Entries]) -> list[Found]:
        """Every item that is a match, in no order.

        Where the best of one sort does not reach its cutoff, nothing of that sort is a match. Behind one that does,
        lesser ones may come.
        """
        items = sorted({item for entries in lists.values() for item in entries})
        rows = self._index.items(items)
        seen = {kind: self._sightings(aim, rows, lists[kind]) for kind, aim in self._aims.items()}
        words = lists.get("words", {})
        judged = [self._judged(row, _of(row, seen), words.get(row.id)) for row in rows]
        open_sorts = {chance.sort for _, chances in judged for chance in chances if chance.sure >= chance.cutoff}
        return [
            found
            for found, chances in judged
            if not self._request.cutoff
            or any(chance.sort in open_sorts and chance.sure >= _REST * chance.cutoff for chance in chances)
        ]

    def _sightings(self, aim: Aim, rows: Sequence[ItemRow], entries: Entries) -> dict[int, _Sighting]:
        """What a list of vectors says of all items of its kind, those included that only others brought up."""
        mean, std = self._fairness.of(aim)
        mine = [row.id for row in rows if aim.kind in _LISTS[ItemKind(row.kind)]]
        known = dict(entries)
        for item, cosine in cosines(self._index, aim.whole, [i for i in mine if i not in known], aim.kind).items():
            known[item] = (None, cosine)
        plain = aim.whole is aim.wanted
        wanted = {} if plain else cosines(self._index, aim.wanted, mine, aim.kind)
        return {
            item: _Sighting(
                Placed(aim.kind, rank, cosine, (cosine - mean) / std), (wanted.get(item, cosine) - mean) / std
            )
            for item, (rank, cosine) in known.items()
        }

    def _judged(
        self, row: ItemRow, sightings: list[_Sighting], words: tuple[int | None, float] | None
    ) -> tuple[Found, list[_Chance]]:
        held = self._held(row)
        chances = self._chances(row, sightings, held)
        unlikely = math.prod(1.0 - chance.probability for chance in chances)
        lists = [sighting.placed for sighting in sightings]
        if words is not None:
            lists.append(Placed("words", *words))
        return Found(row, (1.0 - unlikely) * substance(row), tuple(lists), held.wanted), chances

    def _held(self, row: ItemRow) -> _Held:
        wanted = coverage(row, self._weights) if self._weights else 0.0
        away = coverage(row, self._unwanted) if self._unwanted else 0.0
        return _Held(wanted, max(wanted - away, 0.0))

    def _chances(self, row: ItemRow, sightings: list[_Sighting], held: _Held) -> list[_Chance]:
        """Independent reasons to take the item for a match.

        A passage's words and meaning are judged together; what a picture shows and what it is called speak for
        themselves. Where a picture is asked for, words beside it have moved the aim, and that is their say: a caption
        that holds them is no reason to put a picture of something else first.
        """
        chances: list[_Chance] = []
        together = bool(sightings) and row.kind == ItemKind.PASSAGE and self._aims[sightings[0].placed.list].worded
        if sightings:
            chances.append(self._by_vector(sightings[0], held if together else _Held(0.0, 0.0)))
        if not together and not self._aimed_by_picture(sightings) and held.wanted > 0:
            model = self._models[WORDS]
            sure, whole = (model.probability(0, share, 1) for share in (held.wanted, held.whole))
            chances.append(_Chance(WORDS, whole, sure, model.cutoff))
        return chances

    def _aimed_by_picture(self, sightings: list[_Sighting]) -> bool:
        return any(one.placed.list == "picture" and "picture" in self._aims["picture"].likenesses for one in sightings)

    def _by_vector(self, sighting: _Sighting, held: _Held) -> _Chance:
        kind = sighting.placed.list
        items = self._count(kind)
        sort = TEXT_PICTURE if kind == "picture" else TEXT_PASSAGE
        model, cutoff = self._models[sort], self._models[sort].cutoff
        if not self._aims[kind].worded:
            # Who shows a picture gets the nearest pictures; passages must stand out.
            sort, model, cutoff = kind, LIKENESS, 0.0 if kind in self._aims[kind].likenesses else LIKENESS.cutoff
        sure = model.probability(sighting.wanted_z, held.wanted, items)
        return _Chance(sort, model.probability(sighting.placed.z or 0.0, held.whole, items), sure, cutoff)

    def _count(self, kind: str) -> int:
        """Among how many items a list looked."""
        if self._among is not None:
            return len(self._among)
        if kind not in self._counts:
            pictures = kind == "picture"
            self._counts[kind] = self._index.picture_count() if pictures else self._index.passage_count()
        return self._counts[kind]

    def shares(self, found: Found) -> Found:
        """The same with how near it lies to each part, where there are several."""
        parts = self._request.every_part
        kinds = [kind for kind in _LISTS[ItemKind(found.item.kind)] if kind in self._aims]
        if len(parts) < 2 or not kinds:
            return found
        near = {
            place: cosines(self._index, vector, [found.item.id], kinds[0]).get(found.item.id)
            for place, vector in self._aims[kinds[0]].parts.items()
        }
        shares = tuple(PartShare(part.label, part.weight, near.get(place)) for place, part in enumerate(parts))
        return replace(found, parts=shares)
