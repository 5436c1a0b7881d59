"""Pictures to hold samples against: how they look in 64 bits, and where they lie in the shared space.

Both must agree before two pictures are called one: hashes alone take charts of one style for each other, vectors alone
two pictures of one thing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from lucida.generate.gates.gate import Candidate

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lucida.models.protocols import Vectors

_ONES = np.array([number.bit_count() for number in range(256)], dtype=np.uint8)
#: Where one of two pictures has no vector, their hashes must be this close.
_BLIND_BITS = 3


class Match(NamedTuple):
    """The picture that a sample comes closest to: its name, bits that differ, cosine (None where nobody knows)."""

    name: str
    bits: int
    cosine: float | None


class Pictures:
    """Known pictures, to which others can be added.

    Args:
        names: of each, for reasons.
        looks: their perceptual hashes.
        vectors: unit rows, float32 (n, dimension), rows of zeros where there is none; None where none has one.
        vector_of: gives a picture's vector by its place, for collections too large to hold; None where it has none.
    """

    def __init__(
        self,
        names: Sequence[str] = (),
        looks: Sequence[int] | NDArray[np.uint64] = (),
        vectors: Vectors | None = None,
        vector_of: Callable[[int], Vectors | None] | None = None,
    ) -> None:
        self._names = list(names)
        self._looks = np.array(looks, dtype=np.uint64)
        self._count = len(self._names)
        self._vectors = vectors
        self._vector_of = vector_of

    def __len__(self) -> int:
        return self._count

    def add(self, name: str, look: int, vector: Vectors | None) -> None:
        """Know one picture more. Room grows by doubling."""
        if self._count == len(self._looks):
            self._looks = np.concatenate([self._looks, np.zeros(max(self._count, 64), np.uint64)])
        self._looks[self._count] = look
        if vector is not None:
            self._make_room(len(vector))
            assert self._vectors is not None
            self._vectors[self._count] = vector
        self._names.append(name)
        self._count += 1

    def _make_room(self, dimension: int) -> None:
        have = 0 if self._vectors is None else len(self._vectors)
        if have <= self._count:
            more = np.zeros((len(self._looks) - have, dimension), np.float32)
            self._vectors = more if self._vectors is None else np.concatenate([self._vectors, more])

    def closest(self, candidate: Candidate, most_bits: float, least_cosine: float) -> Match | None:
        """The known picture that a sample is a copy of, None where it is one of none."""
        if candidate.look is None or not self._count:
            return None
        bits = differing(self._looks[: self._count], candidate.look)
        near = np.flatnonzero(bits <= most_bits)
        matches = [Match(self._names[at], int(bits[at]), self._cosine(at, candidate)) for at in near.tolist()]
        matches = [
            match
            for match in matches
            if (match.bits <= _BLIND_BITS if match.cosine is None else match.cosine >= least_cosine)
        ]
        return min(matches, key=lambda match: (match.bits, -(match.cosine or 0.0)), default=None)

    def _cosine(self, at: int, candidate: Candidate) -> float | None:
        if candidate.vector is None:
            return None
        if self._vector_of is not None:
            found = self._vector_of(at)
            return None if found is None else float(found @ candidate.vector)
        if self._vectors is None or at >= len(self._vectors):
            return None
        known = self._vectors[at]
        return float(known @ candidate.vector) if known.any() else None


def differing(looks: NDArray[np.uint64], look: int) -> NDArray[np.int64]:
    """How many of 64 bits differ, int64 (n,)."""
    apart = np.bitwise_xor(looks, np.uint64(look)).view(np.uint8).reshape(-1, 8)
    counts: NDArray[np.int64] = _ONES[apart].sum(axis=1, dtype=np.int64)
    return counts
