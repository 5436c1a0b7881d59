"""Batches by the step: the same run, interrupted or not, sees the same ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lucida.training.reader.examples import Batch, Row, Source, batch_of, row_of

if TYPE_CHECKING:
    from lucida.models.protocols import PairCutter

#: Batches that are drawn at a time and sorted by length, which saves most of the padding.
_POOL = 8


@dataclass(frozen=True, slots=True)
class Share:
    """A source's part of a run: its share of the examples at the beginning and at the end."""

    source: Source
    begin: float
    end: float


class Feed:
    """Draws batches from several sources.

    Args:
        shares: by name; what they add up to does not matter.
        cutter: makes tokens of them.
        batch: rows per batch.
        seed: of everything that is drawn.
    """

    def __init__(self, shares: Mapping[str, Share], cutter: PairCutter, batch: int, seed: int) -> None:
        self._shares, self._cutter, self._size, self._seed = shares, cutter, batch, seed
        self._pool: tuple[int, list[Batch]] = (-1, [])

    def batch(self, step: int, progress: float) -> Batch:
        """The batch of a step, at a share of the run (0..1) that rules the mixture."""
        number = step // _POOL
        if self._pool[0] != number:
            self._pool = (number, self._drawn(number, progress))
        return self._pool[1][step % _POOL]

    def _drawn(self, number: int, progress: float) -> list[Batch]:
        rng = np.random.default_rng((self._seed, number))
        weights = np.array([share.begin + (share.end - share.begin) * progress for share in self._shares.values()])
        sources = [share.source for share in self._shares.values()]
        rows: list[Row] = []
        while len(rows) < _POOL * self._size:
            source = sources[int(rng.choice(len(sources), p=weights / weights.sum()))]
            row = row_of(self._cutter, source.draw(rng), rng)
            if row is not None:
                rows.append(row)
        rows.sort(key=lambda row: len(row.window.ids))
        batches = [batch_of(rows[start : start + self._size]) for start in range(0, len(rows), self._size)]
        return [batches[place] for place in rng.permutation(_POOL)]
