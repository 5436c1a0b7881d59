"""Boxes to tick on a scan, found by their frames: engines read them as O, [] or nothing at all.

A box is a square whose four sides are drawn straight from corner to corner; letters have no such frame, and cells of
grids are larger or longer. It is ticked when there is ink inside.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from lucida.types import Box, Word

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL.Image import Image

EMPTY, TICKED = "☐", "☒"
#: Sides of boxes, in points.
_SMALLEST, _LARGEST = 5.5, 17.0
#: Height for width, and share of each side that must be drawn.
_SQUARE, _DRAWN = (0.8, 1.25), 0.85
#: An upright side stands within so many pixels of the ends of the upper one.
_PEN = 3
#: Both uprights together are no wider than this share of a side, and two pixels.
_THIN = 0.3
#: So far around, in shares of a side, less than this share is ink.
_AROUND, _CROWDED = 0.16, 0.2
#: Ink is darker than this share of the paper; a box with more ink than this share of its inside is ticked.
_DARK, _FILLED = 0.72, 0.07
#: With more ink than this inside, it is a bullet or a picture.
_SOLID = 0.75
#: A frame takes this share of a side, so that inside begins behind it.
_FRAME = 0.2
#: Engines are mostly right on words, and on single letters, from here on;
_SURE, _SURER = 0.5, 0.8
#: What engines make of boxes.
_LIKE_BOXES = frozenset("Oo0XxKCLJUlI()[]{}|&@©®*«»■□☐☒☑_-.,:;'")
#: Engines make at most so many letters of a box.
_MISREAD = 3


class Found(NamedTuple):
    """A box on a raster: its edges in pixels, and whether it is ticked."""

    x0: float
    y0: float
    x1: float
    y1: float
    ticked: bool


def find_boxes(image: Image, dpi: float) -> list[Found]:
    """Boxes to tick, from top to bottom.

    Args:
        image: grey, level, dark on light.
        dpi: its resolution.
    """
    grey = np.asarray(image.convert("L"))
    ink = grey < _DARK * float(np.median(grey))
    low, high = _SMALLEST * dpi / 72, _LARGEST * dpi / 72
    if low < 4 or min(ink.shape) <= high:
        return []
    strokes = ink.copy()
    strokes[:, 1:-1] |= ink[:, 2:] & ink[:, :-2]  # a side of which one pixel is lacking is one side all the same
    found: list[Found] = []
    for stroke in _strokes(strokes, low, high):
        box = _framed(ink, stroke)
        if box is not None and not any(_same(box, other) for other in found):
            found.append(box)
    return found


def with_boxes(words: Sequence[Word], boxes: Sequence[Found], size: tuple[int, int]) -> list[Word]:
    """The words of a raster with its boxes among them, in place of what an engine made of them.

    Args:
        words: boxes in fractions of the raster; lines are kept.
        boxes: on it.
        size: its width and height in pixels.

    Returns:
        Words by line, from left to right; boxes beside which nothing stands are left out.
    """
    kept = list(words)
    made: list[Word] = []
    for box in boxes:
        place = Box.from_px(box.x0, box.y0, box.x1, box.y1, *size)
        if any(_letter_of(word, place) for word in kept):
            continue
        kept = [rest for word in kept if (rest := _without(word, place)) is not None]
        line = _line_beside(kept, place)
        if line is not None:
            made.append(Word(TICKED if box.ticked else EMPTY, place, 1.0, line))
    if not made:
        return list(words)
    return sorted([*kept, *made], key=lambda word: (word.line, word.box.x0))


def _strokes(level: NDArray[np.bool_], low: float, high: float) -> Iterator[tuple[int, int, int]]:
    """Level strokes as long as a box is wide: row, first and last column. Of a thick one, each row."""
    padded = np.zeros((level.shape[0], level.shape[1] + 2), dtype=np.int8)
    padded[:, 1:-1] = level
    edges = np.diff(padded, axis=1)
    rows, starts = np.nonzero(edges == 1)
    _, ends = np.nonzero(edges == -1)
    fits = (ends - starts >= low) & (ends - starts <= high)
    for y, start, end in zip(rows[fits].tolist(), starts[fits].tolist(), ends[fits].tolist(), strict=True):
        yield y, start, end - 1


def _framed(ink: NDArray[np.bool_], stroke: tuple[int, int, int]) -> Found | None:
    """The box whose upper side a stroke is, if it is one's."""
    y, x0, x1 = stroke
    wide = x1 - x0 + 1
    least, most = int(_SQUARE[0] * wide), int(_SQUARE[1] * wide)
    across = ink[y + least : y + most + 1, x0 : x1 + 1].mean(axis=1)
    if not len(across) or across.max() < _DRAWN:
        return None
    foot = y + least + int(np.flatnonzero(across >= _DRAWN)[0])
    down = ink[y : foot + 1, x0 : x1 + 1].mean(axis=0)
    if min(down[:_PEN].max(), down[-_PEN:].max()) < _DRAWN or (down >= _DRAWN).sum() > _THIN * wide + 2:
        return None
    if _bulges(ink, (y, foot), (x0, x1)) or not _apart(ink, (y, foot), (x0, x1)):
        return None
    inset_x, inset_y = max(round(_FRAME * wide), 2), max(round(_FRAME * (foot - y)), 2)
    inside = ink[y + inset_y : foot - inset_y + 1, x0 + inset_x : x1 - inset_x + 1]
    if not inside.size or inside.mean() > _SOLID:
        return None
    return Found(x0, y, x1 + 1, foot + 1, bool(inside.mean() > _FILLED))


