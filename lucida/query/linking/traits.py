"""What can be seen of a label and a value that may be its: numbers for ``judge``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lucida.query.boxes import is_box
from lucida.query.labels import looks_like_label
from lucida.query.linking.looks import look, look_of, page_look
from lucida.query.linking.proposals import Where
from lucida.query.terms import stop_words, tokens
from lucida.query.typed import agreement

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from lucida.query.concepts import ValueType
    from lucida.query.labels import Label
    from lucida.query.layout import Layout, Placed, Run
    from lucida.query.linking.proposals import Value

_STOPS = stop_words("en") | stop_words("de")
#: Distances in word heights are squashed: beyond this all are far.
_FAR = 8.0
#: A run that follows another so closely, in word heights, may go on with it.
_NEAR = 3.0
#: Column of how natural the rules find a value's place.
RULED_PLACE = -3


def traits(
    layout: Layout, label: Label, values: Sequence[Value], kind: ValueType, ruled: dict[tuple[int, ...], float]
) -> NDArray[np.float32]:
    """One row of traits for each value.

    Args:
        layout: the page.
        label: found on it.
        values: proposed for it.
        kind: form that the question asks for.
        ruled: how natural the hand-written rules of ``fields`` find some of the values, by their keys.

    Returns:
        float32 (n, t), about within -1..1; t is the same everywhere.
    """
    named = layout.rows[label.row][label.run].words[label.start : label.end]
    about = [*_of_label(layout, label, named), *look_of(named), *page_look(layout), float(kind.value == "any")]
    places = {
        (word.word, word.x0): (row, number)
        for row, runs in enumerate(layout.rows)
        for number, run in enumerate(runs)
        for word in run.words
    }
    near = {where: any(value.where is where for value in values) for where in Where}
    most = max(ruled.values(), default=0.0)
    context = [float(near[where]) for where in (Where.INLINE, Where.RIGHT, Where.BELOW)]
    rows = [
        [
            *about,
            *context,
            *_of_value(layout, label, value, kind, places.get((value.words[0].word, value.words[0].x0))),
            *_between(layout, named, value),
            *_ruled(value, ruled, most),
        ]
        for value in values
    ]
    return np.array(rows, dtype=np.float32)


def _of_label(layout: Layout, label: Label, named: Sequence[Placed]) -> list[float]:
    run = layout.rows[label.row][label.run]
    text = " ".join(word.text for word in named)
    words = [token.folded for token in tokens(run.text)]
    return [
        min(len(words), 16) / 16,
        sum(word in _STOPS for word in words) / max(len(words), 1),
        float(label.closed),
        _upper(text),
        min(len(named), 6) / 6,
        float(label.start > 0),
        float(label.end < len(run.words)),
        float(label.run == 0),
        float(label.run + 1 < len(layout.rows[label.row])),
    ]


def _of_value(
    layout: Layout, label: Label, value: Value, kind: ValueType, place: tuple[int, int] | None
) -> list[float]:
    """What a value is made of, and how its run, that to its left and that above it look."""
    text = value.text
    words = [token.folded for token in tokens(text)]
    letters, digits = sum(map(str.isalpha, text)), sum(map(str.isdigit, text))
    signs = sum(not char.isalnum() and not char.isspace() for char in text)
    size = max(len(text.replace(" ", "")), 1)
    row = () if place is None else layout.rows[place[0]]
    run = None if place is None else row[place[1]]
    left = None if place is None or not place[1] else row[place[1] - 1]
    own = layout.rows[label.row][label.run]
    above = None if place is None or run is None else _above(layout, place[0], run)
    return [
        *(float(value.where is where) for where in Where),
        min(value.order, 3) / 3,
        (value.lines - 1) / 5,
        float(value.goes_on),
        min(len(value.words), 12) / 12,
        _upper(text),
        letters / size,
        digits / size,
        signs / size,
        float(value.words[-1].text.endswith(":")),
        float(any(word.text.endswith(":") for word in value.words)),
        float(run is not None and looks_like_label(run)),
        sum(word in _STOPS for word in words) / max(len(words), 1),
        float(size <= 2),
        float(any(is_box(word.text) for word in value.words)),
        agreement(text, kind),
        float(left is not None and left.words[-1].text.endswith(":")),
        float(run is not None and run is not row[-1]),
        *look_of(value.words),
        *look(None if left is own else left),
        *look(None if above is own else above),
        float(left is own),
        float(above is own),
        float(_followed(row, place, layout.height)),
    ]


def _followed(row: Sequence[Run], place: tuple[int, int] | None, height: float) -> bool:
    """Whether a further run stands close behind."""
    if place is None or place[1] + 1 >= len(row):
        return False
    return row[place[1] + 1].x0 - row[place[1]].x1 < _NEAR * height


def _above(layout: Layout, number: int, run: Run) -> Run | None:
    """The run of the row above that stands over a run, if one does."""
    over = layout.rows[number - 1] if number else ()
    return next((other for other in over if min(other.x1, run.x1) > max(other.x0, run.x0)), None)


def _between(layout: Layout, named: Sequence[Placed], value: Value) -> list[float]:
    """How a value lies to its label, in word heights."""
    unit = max(layout.height, 1e-6)
    lx0, lx1 = min(word.x0 for word in named), max(word.x1 for word in named)
    vx0, vx1 = min(word.x0 for word in value.words), max(word.x1 for word in value.words)
    first = value.words[0]
    across, down = (vx0 - lx1) / unit, (first.y0 - max(word.y1 for word in named)) / unit
    height = float(np.mean([word.height for word in value.words])) / max(named[0].height, 1e-6)
    return [
        _squashed(across),
        _squashed(down),
        _squashed((vx0 - lx0) / unit),
        _squashed((vx0 + vx1 - lx0 - lx1) / 2 / unit),
        _squashed((vx1 - vx0) / unit / 3),
        float(abs(vx0 - lx0) < unit),
        float(across > 0.3 * layout.width / unit),
        min(height, 2.0) - 1.0,
        float(_upper(" ".join(word.text for word in named)) > 0.8) - float(_upper(value.text) > 0.8),
    ]


def _ruled(value: Value, ruled: dict[tuple[int, ...], float], most: float) -> list[float]:
    place = ruled.get(value.key, 0.0)
    return [place, float(place > 0.0), float(place > 0.0 and place == most)]


def _upper(text: str) -> float:
    """Share of letters that are capitals."""
    letters = [char for char in text if char.isalpha()]
    return sum(char.isupper() for char in letters) / max(len(letters), 1)


def _squashed(distance: float) -> float:
    return float(np.tanh(distance / _FAR * 2))
