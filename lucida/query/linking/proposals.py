"""Everything near a label that could be its value; which of it is meant, ``judge`` says."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise, takewhile
from typing import TYPE_CHECKING

from lucida.query.boxes import is_box
from lucida.query.labels import looks_like_label
from lucida.query.layout import Run

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lucida.query.labels import Label
    from lucida.query.layout import Layout, Placed

#: Runs to the right, and rows below, in which a value is looked for.
_RIGHT, _BELOW = 3, 6
#: A row below starts within so many word heights of the label's foot, or of the line before.
_BELOW_REACH, _LINE_REACH = 14.0, 1.7
#: What is written by hand or in other letters seldom lies quite level with its label: it overlaps it by this much.
_LEVEL = 0.3
#: Lines of a block.
_LINES = 6
#: Wide letters part a value into runs: so many, with gaps of at most so many word heights, are joined on trial.
_JOINED, _JOINED_GAP = 3, 2.5


class Where(IntEnum):
    """Where a value begins, seen from its label."""

    INLINE = 0
    RIGHT = 1
    BELOW = 2
    ABOVE = 3
    LEFT = 4


@dataclass(frozen=True, slots=True)
class Value:
    """Words that may be a label's value.

    Attributes:
        words: in reading order.
        where: they begin.
        order: of runs, or of rows, so far away; 0 is the next.
        lines: that they stand on.
        goes_on: the line behind the last one could belong to them, too.
    """

    words: tuple[Placed, ...]
    where: Where
    order: int
    lines: int = 1
    goes_on: bool = False

    @property
    def text(self) -> str:
        """The words, a space between any two."""
        return " ".join(word.text for word in self.words)

    @property
    def key(self) -> tuple[int, ...]:
        """The same for the same words."""
        return tuple(word.word for word in self.words)

    @classmethod
    def of(cls, words: tuple[Placed, ...], layout: Layout, label: Label) -> Value:
        """Words that were found otherwise."""
        row = layout.rows[label.row]
        if words[0] in row[label.run].words:
            where = Where.INLINE if words[0] in row[label.run].words[label.end :] else Where.LEFT
        else:
            here = any(words[0] in run.words for run in row)
            where = Where.RIGHT if here else Where.BELOW if words[0].y0 > row[label.run].y0 else Where.ABOVE
        return cls(words, where, 0)


def proposals(layout: Layout, label: Label) -> list[Value]:
    """Values that a label may have, each once, the nearest first."""
    found: dict[tuple[int, ...], Value] = {}
    for value in _every(layout, label):
        if value.words and not _is_none(value.words):
            found.setdefault(value.key, value)
    return list(found.values())


def _is_none(words: tuple[Placed, ...]) -> bool:
    """Whether words are a label that forms use, or a bare box, which ``checkboxes`` gives together with its option."""
    return looks_like_label(Run(words)) or all(is_box(word.text) for word in words)


def _every(layout: Layout, label: Label) -> Iterator[Value]:
    row = layout.rows[label.row]
    run = row[label.run]
    rest = run.since(label.end)
    if rest is not None:
        yield from _blocks(layout, label.row, rest.words, Where.INLINE, 0)
    behind = row[label.run + 1 : label.run + 1 + _RIGHT]
    for order in range(len(behind)):
        for words in _joined(layout, row[label.run + 1 :], order):
            yield from _blocks(layout, label.row, words, Where.RIGHT, order)
    for number in (label.row - 1, label.row + 1):
        for order, other in enumerate(_level_with(layout, number, run)[:_RIGHT]):
            yield from _blocks(layout, number, other.words, Where.RIGHT, order)
    further = tuple(takewhile(_names_nothing, row[label.run + 1 :]))
    if len(further) > 1:
        yield Value(_words(further), Where.RIGHT, 0)
    if rest is not None and further:
        yield Value((*rest.words, *further[0].words), Where.INLINE, 0)
    yield from _below(layout, label)
    yield from _above(layout, label)
    if label.start:
        yield Value(run.words[: label.start], Where.LEFT, 0)
    elif label.run:
        for words in _joined(layout, row[label.run - 1 :: -1], 0):
            yield Value(tuple(sorted(words, key=lambda word: word.x0)), Where.LEFT, 0)


def _names_nothing(run: Run) -> bool:
    """Whether a run holds no further label."""
    return not looks_like_label(run) and not any(word.text.endswith(":") for word in run.words)


def _joined(layout: Layout, runs: Sequence[Run], first: int) -> Iterator[tuple[Placed, ...]]:
    """A run, alone and together with those that follow it closely."""
    words = runs[first].words
    yield words
    for before, run in pairwise(runs[first : first + _JOINED]):
        gap = max(run.x0 - before.x1, before.x0 - run.x1)
        if gap > _JOINED_GAP * layout.height or not _names_nothing(run):
            return
        words = (*words, *run.words)
        yield words


def _above(layout: Layout, label: Label) -> Iterator[Value]:
    """What stands on the line over a label: forms name their lines below them."""
    if label.row == 0:
        return
    x0, x1 = _sides(layout.rows[label.row][label.run].words[label.start : label.end])
    row = layout.rows[label.row - 1]
    for number, run in enumerate(row):
        if _overlap(run, x0, x1) > 0.0:
            yield from (Value(words, Where.ABOVE, 0) for words in _joined(layout, row, number))


def _level_with(layout: Layout, number: int, run: Run) -> list[Run]:
    """Runs of another row that stand to the right of a run and overlap it in height."""
    if not 0 <= number < len(layout.rows):
        return []
    return [
        other
        for other in layout.rows[number]
        if other.x0 >= run.x1
        and min(other.y1, run.y1) - max(other.y0, run.y0) > _LEVEL * min(other.y1 - other.y0, run.y1 - run.y0)
    ]


def _below(layout: Layout, label: Label) -> Iterator[Value]:
    words = layout.rows[label.row][label.run].words[label.start : label.end]
    (x0, x1), foot, order = _sides(words), max(word.y1 for word in words), 0
    for number in range(label.row + 1, min(label.row + 1 + _BELOW, len(layout.rows))):
        row = layout.rows[number]
        if min(run.y0 for run in row) - foot > _BELOW_REACH * layout.height:
            return
        under = [run for run in row if _overlap(run, x0, x1) > 0.0 or abs(run.x0 - x0) < 2 * layout.height]
        for run in under:
            for words in _joined(layout, row, row.index(run)):
                yield from _blocks(layout, number, words, Where.BELOW, order)
        if len(row) > 1 and under:
            yield Value(_words(row), Where.BELOW, order)
        order += bool(under)


def _blocks(layout: Layout, row: int, first: Sequence[Placed], where: Where, order: int) -> Iterator[Value]:
    """A run, and blocks of more and more of the lines that go on below it."""
    words = tuple(first)
    x0, x1 = _sides(words)
    last = words
    for lines in range(1, _LINES + 1):
        following = _following(layout, row + lines, last, x0, x1)
        yield Value(words, where, order, lines, following is not None)
        if following is None:
            return
        words, last = (*words, *following), following
        x1 = max(x1, _sides(following)[1])


def _following(layout: Layout, row: int, last: Sequence[Placed], x0: float, x1: float) -> tuple[Placed, ...] | None:
    """The run of the next row that goes on under some words, if one does."""
    if row >= len(layout.rows):
        return None
    foot = max(word.y1 for word in last)
    for run in layout.rows[row]:
        near = run.y0 - foot < _LINE_REACH * layout.height
        aligned = abs(run.x0 - x0) < 2 * layout.height or (run.x0 < x0 and run.x1 > x0 + 0.5 * (x1 - x0))
        if near and aligned and not looks_like_label(run):
            return run.words
    return None


def _words(runs: Sequence[Run]) -> tuple[Placed, ...]:
    return tuple(word for run in runs for word in run.words)


def _sides(words: Sequence[Placed]) -> tuple[float, float]:
    return min(word.x0 for word in words), max(word.x1 for word in words)


def _overlap(run: Run, x0: float, x1: float) -> float:
    """What a run and a stretch have in common, in shares of the narrower one; negative where there is a gap."""
    return (min(run.x1, x1) - max(run.x0, x0)) / max(min(run.x1 - run.x0, x1 - x0), 1e-6)