def _bulges(ink: NDArray[np.bool_], rows: tuple[int, int], columns: tuple[int, int]) -> bool:
    """Whether both sides reach beyond the upper one's ends half-way down: an "o" in bold letters does."""
    (top, foot), (left, right) = rows, columns
    quarter = (foot - top) // 4
    middle = ink[top + quarter : foot - quarter + 1]
    return all(0 <= at < ink.shape[1] and middle[:, at].mean() > 0.5 for at in (left - 1, right + 1))


def _apart(ink: NDArray[np.bool_], rows: tuple[int, int], columns: tuple[int, int]) -> bool:
    """Whether little stands close around a box; of a word's letters, the next is close by."""
    (top, foot), (left, right) = rows, columns
    near, far = 3, 3 + max(round(_AROUND * (right - left)), 2)
    sides = (
        ink[top : foot + 1, max(left - far, 0) : max(left - near, 0)],
        ink[top : foot + 1, right + near + 1 : right + far + 1],
        ink[max(top - far, 0) : max(top - near, 0), left : right + 1],
        ink[foot + near + 1 : foot + far + 1, left : right + 1],
    )
    return all(not side.size or side.mean() < _CROWDED for side in sides)


def _same(box: Found, other: Found) -> bool:
    """Whether two frames are of one box: they overlap."""
    return min(box.x1, other.x1) > max(box.x0, other.x0) and min(box.y1, other.y1) > max(box.y0, other.y0)


def _letter_of(word: Word, place: Box) -> bool:
    """Whether a box is a letter, alone or of a word, that was read surely."""
    across, down = _common(word.box, place)
    if across <= 0.6 * (place.x1 - place.x0) or down <= 0.6 * (place.y1 - place.y0):
        return False
    if len(word.text) == 1:
        return word.confidence >= _SURER and word.text.isalnum() and word.text not in _LIKE_BOXES
    at_its_end = place.x0 - word.box.x0 < 0.5 * (place.x1 - place.x0)
    sure = _SURER if at_its_end and word.text[0] not in _LIKE_BOXES else 1.01 if at_its_end else _SURE
    return word.confidence >= sure and word.box.x1 - word.box.x0 > 2 * (place.x1 - place.x0)


def _common(box: Box, place: Box) -> tuple[float, float]:
    """What two boxes have in common across and down; below 0 where there is a gap."""
    return min(box.x1, place.x1) - max(box.x0, place.x0), min(box.y1, place.y1) - max(box.y0, place.y0)


def _without(word: Word, place: Box) -> Word | None:
    """A word without what an engine read in a box's place; None where nothing is left."""
    box, side = word.box, place.x1 - place.x0
    across, down = _common(box, place)
    if down <= 0.3 * min(box.y1 - box.y0, place.y1 - place.y0) or across <= -0.6 * side:
        return word
    misread = all(char in _LIKE_BOXES for char in word.text)
    if len(word.text) <= _MISREAD and (across > 0.5 * (box.x1 - box.x0) or misread):
        return None
    if across <= 0.25 * side or place.x0 - box.x0 > 0.5 * side:
        return word
    most = max(round(len(word.text) * across / (box.x1 - box.x0)), 1)
    cut = next((at for at, char in enumerate(word.text) if at and (at >= most or char not in _LIKE_BOXES)), most)
    if cut >= len(word.text):
        return None
    return word._replace(text=word.text[cut:], box=Box(min(place.x1, 0.9 * box.x1 + 0.1 * box.x0), *box[1:]))


def _line_beside(words: Sequence[Word], place: Box) -> int | None:
    """The line of the nearest word that stands level with a box."""
    middle, tall = (place.y0 + place.y1) / 2, place.y1 - place.y0
    level = [word for word in words if abs((word.box.y0 + word.box.y1) / 2 - middle) < 0.75 * tall]
    if not level:
        return None
    return min(level, key=lambda word: max(word.box.x0 - place.x1, place.x0 - word.box.x1)).line
