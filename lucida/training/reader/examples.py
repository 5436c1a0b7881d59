"""What a reader learns from: questions with the place of their answer, as rows and batches of tokens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from lucida.models.protocols import PairCutter, PairWindow

#: How often a long passage is shown by a window without its answer, as one that has none.
_ELSEWHERE = 0.2


@dataclass(frozen=True, slots=True)
class Example:
    """A question on a passage.

    Attributes:
        spans: first and last character plus one of each accepted answer; empty where there is none.
    """

    question: str
    passage: str
    spans: tuple[tuple[int, int], ...] = ()


class Source(Protocol):
    """An endless supply of examples of one sort; the same generator state gives the same one."""

    def draw(self, rng: np.random.Generator) -> Example: ...


@dataclass(frozen=True, slots=True)
class Row:
    """One window with its target: the tokens of the answer, or 0 and 0, [CLS], where there is none."""

    window: PairWindow
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows padded to one length.

    Attributes:
        ids, mask, types, marks: int64, shape (n, t).
        readable: bool, (n, t): [CLS] and the passage's tokens, where a span may begin and end.
        first, last: int64, (n,): tokens of the answer, 0 for none.
    """

    ids: NDArray[np.int64]
    mask: NDArray[np.int64]
    types: NDArray[np.int64]
    marks: NDArray[np.int64]
    readable: NDArray[np.bool_]
    first: NDArray[np.int64]
    last: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.ids)


def row_of(cutter: PairCutter, example: Example, rng: np.random.Generator) -> Row | None:
    """One window of an example with one of its answers, both drawn; None where no window holds the answer whole."""
    windows = cutter.cut(example.question, [example.passage])
    if not windows:
        return None
    if not example.spans:
        return Row(windows[int(rng.integers(len(windows)))], 0, 0)
    span = example.spans[int(rng.integers(len(example.spans)))]
    holding = [(window, place) for window in windows if (place := _tokens(window, *span)) is not None]
    free = [window for window in windows if not any(_touches(window, *one) for one in example.spans)]
    if free and rng.random() < _ELSEWHERE:
        return Row(free[int(rng.integers(len(free)))], 0, 0)
    if not holding:
        return None
    window, (first, last) = holding[int(rng.integers(len(holding)))]
    return Row(window, first, last)


def batch_of(rows: Sequence[Row]) -> Batch:
    """Pad rows to the longest."""
    shape = (len(rows), max(len(row.window.ids) for row in rows))
    ids, mask, types, marks = (np.zeros(shape, dtype=np.int64) for _ in range(4))
    readable = np.zeros(shape, dtype=bool)
    for place, row in enumerate(rows):
        length = len(row.window.ids)
        ids[place, :length], mask[place, :length] = row.window.ids, 1
        types[place, :length], marks[place, :length] = row.window.types, row.window.marks
        readable[place, :length] = row.window.offsets[:, 0] >= 0
    readable[:, 0] = True
    first, last = (np.array([getattr(row, name) for row in rows], dtype=np.int64) for name in ("first", "last"))
    return Batch(ids, mask, types, marks, readable, first, last)


def _tokens(window: PairWindow, start: int, end: int) -> tuple[int, int] | None:
    """The tokens that cover a stretch of characters, None unless all of it is in the window."""
    inside = np.flatnonzero((window.offsets[:, 1] > start) & (window.offsets[:, 0] < end) & (window.offsets[:, 0] >= 0))
    if not len(inside) or window.offsets[inside[0], 0] > start or window.offsets[inside[-1], 1] < end:
        return None
    return int(inside[0]), int(inside[-1])


def _touches(window: PairWindow, start: int, end: int) -> bool:
    return bool(((window.offsets[:, 1] > start) & (window.offsets[:, 0] < end) & (window.offsets[:, 0] >= 0)).any())
