"""Finding pictures that are there more than once: exact copies, near copies, look-alikes, kept apart.

Exact copies have the same bytes or the same pixels. Near copies are one picture scaled, recompressed, a little cropped
or retouched: candidates come from perceptual hashes and from vectors, and the pixels decide. Look-alikes are close by
vector alone: shots of a burst, another photograph of the same thing. Nothing is ever deleted here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from lucida.errors import UsageError
from lucida.query.grouping import equal_groups, star_groups
from lucida.query.neighbours import by_hash, by_vector
from lucida.query.sameness import View, compare
from lucida.types.paths import json_path

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lucida.models.protocols import Vectors

    #: Item ids, int64 (n,), and their vectors, float32 (n, dimension), unit rows.
    Located: TypeAlias = tuple[NDArray[np.int64], Vectors]

#: Hashes of two near copies differ in at most so many of 64 bits.
NEAR_BITS = 11
#: How close two pictures are, measured from the library's own middle (0: as close as any two, 1: the same vector) ...
ALIKE = 0.8
#: ... and from where on vectors alone make it worth looking at the pixels.
_WORTH_LOOKING = 0.7
#: Pictures that cannot be looked at any more pass as near copies within so many bits, and if their vectors agree.
_BLIND_BITS, _BLIND_CLOSENESS = 4, 0.9
_SAMPLED_PAIRS = 20_000
#: The middle is taken to be no lower than what unlike photographs have in some spaces: with fewer pictures than these
#: the library itself cannot tell, and copies of one picture would set their own middle.
_FEW, _LOWEST_MIDDLE, _HIGHEST_MIDDLE = 6, 0.2, 0.9


class DuplicateKind(StrEnum):
    """How pictures of a group belong together."""

    EXACT = "exact"
    NEAR = "near"
    ALIKE = "alike"


def kind_named(name: str) -> DuplicateKind:
    """The kind of this name.

    Raises:
        UsageError: there is none.
    """
    try:
        return DuplicateKind(name)
    except ValueError:
        raise UsageError(
            f"There is no kind of duplicates {name!r}.", f"Choose of: {', '.join(DuplicateKind)}."
        ) from None


@dataclass(frozen=True, slots=True)
class Copy:
    """One picture (or, for exact copies, any file) that may be there more than once.

    Attributes:
        id: the item's id; files without a picture have a negative number of their own.
        source: the file's path.
        page: counting from 1.
        size: of the file, in bytes.
        width_px, height_px: at the source's own resolution; 0 where it has none.
        keys: what makes it equal to another: digests of its bytes and of its pixels.
        look: perceptual hash, None where there is none.
    """

    id: int
    source: str
    page: int
    size: int
    width_px: int
    height_px: int
    keys: tuple[bytes, ...] = field(default=(), repr=False)
    look: int | None = field(default=None, repr=False)

    def to_json(self) -> dict[str, Any]:
        return {
            "id": self.id if self.id > 0 else None,
            "source": json_path(self.source),
            "page": self.page,
            "width_px": self.width_px,
            "height_px": self.height_px,
            "bytes": self.size,
        }


@dataclass(frozen=True, slots=True)
class DuplicateGroup:
    """Pictures that belong together, the best first: the largest, then the least compressed (if exact, the most).

    Attributes:
        kind: exact, near or alike.
        copies: at least two. A near or alike group holds one of each set of exact copies; an alike group, one of each
            near group.
        closeness: of each copy to the group's middle: 1 for exact, correlation of pixels for near, 0..1 for alike.
    """

    kind: DuplicateKind
    copies: tuple[Copy, ...]
    closeness: tuple[float, ...]

    @property
    def freed_bytes(self) -> int:
        """What deleting all but the best would free; several pages of one file count once, the best's file never."""
        return sum({copy.source: copy.size for copy in self.copies if copy.source != self.copies[0].source}.values())

    def to_json(self) -> dict[str, Any]:
        rows = [
            {**copy.to_json(), "closeness": round(closeness, 4), "best": number == 0}
            for number, (copy, closeness) in enumerate(zip(self.copies, self.closeness, strict=True))
        ]
        return {"kind": self.kind.value, "freed_bytes": self.freed_bytes, "copies": rows}


