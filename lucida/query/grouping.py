"""From pairs to groups without chains: every member is paired with the group's middle, not just with some neighbour."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from typing import TypeVar

T = TypeVar("T", bound=Hashable)


def equal_groups(keys: Iterable[Iterable[T]]) -> list[list[int]]:
    """Groups of positions that share a key, directly or through others that do; singles are left out.

    Equality chains rightly: what has the bytes of one file and the pixels of another is both. Union-find with path
    halving (Tarjan and van Leeuwen, 1984).
    """
    parents: list[int] = []
    seen: dict[T, int] = {}
    for position, own in enumerate(keys):
        parents.append(position)
        for key in own:
            parents[_root(parents, seen.setdefault(key, position))] = _root(parents, position)
    groups: defaultdict[int, list[int]] = defaultdict(list)
    for position in range(len(parents)):
        groups[_root(parents, position)].append(position)
    return sorted(group for group in groups.values() if len(group) > 1)


def star_groups(pairs: Mapping[tuple[int, int], float]) -> list[list[int]]:
    """Groups of positions around a middle that all others are paired with; the middle comes first, then the closest.

    If A is near B and B near C, all three are a group only around B; ten steps of a pan make no group of eleven. The
    position with the most (then the closest) partners becomes a middle first and takes them; and so on with the rest.

    Args:
        pairs: closeness by (position, position), either order.
    """
    partners: defaultdict[int, dict[int, float]] = defaultdict(dict)
    for (one, other), closeness in pairs.items():
        partners[one][other] = partners[other][one] = closeness
    weight = {position: (-len(own), -sum(own.values()), position) for position, own in partners.items()}
    taken: set[int] = set()
    groups: list[list[int]] = []
    for middle in sorted(partners, key=weight.__getitem__):
        if middle in taken:
            continue
        own = partners[middle]
        members = sorted((p for p in own if p not in taken), key=lambda p: (-own[p], p))
        if members:
            groups.append([middle, *members])
            taken.update(groups[-1])
    return groups


def _root(parents: list[int], position: int) -> int:
    while parents[position] != position:
        parents[position] = parents[parents[position]]
        position = parents[position]
    return position
