"""Are two pictures one, scaled, recompressed, retouched or a little cropped? Told by their pixels, not by a hash.

One view is laid over the other: roughly by trying sizes and places (normalised cross-correlation, Lewis, "Fast Template
Matching", 1995), then exactly by least squares on the gradients (Lucas and Kanade, 1981; here scale and shift in both
directions, gain and offset). After that every part that has detail must agree, not only the whole: two shots of one
scene agree as a whole, and where something moved they do not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np

from lucida.lazy import require

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL.Image import Image

    Plane: TypeAlias = NDArray[np.float32]

#: Longer side of a view, pixels: enough to tell two pages of print apart.
SIDE_PX = 96
#: Size at which places are tried.
_COARSE_PX = 32
#: What a crop may have left of width or height, in the steps that are tried.
_SIZES = (1.0, 0.95, 0.9, 0.85, 0.8)
_STEPS = {_COARSE_PX: 3, SIDE_PX: 6}
_TILES = 6
#: Standard deviation in grey levels from which a tile has detail that can disagree; correlation from which it agrees.
_DETAIL, _TILE_AGREES = 5.0, 0.75
#: Below this correlation at the coarse size, nothing finer will bring two pictures together.
_HOPELESS = 0.6
#: From here on no other size or place needs to be tried.
_EVIDENT = 0.99

MIN_WHOLE, MIN_PARTS = 0.85, 0.85
#: Mean distance in chroma, of 255, that a retouch may leave: beyond a cast over all, and with it.
MAX_COLOUR, MAX_CAST = 12.0, 40.0


class Sameness(NamedTuple):
    """How far two pictures agree.

    Attributes:
        whole: correlation of brightness over the common part, -1..1.
        parts: share of the common part's detailed tiles that agree, 0..1.
        colour: mean distance in chroma that a cast over the whole picture does not explain, of 255.
        cast: mean distance in chroma. Both are 0 where one of the two is grey.
    """

    whole: float
    parts: float
    colour: float
    cast: float

    @property
    def same(self) -> bool:
        """Whether one is a copy of the other. ``docs/duplicates.md`` tells how the bounds were measured."""
        agrees = self.whole >= MIN_WHOLE and self.parts >= MIN_PARTS
        return agrees and self.colour <= MAX_COLOUR and self.cast <= MAX_CAST


UNLIKE = Sameness(0.0, 0.0, 255.0, 255.0)


class _Place(NamedTuple):
    """Where a pixel (x, y) of the cropped view lies in the whole one: (x * a + c, y * e + f)."""

    a: float
    c: float
    e: float
    f: float

    def scaled(self, factor: float) -> _Place:
        return _Place(self.a, self.c * factor, self.e, self.f * factor)


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """A small copy of a picture: brightness and chroma (Y, Cb, Cr of 255), float32 (height, width) each."""

    planes: tuple[Plane, Plane, Plane]

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) in pixels."""
        return self.planes[0].shape[1], self.planes[0].shape[0]

    @property
    def grey(self) -> bool:
        return all(float(np.abs(plane - 128).mean()) < 1.5 for plane in self.planes[1:])


def view(image: Image) -> View:
    """Shrink a picture of any mode and size for comparison; 110 KB at most."""
    pillow, blur = require("PIL.Image", "compare pictures"), require("PIL.ImageFilter", "compare pictures")
    scale = SIDE_PX / max(image.size)
    size = max(round(image.width * scale), 8), max(round(image.height * scale), 8)
    method = pillow.Resampling.BOX if scale < 1 else pillow.Resampling.BICUBIC
    small = image.convert("RGB").resize(size, method, reducing_gap=2.0).filter(blur.GaussianBlur(0.8))
    values = np.asarray(small.convert("YCbCr"), dtype=np.float32)
    return View((values[:, :, 0].copy(), values[:, :, 1].copy(), values[:, :, 2].copy()))


def compare(one: View, other: View) -> Sameness:
    """How far two pictures agree, taking either for a crop of the other."""
    ratio = one.size[0] * other.size[1] / (one.size[1] * other.size[0])
    if not _SIZES[-1] <= ratio <= 1 / _SIZES[-1]:
        return UNLIKE
    score, place, cropped, whole = (*_roughly(one, other), one, other)
    if score < _EVIDENT:
        swapped = (*_roughly(other, one), other, one)
        score, place, cropped, whole = max((score, place, cropped, whole), swapped, key=lambda found: found[0])
    if score < _HOPELESS:
        return UNLIKE
    for side in (_COARSE_PX, SIDE_PX):
        place = _exactly(cropped, whole, place, side)
    return _agreement(cropped, whole, place)


def _roughly(cropped: View, whole: View) -> tuple[float, _Place]:
    """The best of some sizes over all places at the coarse size: its correlation, and where that is in ``whole``."""
    factor = _COARSE_PX / SIDE_PX
    width, height = (max(round(side * factor), 4) for side in whole.size)
    ground = _resized(whole.planes[0], width, height)
    best = (-2.0, _Place(1.0, 0.0, 1.0, 0.0))
    largest = min(whole.size[0] / cropped.size[0], whole.size[1] / cropped.size[1])
    sizes = [(whole.size[0] / cropped.size[0], whole.size[1] / cropped.size[1]), *((s * largest,) * 2 for s in _SIZES)]
    for across, down in sizes:
        columns = min(max(round(cropped.size[0] * across * factor), 4), width)
        rows = min(max(round(cropped.size[1] * down * factor), 4), height)
        score, (row, column) = _best_place(_resized(cropped.planes[0], columns, rows), ground)
        if score > best[0]:
            place = columns / cropped.size[0] / factor, column / factor, rows / cropped.size[1] / factor, row / factor
            best = score, _Place(*place)
        if score >= _EVIDENT:
            break
    return best