def find_duplicates(
    copies: Sequence[Copy],
    vectors: Located | None = None,
    look_at: Callable[[int], View | None] = lambda _id: None,
    *,
    kinds: Iterable[DuplicateKind] = tuple(DuplicateKind),
    alike: float = ALIKE,
    on_compared: Callable[[int, int], None] = lambda _done, _total: None,
) -> list[DuplicateGroup]:
    """Group pictures that are there more than once.

    Args:
        copies: all there are.
        vectors: of the pictures that have one; None leaves hashes and digests.
        look_at: gives the small view of an item, None where it cannot be had; asked once per item.
        kinds: which to report. Coarser kinds leave out what finer ones explain, whether those are reported or not.
        alike: closeness, 0..1, from which pictures are alike.
        on_compared: told (done, total) while pixels are compared.

    Returns:
        Groups by kind in the order exact, near, alike; within a kind those that free most come first.

    Raises:
        DependencyError: FAISS is not installed.
    """
    wanted = set(kinds)
    exact = [[copies[position] for position in group] for group in equal_groups(copy.keys for copy in copies)]
    found = [_group(DuplicateKind.EXACT, [(copy, 1.0) for copy in group]) for group in exact]
    if wanted - {DuplicateKind.EXACT}:
        pictures = _without_others(copies, found)
        space = _Space(pictures, vectors)
        pairs = _same_pixels(pictures, space, look_at, on_compared)
        near = _groups_of(DuplicateKind.NEAR, pictures, pairs)
        found += near
        if DuplicateKind.ALIKE in wanted:
            left = {copy.id for copy in _without_others(pictures, near)}
            alike_pairs = {
                pair: closeness
                for pair, closeness in space.pairs(alike).items()
                if pair not in pairs and all(pictures[position].id in left for position in pair)
            }
            found += _groups_of(DuplicateKind.ALIKE, pictures, alike_pairs)
    order = list(DuplicateKind)
    found.sort(key=lambda group: (order.index(group.kind), -group.freed_bytes, group.copies[0].source))
    return [group for group in found if group.kind in wanted]


def spare_bytes(groups: Iterable[DuplicateGroup]) -> int:
    """What deleting every file that is not the best of its group would free, each file counted once."""
    spare = {
        copy.source: copy.size for group in groups for copy in group.copies if copy.source != group.copies[0].source
    }
    return sum(spare.values())


class _Space:
    """Vectors by position, and closeness on a scale that does not depend on the encoder.

    In CLIP-like spaces any two pictures have a cosine well above 0, and in a library of one subject still more. So
    closeness is (cosine - middle) / (1 - middle), where the middle is the median cosine of the library's random pairs.
    """

    def __init__(self, pictures: Sequence[Copy], vectors: Located | None) -> None:
        places = {copy.id: position for position, copy in enumerate(pictures)}
        ids, rows = vectors if vectors is not None else (np.zeros(0, np.int64), np.zeros((0, 1), np.float32))
        kept = [number for number, item in enumerate(ids.tolist()) if item in places]
        self._rows = rows[kept]
        self._positions = np.array([places[int(ids[number])] for number in kept], dtype=np.int64)
        self._at = {int(position): row for row, position in enumerate(self._positions)}
        self._middle = _middle(self._rows)

    def pairs(self, least: float) -> dict[tuple[int, int], float]:
        """Pairs of positions that are at least so close."""
        if len(self._rows) < 2:
            return {}
        pairs = by_vector(self._rows, self._middle + least * (1 - self._middle))
        ends = np.stack([self._positions[pairs.first], self._positions[pairs.second]], axis=1)
        ends.sort(axis=1)
        close = (pairs.closeness - self._middle) / (1 - self._middle)
        return {(a, b): min(c, 1.0) for (a, b), c in zip(map(tuple, ends.tolist()), close.tolist(), strict=True)}

    def closeness(self, one: int, other: int) -> float | None:
        """Of two positions; None where one has no vector."""
        if one not in self._at or other not in self._at:
            return None
        cosine = float(self._rows[self._at[one]] @ self._rows[self._at[other]])
        return (cosine - self._middle) / (1 - self._middle)


