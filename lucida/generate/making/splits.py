"""Dividing a dataset so that near-duplicates, and children of one parent, are never on two sides."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lucida.errors import UsageError
from lucida.generate.gates.likeness import differing

if TYPE_CHECKING:
    from lucida.models.protocols import Vectors

SHARES: Mapping[str, float] = {"train": 0.8, "validation": 0.1, "test": 0.1}


@dataclass(frozen=True, slots=True, eq=False)
class Member:
    """A picture that is to be on one side.

    Attributes:
        name: its own, for equal chances each time.
        label: its class.
        items: the items that it was made from, or is.
        look, vector: see ``Candidate``.
        counts: whether it is in the dataset; a parent that is not still ties its children together.
    """

    name: str
    label: str
    items: tuple[int, ...] = ()
    look: int | None = None
    vector: Vectors | None = None
    counts: bool = True


def parse_shares(text: str) -> dict[str, float]:
    """Shares as people write them: ``train=0.8,test=0.2``; they are scaled to a sum of 1.

    Raises:
        UsageError: they are no shares.
    """
    try:
        pairs = [part.split("=") for part in text.split(",") if part.strip()]
        shares = {name.strip(): float(number) for name, number in pairs}
    except ValueError:
        shares = {}
    fit = shares and all(name.isidentifier() and share > 0 for name, share in shares.items())
    if not fit:
        raise UsageError(f"{text!r} are no shares.", "Write them like train=0.8,validation=0.1,test=0.1.")
    total = sum(shares.values())
    return {name: share / total for name, share in shares.items()}


def divide(
    members: Sequence[Member], shares: Mapping[str, float], *, bits: float, cosine: float, seed: int = 0
) -> list[str]:
    """Give each member a split.

    Groups that belong together go, the largest first, to the split that lacks most of their labels.

    Args:
        members: all pictures, and parents outside the dataset.
        shares: by split, adding up to 1.
        bits, cosine: two pictures with at most so many differing bits and at least this cosine are near-duplicates.
        seed: of the order among equals.

    Returns:
        The split of each member, in order.
    """
    groups = _groups(members, bits, cosine)
    totals = Counter(member.label for member in members if member.counts)
    lacking = {
        name: Counter({label: share * count for label, count in totals.items()}) for name, share in shares.items()
    }
    sizes = {key: Counter(members[at].label for at in group if members[at].counts) for key, group in groups.items()}
    order = sorted(groups, key=lambda key: (-sizes[key].total(), _chance(members[groups[key][0]].name, seed)))
    found = [""] * len(members)
    for key in order:
        best = max(shares, key=lambda name: (_want(lacking[name], sizes[key]), sum(lacking[name].values())))
        for label, count in sizes[key].items():
            lacking[best][label] -= count
        for at in groups[key]:
            found[at] = best
    return found


def _want(lacking: Counter[str], size: Counter[str]) -> float:
    return sum(lacking[label] * count for label, count in size.items())


def _groups(members: Sequence[Member], bits: float, cosine: float) -> dict[int, list[int]]:
    parents = list(range(len(members)))

    def root(at: int) -> int:
        while parents[at] != at:
            parents[at] = parents[parents[at]]
            at = parents[at]
        return at

    first: dict[int, int] = {}
    for at, member in enumerate(members):
        for item in member.items:
            parents[root(at)] = root(first.setdefault(item, at))
    for one, other in _near(members, bits, cosine):
        parents[root(one)] = root(other)
    groups: defaultdict[int, list[int]] = defaultdict(list)
    for at in range(len(members)):
        groups[root(at)].append(at)
    return groups


def _near(members: Sequence[Member], bits: float, cosine: float) -> list[tuple[int, int]]:
    """Pairs of near-duplicates; each member against all before it."""
    seen = [at for at, member in enumerate(members) if member.look is not None]
    looks = np.array([members[at].look for at in seen], dtype=np.uint64)
    pairs = []
    for place in range(1, len(seen)):
        close = np.flatnonzero(differing(looks[:place], int(looks[place])) <= bits)
        pairs += [(seen[place], seen[at]) for at in close.tolist()]
    return [(one, other) for one, other in pairs if _agree(members[one].vector, members[other].vector, cosine)]


def _agree(one: Vectors | None, other: Vectors | None, cosine: float) -> bool:
    return one is None or other is None or float(one @ other) >= cosine


def _chance(name: str, seed: int) -> str:
    return hashlib.sha256(f"{seed} {name}".encode()).hexdigest()