def _best_place(piece: Plane, ground: Plane) -> tuple[float, tuple[int, int]]:
    """The highest normalised correlation over all places, and its (row, column)."""
    windows = np.lib.stride_tricks.sliding_window_view(ground, piece.shape).reshape(-1, piece.size)
    columns = ground.shape[1] - piece.shape[1] + 1
    centred = (piece - piece.mean()).ravel()
    spread = windows.std(axis=1) * np.sqrt(piece.size) * np.sqrt(float(centred @ centred))
    scores = (windows @ centred) / np.maximum(spread, 1e-3)
    best = int(scores.argmax())
    return float(scores[best]), divmod(best, columns)


def _exactly(cropped: View, whole: View, place: _Place, side: int) -> _Place:
    """Move to where the squared differences are least, at views of the given longer side."""
    factor = side / SIDE_PX
    size = max(round(cropped.size[0] * factor), 4), max(round(cropped.size[1] * factor), 4)
    ground = _resized(whole.planes[0], *(max(round(edge * factor), 4) for edge in whole.size))
    target = _resized(cropped.planes[0], *size)
    y, x = np.mgrid[: size[1], : size[0]].astype(np.float32)
    where, best, kept = place.scaled(factor), -2.0, place.scaled(factor)
    for _ in range(_STEPS[side] + 1):
        seen = _moved(ground, where, size)
        score = _correlation(seen, target)
        if score > best:
            best, kept = score, where
        down, across = np.gradient(seen)
        across, down = across / where.a, down / where.e
        columns = [across * x, across, down * y, down, seen, np.ones_like(seen)]
        system = np.stack([column.ravel() for column in columns], axis=1)
        step = np.linalg.lstsq(system, (target - seen).ravel(), rcond=None)[0]
        where = _Place(*(float(old + new) for old, new in zip(where, step[:4], strict=True)))
        if not (0.5 < where.a < 2.0 and 0.5 < where.e < 2.0):
            break
    return kept.scaled(1 / factor)


def _agreement(cropped: View, whole: View, place: _Place) -> Sameness:
    # Where the place reaches beyond the edge there is nothing to compare with.
    width, height = cropped.size
    x, y = np.arange(width) * place.a + place.c, np.arange(height) * place.e + place.f
    columns = (x > -0.75) & (x < whole.size[0] - 0.25)
    rows = (y > -0.75) & (y < whole.size[1] - 0.25)
    if columns.mean() < _SIZES[-1] or rows.mean() < _SIZES[-1]:
        return UNLIKE
    common = np.ix_(rows, columns)
    ours = [plane[common] for plane in cropped.planes]
    theirs = [_moved(plane, place, cropped.size)[common] for plane in whole.planes]
    agree = [
        _correlation(one, other) >= _TILE_AGREES
        for one, other in zip(_tiles(ours[0]), _tiles(theirs[0]), strict=True)
        if max(float(one.std()), float(other.std())) >= _DETAIL
    ]
    parts = float(np.mean(agree)) if agree else 1.0
    colour, cast = (0.0, 0.0) if cropped.grey or whole.grey else _colour(ours[1:], theirs[1:])
    return Sameness(_correlation(ours[0], theirs[0]), parts, colour, cast)


def _colour(ours: list[Plane], theirs: list[Plane]) -> tuple[float, float]:
    """Mean distance in chroma after the best gain and offset per channel, and before."""
    left = []
    for one, other in zip(ours, theirs, strict=True):
        a, b = one - one.mean(), other - other.mean()
        gain = min(max(float((a * b).sum() / max(float((a * a).sum()), 1e-3)), 0.3), 3.0)
        left.append(gain * a - b)
    plain = [one - other for one, other in zip(ours, theirs, strict=True)]
    return float(np.hypot(*left).mean()), float(np.hypot(*plain).mean())


def _tiles(values: Plane) -> list[Plane]:
    return [tile for row in np.array_split(values, _TILES, axis=0) for tile in np.array_split(row, _TILES, axis=1)]


def _correlation(one: Plane, other: Plane) -> float:
    """Pearson's, -1..1; two even surfaces agree."""
    a, b = one - one.mean(), other - other.mean()
    size = float(np.sqrt(float((a * a).sum()) * float((b * b).sum())))
    return float((a * b).sum()) / size if size > 1e-3 else 1.0


def _moved(plane: Plane, place: _Place, size: tuple[int, int]) -> Plane:
    """What of ``plane`` lies at each pixel of the cropped view; its edge goes on for ever."""
    pillow = require("PIL.Image", "compare pictures")
    padded = np.pad(plane, 8, mode="edge")
    matrix = place.a, 0.0, place.c + 8, 0.0, place.e, place.f + 8
    moved = pillow.fromarray(padded).transform(size, pillow.Transform.AFFINE, matrix, pillow.Resampling.BILINEAR)
    return np.asarray(moved, dtype=np.float32)


def _resized(plane: Plane, columns: int, rows: int) -> Plane:
    if plane.shape == (rows, columns):
        return plane
    pillow = require("PIL.Image", "compare pictures")
    method = pillow.Resampling.BOX if columns * rows < plane.size else pillow.Resampling.BILINEAR
    return np.asarray(pillow.fromarray(plane).resize((columns, rows), method), dtype=np.float32)
