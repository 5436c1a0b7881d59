"""Batches of lessons by the step: the same run, interrupted or not, sees the same ones."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from lucida.training.augment import random_views
from lucida.training.vlm.conversation import Scribe, messages_of
from lucida.training.vlm.lessons import OPEN, pick

if TYPE_CHECKING:
    import torch
    from numpy.typing import NDArray

    from lucida.training.vlm.lessons import Lesson, Shown, Source

#: Batches that are drawn at a time and sorted by length, which saves most of the padding.
_POOL = 4
#: Lengths are filled up to a multiple of this: for each new one the processor's kernels are prepared anew.
_STEP = 16
#: Of lessons on pictures, those that are put as the way to an answer puts them.
_ROUTED = 0.65


@dataclass(frozen=True, slots=True)
class Share:
    """A source's part of a run: its share of the lessons at the beginning and at the end."""

    source: Source
    begin: float
    end: float


@dataclass(frozen=True, slots=True)
class Stage:
    """What lessons are like in a part of a run.

    Attributes:
        until: share of the run at which the part ends.
        longest: tokens; longer lessons are left out.
        alone: one plain question of each picture, without the router's instructions, whose answer says something of it;
            yes and no say little before things have names.
    """

    until: float
    longest: int
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Batch:
    """Lessons padded to one length.

    Attributes:
        ids: int64 (n, t), filled up at the end.
        own: bool (n, t), tokens of the model's own turns.
        pictures: float32 (k, 3, side, side) in 0..1, of the lessons that show one; None where none does.
    """

    ids: torch.Tensor
    own: torch.Tensor
    pictures: torch.Tensor | None


@dataclass(frozen=True, slots=True)
class _Row:
    ids: NDArray[np.int64]
    own: NDArray[np.bool_]
    lesson: Lesson


class Feed:
    """Draws batches from several sources.

    Args:
        shares: by name; what they add up to does not matter.
        scribe: makes tokens of lessons.
        batch: lessons per batch.
        side: of the pictures, in pixels.
        stage: what lessons are like at a share of the run (0..1).
        seed: of everything that is drawn.
        device: where pictures are changed, and stay.
    """

    def __init__(
        self,
        shares: Mapping[str, Share],
        scribe: Scribe,
        *,
        batch: int,
        side: int,
        stage: Callable[[float], Stage],
        seed: int,
        device: str = "cpu",
    ) -> None:
        self._shares, self._scribe, self._size, self._seed = shares, scribe, batch, seed
        self._side, self._stage, self._device = side, stage, device
        self._pool: tuple[int, list[list[_Row]]] = (-1, [])

    def batch(self, step: int, progress: float) -> Batch:
        """The batch of a step, at a share of the run (0..1) that rules the mixture."""
        import torch

        number = step // _POOL
        if self._pool[0] != number:
            self._pool = (number, self._drawn(number, progress))
        rows = self._pool[1][step % _POOL]
        longest = max(len(row.ids) for row in rows)
        shape = (len(rows), -(-longest // _STEP) * _STEP)
        ids, own = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=bool)
        for place, row in enumerate(rows):
            length = len(row.ids)
            ids[place, :length], own[place, :length] = row.ids, row.own
        shown = [row.lesson.show() for row in rows if row.lesson.show is not None]
        generator = torch.Generator().manual_seed(self._seed * 1_000_003 + step)
        return Batch(
            torch.from_numpy(ids),
            torch.from_numpy(own),
            views_of(shown, self._side, generator, self._device) if shown else None,
        )

    def _drawn(self, number: int, progress: float) -> list[list[_Row]]:
        rng, stage = np.random.default_rng((self._seed, number)), self._stage(progress)
        rows: list[_Row] = []
        lessons = drawn_lessons(self._shares, rng, progress)
        while len(rows) < _POOL * self._size:
            lesson = next(lessons)
            if stage.alone:
                told = [exchange for exchange in lesson.exchanges if exchange.kind in OPEN and exchange.part is None]
                if not told:
                    continue
                lesson = replace(lesson, exchanges=(pick(rng, told),))
            routed = is_routed(lesson, rng, 0.0 if stage.alone else _ROUTED)
            written = self._scribe.write(lesson, routed=routed)
            if len(written.ids) > stage.longest and lesson.exchanges[-1].part is not None:
                written = written.to_the_call()  # when to read is learned before what was read
            if len(written.ids) <= stage.longest:
                rows.append(_Row(written.ids, written.own, lesson))
        rows.sort(key=lambda row: len(row.ids))
        tokens = np.cumsum([len(row.ids) for row in rows])
        # As many tokens in each, not as many lessons: a batch of long ones would take as long as all others together.
        cuts = np.searchsorted(tokens, tokens[-1] * np.arange(1, _POOL) / _POOL)
        edges = [0, *(max(int(cut), place + 1) for place, cut in enumerate(cuts)), len(rows)]
        batches = [rows[start:end] for start, end in pairwise(edges)]
        return [batches[place] for place in rng.permutation(_POOL)]


def drawn_lessons(shares: Mapping[str, Share], rng: np.random.Generator, progress: float = 0.0) -> Iterator[Lesson]:
    """Lessons without end, each source as often as its share says."""
    weights = np.array([share.begin + (share.end - share.begin) * progress for share in shares.values()])
    sources = [share.source for share in shares.values()]
    while True:
        yield sources[int(rng.choice(len(sources), p=weights / weights.sum()))].draw(rng)


def is_routed(lesson: Lesson, rng: np.random.Generator, share: float = _ROUTED) -> bool:
    """How to put a lesson: what is to be read is always asked on the way to an answer."""
    reads = lesson.show is None or any(exchange.part is not None for exchange in lesson.exchanges)
    return reads or bool(rng.random() < share)


def texts_of(shares: Mapping[str, Share], count: int, seed: int) -> Iterator[str]:
    """What is said in so many lessons, for a tokenizer to learn from."""
    rng = np.random.default_rng((seed, 2**20))
    lessons = drawn_lessons(shares, rng)
    for _ in range(count):
        for message in messages_of(next(lessons), routed=True)[1:]:
            yield message.role
            yield from (f"\n{part}" for part in message.parts if isinstance(part, str))


def views_of(shown: Sequence[Shown], side: int, generator: torch.Generator, device: str) -> torch.Tensor:
    """Random views of pictures of any sizes, those of one sort at a time: float32 (n, 3, side, side) in 0..1."""
    import torch

    sorts: dict[Any, list[int]] = defaultdict(list)
    for number, one in enumerate(shown):
        sorts[one.views, one.pixels.shape, one.alpha is None].append(number)
    made = torch.empty(len(shown), 3, side, side, device=device)
    for (views, _, opaque), numbers in sorts.items():
        pixels = np.stack([shown[number].pixels for number in numbers])
        layers = [one.alpha for number in numbers if (one := shown[number]).alpha is not None]
        alpha = None if opaque else np.stack(layers)
        made[torch.tensor(numbers)] = random_views(pixels, side, views, generator, alpha, device)
    return made