def _middle(rows: Vectors) -> float:
    if len(rows) < _FEW:
        return _LOWEST_MIDDLE
    random = np.random.default_rng(0)
    one, other = random.integers(0, len(rows), size=(2, _SAMPLED_PAIRS))
    apart = one != other
    cosines = np.einsum("ij,ij->i", rows[one[apart]], rows[other[apart]])
    return min(max(float(np.median(cosines)), _LOWEST_MIDDLE), _HIGHEST_MIDDLE)


def _same_pixels(
    pictures: Sequence[Copy],
    space: _Space,
    look_at: Callable[[int], View | None],
    on_compared: Callable[[int, int], None],
) -> dict[tuple[int, int], float]:
    """Candidate pairs, by position, whose pixels turn out to be the same, with how far they agree."""
    seen = [position for position, copy in enumerate(pictures) if copy.look is not None]
    hashes = np.array([pictures[position].look for position in seen], dtype=np.uint64)
    close = by_hash(hashes, NEAR_BITS)
    bits = {
        (seen[a], seen[b]): round(64 - equal)
        for a, b, equal in zip(close.first.tolist(), close.second.tolist(), close.closeness.tolist(), strict=True)
    }
    candidates = sorted({*bits, *space.pairs(_WORTH_LOOKING)})
    views: dict[int, View | None] = {}
    found: dict[tuple[int, int], float] = {}
    for done, (one, other) in enumerate(candidates, start=1):
        for position in (one, other):
            if position not in views:
                views[position] = look_at(pictures[position].id)
        closeness = _looked_at(views[one], views[other], bits.get((one, other)), space.closeness(one, other))
        if closeness is not None:
            found[one, other] = closeness
        on_compared(done, len(candidates))
    return found


def _looked_at(one: View | None, other: View | None, bits: int | None, closeness: float | None) -> float | None:
    if one is not None and other is not None:
        found = compare(one, other)
        return found.whole if found.same else None
    agrees = bits is not None and bits <= _BLIND_BITS and (closeness is None or closeness >= _BLIND_CLOSENESS)
    return 1 - (bits or 0) / 64 if agrees else None


def _groups_of(
    kind: DuplicateKind, pictures: Sequence[Copy], pairs: Mapping[tuple[int, int], float]
) -> list[DuplicateGroup]:
    closeness = {**pairs, **{(other, one): value for (one, other), value in pairs.items()}}
    return [
        _group(kind, [(pictures[at], 1.0 if at == group[0] else closeness[group[0], at]) for at in group])
        for group in star_groups(pairs)
    ]


def _group(kind: DuplicateKind, members: Sequence[tuple[Copy, float]]) -> DuplicateGroup:
    ordered = sorted(members, key=lambda member: _merit(member[0], kind))
    return DuplicateGroup(kind, tuple(copy for copy, _ in ordered), tuple(closeness for _, closeness in ordered))


def _merit(copy: Copy, kind: DuplicateKind) -> tuple[int, int, int, str]:
    """Sorts the best first: most pixels, then most bytes for them, then the shorter path.

    Between exact copies more bytes are only worse packing.
    """
    size = copy.size if kind == DuplicateKind.EXACT else -copy.size
    return -copy.width_px * copy.height_px, size, len(copy.source), copy.source


def _without_others(copies: Sequence[Copy], groups: Sequence[DuplicateGroup]) -> list[Copy]:
    """The pictures with only the best of each group left, and without what has no picture."""
    others = {copy.id for group in groups for copy in group.copies[1:]}
    return [copy for copy in copies if copy.id not in others and copy.id > 0]
