"""Where a query points: one vector in each list's space, by arithmetic over its parts.

Weighted sums of embeddings and differences between them keep meaning (Mikolov et al., "Linguistic regularities in
continuous space word representations", 2013; for pictures and texts together, Jia et al., "ALIGN", 2021).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from lucida.errors import ModelError, UsageError
from lucida.query.request import QUERY_LENGTH, Part, SearchRequest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from lucida.index import Index
    from lucida.index.records import Binding, ItemRow
    from lucida.models.protocols import SharedEncoder, TextEncoder, Vectors

#: Below this length a sum of parts has cancelled itself out, and its direction is noise.
_SHORTEST = 1e-3


class Encoders(NamedTuple):
    """What turns a query into vectors.

    Attributes:
        text: the encoder of the list "passage"; None searches passages by words alone.
        shared: the encoder of the lists "picture" and "window"; None where a library has neither.
        kept: folder for what is measured of an encoder once; None keeps nothing.
    """

    text: TextEncoder | None = None
    shared: SharedEncoder | None = None
    kept: Path | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Aim:
    """A query in the space of one list.

    Attributes:
        kind: the list: "passage", "picture" or "window".
        whole: all parts, float32 (dimension,), unit length; what the list is ranked by.
        wanted: without what is taken away; what decides whether there is a match.
        parts: the parts' own unit vectors, by their place in the request; those that have none here are left out.
        likenesses: the lists that hold what is alike to the pictures and items that are asked for; none where only
            words are.
    """

    kind: str
    whole: Vectors
    wanted: Vectors
    parts: dict[int, Vectors]
    likenesses: tuple[str, ...] = ()

    @property
    def worded(self) -> bool:
        """Whether only texts are asked for."""
        return not self.likenesses


def take_aim(index: Index, encoders: Encoders, request: SearchRequest) -> list[Aim]:
    """One aim for each list that has vectors and that the query can be put into.

    Raises:
        UsageError: an item is unknown, or a picture is searched with where no encoder of pictures is.
        ModelError: an encoder is not the one that the list's vectors belong to.
    """
    parts = request.every_part
    rows = _items(index, parts)
    sight = _Sight(index, encoders, parts, rows)
    aims = [aim for kind in sight.kinds() if (aim := _aim(kind, parts, sight)) is not None]
    if not aims and not request.words:
        raise UsageError(
            "This library's pictures have no vectors to compare with.",
            "Search with words, or ingest its pictures with an encoder of pictures (lucida models switch mini).",
        )
    return aims


def _aim(kind: str, parts: Sequence[Part], sight: _Sight) -> Aim | None:
    vectors = sight.vectors(kind)
    wanted = _sum(parts, {place: vector for place, vector in vectors.items() if parts[place].wanted})
    if wanted is None:
        return None
    whole = _sum(parts, vectors)
    if whole is None:
        raise UsageError(
            "What is wanted and what is not cancel each other out.", "Give one of them another weight, or other words."
        )
    shown = {sight.likeness(parts[place], kind) for place in vectors if parts[place].wanted and not parts[place].text}
    return Aim(kind, whole, wanted, vectors, tuple(sorted(shown)))


def _sum(parts: Sequence[Part], vectors: dict[int, Vectors]) -> Vectors | None:
    """The weighted sum, scaled to unit length; None where there is nothing to sum, or nothing is left."""
    if not vectors:
        return None
    total = np.sum([parts[place].weight * vector for place, vector in vectors.items()], axis=0)
    length = float(np.linalg.norm(total))
    return np.asarray(total / length, dtype=np.float32) if length > _SHORTEST else None


def _items(index: Index, parts: Sequence[Part]) -> dict[int, ItemRow]:
    wanted = [part.item for part in parts if part.item is not None]
    rows = {row.id: row for row in index.items(wanted)} if wanted else {}
    for item in wanted:
        if item not in rows:
            raise UsageError(f"There is no item {item} in this library.", "Take an id from the hits of a search.")
    return rows


class _Sight:
    """The parts as each list's encoder sees them. Texts are encoded once per encoder, pictures once."""

    def __init__(self, index: Index, encoders: Encoders, parts: Sequence[Part], rows: dict[int, ItemRow]) -> None:
        self._index = index
        self._encoders = encoders
        self._parts = parts
        self._rows = rows
        self._bound = bindings(index, encoders)
        self._texts: dict[bool, dict[int, Vectors]] = {}
        self._pictures: dict[int, Vectors] | None = None

    def kinds(self) -> list[str]:
        """The lists that can be asked."""
        shared = self._bound.get("picture")
        windows = ["window"] if shared is not None and shared.windows else []
        return [*self._bound, *windows]

    def vectors(self, kind: str) -> dict[int, Vectors]:
        """Unit vectors of the parts in a list's space, by their place; texts, pictures, then items."""
        if kind == "passage" and not self._one_space:
            return self._of_texts(shared=False) | self._of_items("passage")
        texts = self._of_texts(shared=kind != "passage" and not self._one_space)
        return texts | self._of_images() | self._of_items(kind)

    def likeness(self, part: Part, kind: str) -> str:
        """The list, in the same space as ``kind``, that holds what is alike to a picture or an item."""
        return "picture" if part.item is None else self._lists_of(self._rows[part.item], kind)[0]

    @property
    def _one_space(self) -> bool:
        shared = self._encoders.shared
        return shared is not None and "picture" in self._bound and shared.text_is_minilm

    def _of_texts(self, *, shared: bool) -> dict[int, Vectors]:
        if shared not in self._texts:
            encoder = self._encoders.shared if shared else (self._encoders.text or self._encoders.shared)
            places = [place for place, part in enumerate(self._parts) if part.text]
            texts = [self._parts[place].text[:QUERY_LENGTH] for place in places]
            rows = encoder.encode_texts(texts) if encoder is not None and texts else None
            self._texts[shared] = {} if rows is None else dict(zip(places, rows, strict=True))
        return self._texts[shared]

    def _of_images(self) -> dict[int, Vectors]:
        if self._pictures is None:
            places = [place for place, part in enumerate(self._parts) if part.image is not None]
            images = [image for part in self._parts if (image := part.image) is not None]
            encoder = self._encoders.shared
            rows = encoder.encode_images(images) if encoder is not None and images else None
            self._pictures = {} if rows is None else dict(zip(places, rows, strict=True))
        return self._pictures

    def _of_items(self, kind: str) -> dict[int, Vectors]:
        """Items by their stored vectors: a picture's is in the list of pictures, a passage's in its own lists."""
        found: dict[int, Vectors] = {}
        for place, part in enumerate(self._parts):
            if part.item is None:
                continue
            for own in self._lists_of(self._rows[part.item], kind):
                _, stored = self._index.vectors([part.item], own)
                if len(stored):
                    found[place] = _unit(stored.mean(axis=0))
                    break
        return found

    def _lists_of(self, row: ItemRow, kind: str) -> list[str]:
        """The lists in the same space as ``kind`` that may hold the item's vector."""
        if row.kind == "picture":
            return ["picture"] if kind != "passage" or self._one_space else []
        if self._one_space or kind == "passage":
            return ["passage"]
        return ["window"]


def bindings(index: Index, encoders: Encoders) -> dict[str, Binding]:
    """The bound lists whose encoder is at hand.

    Raises:
        ModelError: an encoder at hand is not the one that made the vectors.
    """
    bound: dict[str, Binding] = {}
    for kind, binding, encoder in (
        ("passage", index.encoder(), encoders.text),
        ("picture", index.shared(), encoders.shared),
    ):
        if binding is None or encoder is None:
            continue
        if binding.fingerprint != encoder.fingerprint:
            raise ModelError(
                f"This library was indexed with the encoder {binding.spec!r}, which is not {encoder.spec!r} as loaded "
                "now.",
                f"Use the library's own encoder, or have all embedded anew: lucida models switch {encoder.spec}.",
            )
        bound[kind] = binding
    return bound


def _unit(vector: NDArray[np.float32]) -> Vectors:
    return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-12), dtype=np.float32)
