"""Reading scans: upright, level and evenly lit first, so that one run of the engine is enough.

Orientation costs an engine a run of its own, so it is asked for only when the lines of ink stand upright, or when the
first reading comes back unsure. Skew is measured by us (see ``deskew``) and taken out only where it hurts.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lucida.ingest.scans import deskew
from lucida.ingest.scans.checkboxes import find_boxes, with_boxes
from lucida.types import Box, Word

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray
    from PIL.Image import Image

    from lucida.models.protocols import OcrEngine

#: Engines read skews up to here without loss, and turning blurs.
_TOLERATED_SKEW = 0.4
#: Below this mean confidence over at least so many words, the page may stand on its head.
_UNSURE, _UNSURE_WORDS = 0.55, 4


@dataclass(frozen=True, slots=True)
class Straightened:
    """How a stored raster was turned for reading, and the way back.

    Attributes:
        stored_size: pixels of the raster as stored (width, height).
        rotation: degrees clockwise by which it was turned first: 0, 90, 180 or 270.
        skew: degrees counterclockwise by which it was then levelled.
        upright_size: pixels of the raster that was read.
    """

    stored_size: tuple[int, int]
    rotation: int
    skew: float
    upright_size: tuple[int, int]

    def to_page(self, x0: float, y0: float, x1: float, y1: float) -> Box:
        """A box in pixels of the raster that was read, as a box on the page as stored: around its turned corners."""
        if not self.rotation and not self.skew:
            return Box.from_px(x0, y0, x1, y1, *self.stored_size)
        corners = [self._back(x, y) for x, y in ((x0, y0), (x1, y0), (x0, y1), (x1, y1))]
        xs, ys = [x for x, _ in corners], [y for _, y in corners]
        return Box.from_px(min(xs), min(ys), max(xs), max(ys), *self.stored_size)

    def _back(self, x: float, y: float) -> tuple[float, float]:
        width, height = self.stored_size
        turned = (width, height) if self.rotation in (0, 180) else (height, width)
        if self.skew:
            angle = math.radians(self.skew)
            dx, dy = x - self.upright_size[0] / 2, y - self.upright_size[1] / 2
            x = dx * math.cos(angle) - dy * math.sin(angle) + turned[0] / 2
            y = dx * math.sin(angle) + dy * math.cos(angle) + turned[1] / 2
        if self.rotation == 90:
            return y, height - x
        if self.rotation == 180:
            return width - x, height - y
        if self.rotation == 270:
            return width - y, x
        return x, y


def read_words(image: Image, dpi: int, ocr: OcrEngine) -> tuple[list[Word], Straightened]:
    """Read a page with as few runs of the engine as it takes: one, unless orientation is in doubt.

    Returns:
        Words with boxes in fractions of the raster that was read, and how that raster lies on the page as stored.
    """
    grey = image if image.mode == "L" else _grey(image)
    points = deskew.dark_points(grey)
    sideways = deskew.lines_run_vertically(points)
    rotation = ocr.upright_rotation(grey, dpi=dpi) if sideways else 0
    words, view = _read_turned(grey, rotation, dpi, ocr, points=None if rotation else points)
    if not _unsure(words):
        return words, view
    # Lines that run vertically and an engine that sees no rotation contradict each other; so do level lines and
    # unsure words. Either way another orientation may read better, and the surer reading wins.
    other = ocr.upright_rotation(grey, dpi=dpi) if not sideways else (90 if rotation == 0 else (rotation + 180) % 360)
    if other == rotation:
        return words, view
    again, second = _read_turned(grey, other, dpi, ocr)
    return (again, second) if legibility(again) > legibility(words) else (words, view)


def _grey(image: Image) -> Image:
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        from PIL import Image as Images

        rgba = image.convert("RGBA")
        image = Images.alpha_composite(Images.new("RGBA", rgba.size, "white"), rgba)
    return image.convert("L")


def _read_turned(
    grey: Image, rotation: int, dpi: int, ocr: OcrEngine, *, points: NDArray[np.float32] | None = None
) -> tuple[list[Word], Straightened]:
    from PIL import Image as Images

    turned = grey.rotate(-rotation, expand=True) if rotation else grey
    skew = deskew.estimate_skew(deskew.dark_points(turned) if points is None else points)
    skew = skew if abs(skew) >= _TOLERATED_SKEW else 0.0
    if deskew.needs_flattening(turned):
        turned = deskew.flatten(turned)
    if skew:
        turned = turned.rotate(skew, Images.Resampling.BICUBIC, expand=True, fillcolor=255)
    view = Straightened(grey.size, rotation, skew, turned.size)
    words = ocr.read(turned, dpi=dpi).words
    return with_boxes(words, find_boxes(turned, dpi), turned.size), view


def _unsure(words: list[Word]) -> bool:
    if len(words) < _UNSURE_WORDS:
        return False
    return sum(word.confidence for word in words) / len(words) < _UNSURE


def legibility(words: Sequence[Word]) -> float:
    """How much was read, weighted by how surely: letters times confidence squared."""
    return sum(len(word.text) * word.confidence**2 for word in words)
