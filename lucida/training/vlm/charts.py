"""Lessons on bar charts: which bar is the tallest, by its place, and by its name once the names were read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lucida.generate.canvas import Canvas
from lucida.generate.charts import Titles, bar_chart
from lucida.training.data.scene_things import NUMBERS
from lucida.training.data.sheet_words import Words
from lucida.training.vlm.lessons import Exchange, Lesson, Shown, is_kept, pick, worded
from lucida.types import Box

if TYPE_CHECKING:
    from lucida.training.augment import Views

_PLACES = ("first", "second", "third", "fourth", "fifth", "sixth")
_WHERE = ("which bar is the {most}, counted from the left?", "where is the {most} bar?",
          "counted from the left, which bar is {most}?", "which place has the {most} bar?")  # fmt: skip
_NAMED = ("which category has the {most} bar?", "what is the {most} bar called?", "what has the {value} value?",
          "which name has the {value} bar?", "for what is the value {value}?")  # fmt: skip
_COUNT = ("how many bars are there?", "how many bars does the chart have?", "count the bars.")
_MOST = (("tallest", "highest"), ("shortest", "lowest"))
#: Where a chart's names stand.
_FOOT = Box(0.0, 0.8, 1.0, 1.0)
#: The tallest bar is taller than the next by at least this, for a small eye.
_CLEAR = 1.15


@dataclass(frozen=True, slots=True)
class _Bars:
    names: tuple[str, ...]
    values: tuple[float, ...]
    seed: int


class ChartLessons:
    """A ``Source`` of questions on bar charts that are drawn anew. One list of names in ten is kept for measuring.

    Args:
        views: how far the charts may be changed.
        side: their width and height, pixels.
    """

    def __init__(self, views: Views, side: int = 192) -> None:
        self._views, self._side = views, side

    def draw(self, rng: np.random.Generator, *, held_out: bool = False) -> Lesson:
        """See ``Source``."""
        bars = _planned(rng)
        while is_kept(" ".join(bars.names)) != held_out:
            bars = _planned(rng)
        number = int(rng.integers(2))
        most, value = _MOST[number]
        at = int(np.argmax(bars.values) if number == 0 else np.argmin(bars.values))
        exchanges = [
            Exchange("chart", worded(rng, _WHERE, most=most), (f"the {_PLACES[at]}", _PLACES[at])),
            Exchange("count", worded(rng, _COUNT), (NUMBERS[len(bars.names)], str(len(bars.names)))),
        ]
        exchanges = exchanges[: 1 + int(rng.integers(2))]
        named = rng.random() < 0.4
        if named:
            question = worded(rng, _NAMED, most=most, value=value)
            read = " ".join(bars.names)
            exchanges.append(
                Exchange("reading", question, (bars.names[at],), quote=bars.names[at], part=_FOOT, text=read)
            )
        return Lesson(tuple(exchanges), lambda: Shown(self._drawn(bars), None, self._views), small_print=named)

    def _drawn(self, bars: _Bars) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
        rng = np.random.default_rng(bars.seed)
        canvas = Canvas(self._side, self._side, background=pick(rng, ("#ffffff", "#fbf7ef", "#f1f4f8")), oversampling=2)
        title = Words(rng).title(2) if rng.random() < 0.5 else ""
        size = self._side / rng.uniform(16, 26)
        edge = self._side - 6
        bar_chart(canvas, (6, 6, edge, edge), bars.names, {"": bars.values}, Titles(title), size)
        return np.asarray(canvas.finish().convert("RGB"))


def _planned(rng: np.random.Generator) -> _Bars:
    """Names and heights, the extremes clear of the others."""
    words = Words(rng)
    names: dict[str, None] = {}
    count = int(rng.integers(2, len(_PLACES) + 1))
    while len(names) < count:
        names[words.noun()[:6]] = None
    while True:
        values = np.sort(rng.uniform(10, 100, count))
        if values[-1] > _CLEAR * values[-2] and values[1] > _CLEAR * values[0]:
            break
    shuffled = tuple(round(float(value), 1) for value in rng.permutation(values))
    return _Bars(tuple(names), shuffled, int(rng.integers(2**31)))
