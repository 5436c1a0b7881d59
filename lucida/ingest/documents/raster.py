"""Rasters of a page for OCR and for measuring ink."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pymupdf
    from numpy.typing import NDArray
    from PIL.Image import Image

    from lucida.ingest.documents.graphics import Graphics
    from lucida.types import Page

#: More does not read ordinary print better, and takes longer.
_MAX_DPI = 300
#: Small print is read again at up to this, where the page has it.
_FINEST_DPI = 600
#: Below this median height (about 5 pt at 200 dpi) Tesseract loses words; from the other on it gains nothing.
_SMALL_PX, _GOOD_PX = 9.5, 16.0
_UNSURE, _FEW_WORDS = 0.75, 4
#: A page of absurd size is rasterised at a lower resolution rather than refused.
_MAX_PIXELS = 40_000_000


def scan_resolution(page: pymupdf.Page, graphics: Graphics, wanted: int) -> tuple[int, int]:
    """Resolution for OCR, and the finest one that shows more, in dots per inch.

    A page that is just one scanned image is read at that image's own resolution, which spares resampling, within
    ``wanted`` and 300; anything else at ``wanted``, for it may be drawn at any.
    """
    dpi, finest = wanted, _FINEST_DPI
    area = page.rect.width * page.rect.height
    if len(graphics.images) == 1 and graphics.images[0].area > 0.8 * area:
        info = max(page.get_image_info(), key=lambda one: one["width"] * one["height"], default=None)
        if info:
            box = graphics.images[0]
            # Sides are compared sorted, because the image may lie rotated on the page.
            own = max(info["width"], info["height"]) / max(box.width, box.height, 1.0) * 72
            dpi = round(min(max(own, wanted), max(_MAX_DPI, wanted)))
            finest = round(min(own, _FINEST_DPI))
    fits = int(72 * (_MAX_PIXELS / max(area, 1.0)) ** 0.5)
    return max(1, min(dpi, fits)), max(1, min(finest, fits))


def finer_resolution(page: Page, dpi: int, finest: int) -> int | None:
    """The resolution at which to read a page again because its print is small; None where once was enough.

    Args:
        page: as read.
        dpi: the resolution at which it was read.
        finest: the finest one that shows more.
    """
    if finest < 1.25 * dpi or len(page.words) < _FEW_WORDS:
        return None
    height = median(min(word.box.height * page.height_pt, word.box.width * page.width_pt) for word in page.words)
    height = max(height * dpi / 72, 1.0)
    confidence = sum(word.confidence for word in page.words) / len(page.words)
    if height >= _SMALL_PX and (confidence >= _UNSURE or height >= _GOOD_PX):
        return None
    return min(finest, round(dpi * max(_GOOD_PX / height, 1.25)))


def grey_raster(page: pymupdf.Page, dpi: int) -> Image:
    """The page in 8-bit grey."""
    import pymupdf
    from PIL import Image

    pixmap = page.get_pixmap(dpi=dpi, colorspace=pymupdf.csGRAY, alpha=False)
    return Image.frombytes("L", (pixmap.width, pixmap.height), pixmap.samples_mv)


def ink(image: Image) -> NDArray[np.bool_]:
    """Bool (height, width): True where a small grey raster is clearly darker than its paper."""
    grey = np.asarray(image, dtype=np.int16)
    paper = int(np.percentile(grey, 90)) if grey.size else 255
    return np.asarray(grey < paper - 30)
