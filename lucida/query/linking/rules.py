"""Where a label's value is by hand-written rules: beside it, or below it, as eyes try it; ``judge`` weighs them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from lucida.query.boxes import is_box
from lucida.query.concepts import ValueType
from lucida.query.labels import Label, looks_like_label
from lucida.query.layout import Layout, Placed, Run
from lucida.query.terms import stop_words
from lucida.query.typed import agreement, find_spans

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lucida.query.question import Question

#: How natural each place of a value is; set by hand and tried on FUNSD's training forms.
_INLINE, _INLINE_OPEN, _INLINE_LOOSE, _RIGHT, _BELOW, _BELOW_ALONE = 1.0, 0.92, 0.84, 0.97, 0.78, 0.9
_ROW_END, _PROSE = 0.93, 0.78
#: From so many words on, a good share of them stop-words, a line is running text.
_PROSE_WORDS = 7
#: A value below its label starts within so many word heights of the label's foot.
_BELOW_REACH = 3.5
#: Lines of a block (an address) follow each other within so many word heights.
_LINE_REACH = 1.3
#: A wide gap within a value stays below so many word heights.
_JOINED = 1.6
_LONGEST_BLOCK = 6
#: Types whose value is cut out of a longer text beside the label.
TRIMMED = {
    ValueType.MONEY, ValueType.DATE, ValueType.PERCENT, ValueType.EMAIL, ValueType.PHONE, ValueType.WEB, ValueType.TIME,
    ValueType.MEASURE, ValueType.DURATION,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ruled:
    """Words that a rule takes for a label's value, and how natural their place is, 0..1."""

    words: tuple[Placed, ...]
    place: float

    @property
    def text(self) -> str:
        """The words, a space between any two."""
        return " ".join(word.text for word in self.words)


def ruled_values(layout: Layout, label: Label, question: Question) -> Iterator[Ruled]:
    """Everything that could be the label's value, in the order eyes try it."""
    run = layout.rows[label.row][label.run]
    rest = run.since(label.end)
    inline = Ruled(_until_next_label(rest), _inline_place(rest, label, question)) if rest is not None else None
    if inline is not None:
        yield inline
    right = None
    if inline is None or (not label.closed and not fitting(inline.words, question.type)[1]):
        right = _right(layout, label)
        if right is None or not _fits(right, question):
            right = _row_end(layout, label, question) or right
    if right is not None:
        yield _grown(layout, label.row, right, question, beside=True)
    if inline is None or not label.closed:
        natural = _below_place(layout, label, beside=inline is not None or right is not None)
        for row, below in _below(layout, label):
            drop = (below.y0 - run.y1) / max(layout.height, 1e-6)
            yield _grown(layout, row, Ruled(below.words, natural - 0.03 * max(drop, 0.0)), question)


def _fits(value: Ruled, question: Question) -> bool:
    return fitting(value.words, question.type)[1] > 0.0


def _row_end(layout: Layout, label: Label, question: Question) -> Ruled | None:
    """The last value of a row of goods ("Claw hammer   16 oz   18.49"), when money or a measure is asked for."""
    runs = layout.rows[label.row][label.run + 1 :]
    if label.closed or question.type not in (ValueType.MONEY, ValueType.MEASURE):
        return None
    last = next((run for run in reversed(runs) if find_spans(run.text, ValueType.MONEY)), None)
    return Ruled(last.words, _ROW_END) if last is not None else None


def _below_place(layout: Layout, label: Label, *, beside: bool) -> float:
    """Below is where to look when nothing stands beside the label, or when the label heads a column."""
    return _BELOW_ALONE if not beside or _heads_columns(layout, label.row, label.run) else _BELOW


def _inline_place(rest: Run, label: Label, question: Question) -> float:
    """Behind a colon a value is sure; without one, free text may go on a title and only a typed value is likely."""
    if label.closed:
        return _INLINE
    if is_prose(rest):
        return _PROSE
    if rest.words[0].text.lower() in stop_words(question.language):
        return 0.5
    return _INLINE_OPEN if question.type in TRIMMED or question.type is ValueType.IDENTIFIER else _INLINE_LOOSE


def is_prose(run: Run) -> bool:
    """Whether what follows a label's words is running text, whose answers the sentences know better."""
    words = [word.text.lower().strip(",.;") for word in run.words]
    stops = stop_words("en") | stop_words("de")
    return len(words) >= _PROSE_WORDS and sum(word in stops for word in words) >= 0.25 * len(words)


def _right(layout: Layout, label: Label) -> Ruled | None:
    """The next run of the row, unless it is a label itself; a far one is less natural."""
    runs = layout.rows[label.row]
    if label.run + 1 >= len(runs):
        return None
    run, neighbour = runs[label.run], runs[label.run + 1]
    heads = not label.closed and _heads_columns(layout, label.row, label.run)
    if looks_like_label(neighbour):
        return None
    words = _joined(runs[label.run + 1 :], layout.height)
    gap = max(neighbour.x0 - run.x1, 0.0) / max(layout.width, 1e-6)
    open_penalty = 0.0 if label.closed else 0.3 if heads else 0.05
    return Ruled(words, _RIGHT - 0.15 * gap - open_penalty) if words else None


