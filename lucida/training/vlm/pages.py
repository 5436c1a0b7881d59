"""Lessons on pages and charts: what kind they are, and that what is printed on them has to be read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from lucida.training.data.sheet_pages import PAGES
from lucida.training.data.sheets import KINDS, NAMES, VIEWS
from lucida.training.data.sheets import STYLES as SHEET_STYLES
from lucida.training.vlm.lessons import Exchange, Lesson, Shown, pick, worded
from lucida.training.vlm.texts import Read, Readings

if TYPE_CHECKING:
    from lucida.training.augment import Views
    from lucida.training.data.packed import PackedSet

_WHAT = ("what kind of page is this?", "what is this?", "what kind of document is this?", "what does the picture show?",
         "what sort of paper is this?", "what type of document do you see?", "what am I looking at?")  # fmt: skip
_CHART = ("what kind of chart is this?", "what type of diagram is this?", "how are the data shown?",
          "what is this?", "what kind of figure do you see?")  # fmt: skip
_IS = ("is this {a}?", "is the page {a}?", "does the picture show {a}?", "would you call this {a}?")
_MEDIUM = (
    "is this a photograph, a drawing, a page or a chart?",
    "what kind of picture is this?",
    "what sort of image is it?",
)
_SCANNED = ("was this page scanned?", "is this a scan?", "does it look like a scan or photocopy?")
_ABSENT = ("what colour is the {name}?", "where is the {name}?", "how many {name}s are there?")
_STRANGE = ("dog", "car", "boat", "horse", "tree", "cup", "bird", "apple", "chair", "elephant")
#: Kinds on which something is written that can be asked for.
_WRITTEN = frozenset(
    ("invoice", "letter", "form", "receipt", "article", "report", "cover", "datasheet", "contract", "table", "text",
     "newspaper", "handwritten", "slide", "figure", "screenshot", "business card")
)  # fmt: skip
_CHARTS = frozenset(kind for kind in KINDS if "chart" in kind or "plot" in kind)
#: Of lessons on pages with writing, those that ask for it.
_READ = 0.5


class PageLessons:
    """A ``Source`` of questions on pages. One drawn document in ten is kept for measuring.

    Args:
        packed: sheets of the recipe.
        views: how far they may be changed.
        readings: gives questions on texts, and where on a page to read.
    """

    def __init__(self, packed: PackedSet, views: Views, readings: Readings) -> None:
        self._packed, self._views, self._readings = packed, views, readings
        every = np.arange(len(packed))
        kept = every // VIEWS % 10 == 0
        self._rows = {False: every[~kept], True: every[kept]}

    def draw(self, rng: np.random.Generator, *, held_out: bool = False) -> Lesson:
        """See ``Source``."""
        rows = self._rows[held_out]
        row = int(rows[rng.integers(len(rows))])
        kind, style = self._packed.card.keys[int(self._packed.concepts[row])].split("/")
        ways = ["kind", "kind", "yes or no", "medium", "scanned", "absent"]
        count = int(rng.integers(1, 3))
        reads = kind in _WRITTEN and rng.random() < _READ
        chosen = [str(way) for way in rng.permutation(ways)[: count - reads]]
        exchanges = [_asked(way, kind, style, rng) for way in chosen]
        if reads:
            exchanges.append(read(self._readings.draw(rng, held_out=held_out)))
        return Lesson(
            tuple(exchanges),
            lambda: Shown(np.array(self._packed.pixels[row]), None, self._views),
            small_print=reads or (kind in _WRITTEN and rng.random() < 0.7),
        )


def read(found: Read) -> Exchange:
    """A question that is answered by reading a part of the page."""
    kind = "reading" if found.answer else "nothing to read"
    answers = (found.answer,) if found.answer else ()
    return Exchange(kind, found.question, answers, quote=found.quote, part=found.part, text=found.text)


def _asked(way: str, kind: str, style: str, rng: np.random.Generator) -> Exchange:
    chart = kind in _CHARTS
    if way == "medium":
        said = "chart" if chart else "page" if kind in PAGES else "drawing"
        return Exchange("medium", worded(rng, _MEDIUM), (said,))
    if way == "scanned":
        return Exchange("yes or no", worded(rng, _SCANNED), ("yes" if style == SHEET_STYLES[1] else "no",))
    if way == "absent":
        name = pick(rng, _STRANGE)
        return Exchange("absent", worded(rng, _ABSENT, name=name), (), f"There is no {name} in the picture.")
    if way == "yes or no":
        true = rng.random() < 0.5
        said = pick(rng, NAMES[kind]) if true else pick(rng, _unlike(kind))
        return Exchange("yes or no", worded(rng, _IS, a=said), ("yes" if true else "no",))
    return kind_of_page(NAMES[kind], rng, chart=chart)


def kind_of_page(names: Sequence[str], rng: np.random.Generator, *, chart: bool = False) -> Exchange:
    """A question for the kind of a page or a chart, which has these names, each with its article."""
    bare = tuple(name.split(" ", 1)[1] for name in names if name.startswith(("a ", "an ", "the ")))
    return Exchange("chart" if chart else "page", worded(rng, _CHART if chart else _WHAT), (*names, *bare))


def _unlike(kind: str) -> Sequence[str]:
    """Names that are not said of a kind."""
    own = set(NAMES[kind])
    return [name for other in KINDS for name in NAMES[other][:2] if name not in own]
