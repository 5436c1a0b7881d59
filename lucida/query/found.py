"""What retrieval brings up, and what is known of it."""

from __future__ import annotations

from dataclasses import dataclass

from lucida.index.records import ItemRow
from lucida.types import ItemKind, PartShare, Placed, RegionKind

#: A passage of fewer words is a running head, a lone title or a stray label ...
_FEW_WORDS = 8
#: ... and counts for so much beside passages that say something.
_SLIGHT_WEIGHT = 0.6


@dataclass(frozen=True, slots=True)
class Found:
    """A retrieved item.

    Attributes:
        item: the item.
        score: what the list is ranked by, higher is better: from ``retrieve``, the probability that the item matches,
            0..1, lower for running heads.
        lists: what each list says of it.
        coverage: share of the query's words that it holds, 0..1, rare words weighing more.
        parts: how near it lies to each part of a query of several.
        copies: ids of further hits that are the same again, best first.
    """

    item: ItemRow
    score: float
    lists: tuple[Placed, ...] = ()
    coverage: float = 0.0
    parts: tuple[PartShare, ...] = ()
    copies: tuple[int, ...] = ()

    def placed(self, name: str) -> Placed | None:
        """What one list says of it; None when that list does not know it."""
        return next((entry for entry in self.lists if entry.list == name), None)

    @property
    def cosine(self) -> float | None:
        """The cosine in the first list of vectors that knows it; None where only the words found it."""
        return next((entry.score for entry in self.lists if entry.list != "words"), None)

    @property
    def bm25(self) -> float | None:
        """None where only the meaning found it."""
        words = self.placed("words")
        return words.score if words is not None else None


def substance(row: ItemRow) -> float:
    """Weight of a hit: running heads and lone titles match many queries closely, for both lists, and tell nothing."""
    margin = row.region in {RegionKind.HEADER, RegionKind.FOOTER}
    slight = row.kind == ItemKind.PASSAGE and len(row.text.split()) < _FEW_WORDS
    return _SLIGHT_WEIGHT if margin or slight else 1.0


def same_text(row: ItemRow) -> object:
    """Passages with the same key are the same text; pictures are never the same by their caption alone."""
    return row.id if row.kind == ItemKind.PICTURE else " ".join(row.text.split())


def distinct(found: list[Found]) -> list[Found]:
    """The first of each text."""
    first: dict[object, Found] = {}
    for entry in found:
        first.setdefault(same_text(entry.item), entry)
    return list(first.values())
