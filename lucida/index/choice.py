"""Which type of index a segment gets, by its size. ``docs/scale.md`` has the measurements behind the numbers.

Few vectors are stored as they are and searched one by one: exact, and quick enough. Many are stored in lists around
centres, of which a search looks at the nearest only, with one byte for each number (FAISS: ``IVF,SQ8``).
"""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scale:
    """Sizes at which the way of storing changes, and how well compact segments must be searched.

    Attributes:
        flat_below: a segment of fewer vectors stores them as they are.
        limit_bytes: no merge makes a compact segment of more bytes of codes; bounds the memory that building one takes.
        recall: share of the ten best of a full scan that a search must find in trials when a segment is built.
        lists_per_root: lists for each root of the number of vectors.
        points_per_list: vectors that a centre is trained on.
        trials: queries of such a trial.
    """

    flat_below: int = 20_000
    limit_bytes: int = 512 << 20
    recall: float = 0.99
    lists_per_root: float = 3.0
    points_per_list: int = 40
    trials: int = 256

    def limit(self, dimension: int) -> int:
        """The most vectors that a merge puts into one segment."""
        return self.limit_bytes // dimension

    def compact(self, count: int) -> bool:
        """Whether a segment of so many vectors is stored compactly."""
        return count >= self.flat_below

    def lists(self, count: int) -> int:
        """Lists of a compact segment: a power of two, so that segments of like sizes can share centres."""
        return 1 << max(round(math.log2(self.lists_per_root * math.sqrt(count))), 0)


DEFAULT = Scale()