def _joined(runs: Sequence[Run], height: float) -> tuple[Placed, ...]:
    """The first run's value, with the runs that follow close by, or that a bare sign ("$") leads to."""
    value: tuple[Placed, ...] = ()
    for before, run in pairwise((None, *runs)):
        assert run is not None
        bare = before is not None and not any(char.isalnum() or is_box(char) for char in before.text)
        close = before is None or run.x0 - before.x1 < _JOINED * height
        if before is not None and (looks_like_label(run) or not (bare or close)):
            break
        words = _until_next_label(run)
        value += words
        if len(words) < len(run.words):
            break
    return value


def _heads_columns(layout: Layout, row: int, number: int) -> bool:
    """Whether a run and its right neighbour both have their own run under them: the row is a table's head."""
    if row + 1 >= len(layout.rows) or number + 1 >= len(layout.rows[row]):
        return False
    under = layout.rows[row + 1]
    here, there = layout.rows[row][number], layout.rows[row][number + 1]
    if min(run.y0 for run in under) - here.y1 > _BELOW_REACH * layout.height:
        return False
    first = [run for run in under if _same_column(run, here.x0, here.x1, layout.height)]
    second = [run for run in under if _same_column(run, there.x0, there.x1, layout.height)]
    if not first or not second or first[0] is second[0]:
        return False
    names = not _has_digit(here) and not _has_digit(there)
    return names and (_has_digit(first[0]) or _has_digit(second[0]) or _shouts(here, there, first[0]))


def _has_digit(run: Run) -> bool:
    return any(char.isdigit() for char in run.text)


def _shouts(here: Run, there: Run, below: Run) -> bool:
    """Both heads are in capitals and what stands below is not."""
    return here.text.isupper() and there.text.isupper() and not below.text.isupper()


def _below(layout: Layout, label: Label) -> Iterator[tuple[int, Run]]:
    """Runs under the label, in its column, within reach; the nearest row that has one ends the search."""
    run = layout.rows[label.row][label.run]
    words = run.words[label.start : label.end]
    x0, x1, foot = words[0].x0, words[-1].x1, max(word.y1 for word in words)
    for number in range(label.row + 1, len(layout.rows)):
        row = layout.rows[number]
        if min(r.y0 for r in row) - foot > _BELOW_REACH * layout.height:
            return
        under = [below for below in row if _same_column(below, x0, x1, layout.height)]
        if under:
            if not looks_like_label(under[0]):
                yield number, under[0]
            return


def _same_column(run: Run, x0: float, x1: float, height: float) -> bool:
    """Left edges, right edges or centres agree, or the narrower of both lies over the other."""
    if min(abs(run.x0 - x0), abs(run.x1 - x1)) < height or abs(run.x0 + run.x1 - x0 - x1) < 2 * height:
        return True
    common = min(run.x1, x1) - max(run.x0, x0)
    return common > 0.5 * min(run.x1 - run.x0, x1 - x0)


def _until_next_label(run: Run) -> tuple[Placed, ...]:
    """The run's words before the next ``label:`` in it.

    Where that label starts is not printed: it is taken to start behind the widest gap before its colon.
    """
    words = run.words
    colon = next((i for i, word in enumerate(words) if word.text.endswith(":") and i > 0), None)
    if colon is None:
        return words
    gaps = [(words[i].x0 - words[i - 1].x1, i) for i in range(1, colon + 1)]
    return words[: max(gaps)[1]] if gaps else words


def _grown(layout: Layout, row: int, value: Ruled, question: Question, *, beside: bool = False) -> Ruled:
    """Add the lines that continue a block: an address, a name over two lines; other types stay on their line."""
    kinds = {ValueType.ADDRESS, ValueType.ANY} if not beside else {ValueType.ADDRESS}
    if question.type not in kinds or not value.words:
        return value
    words, last = list(value.words), value.words
    for runs in layout.rows[row + 1 : row + _LONGEST_BLOCK]:
        x0, foot = last[0].x0, max(word.y1 for word in last)
        follow = next((r for r in runs if abs(r.x0 - x0) < layout.height), None)
        if follow is None or follow.y0 - foot > _LINE_REACH * layout.height or looks_like_label(follow):
            break
        if any(word.text.endswith(":") for word in follow.words) or question.type is ValueType.ANY:
            break
        words += follow.words
        last = follow.words
    return Ruled(tuple(words), value.place)


def fitting(words: Sequence[Placed], kind: ValueType) -> tuple[Sequence[Placed], float]:
    """The words that hold a value of the type, and how well they fit; all of them when none does."""
    text = " ".join(word.text for word in words)
    if kind is ValueType.CHOICE:
        return words, 1.0
    spans = find_spans(text, kind) if kind in TRIMMED else []
    if kind is ValueType.IDENTIFIER and any(word.text.islower() for word in words):
        spans = [span for span in find_spans(text, kind) if span.start == 0]
    if not spans:
        return words, agreement(text, kind)
    # A sum stands at the end of its row (quantity, price, sum), a date or address where the label points.
    span = spans[-1] if kind is ValueType.MONEY else spans[0]
    return Run(tuple(words)).between(span.start, span.end), agreement(span.text, kind)
