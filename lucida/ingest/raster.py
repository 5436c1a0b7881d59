"""Rasters of a page for OCR and for measuring ink."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pymupdf
    from numpy.typing import NDArray
    from PIL.Image import Image

    from lucida.ingest.graphics import Graphics

#: More does not read better, and takes longer.
_MAX_DPI = 300
#: A page of absurd size is rasterised at a lower resolution rather than refused.
_MAX_PIXELS = 40_000_000


def scan_resolution(page: pymupdf.Page, graphics: Graphics, wanted: int) -> int:
    """Resolution for OCR in dots per inch.

    A page that is just one scanned image is read at that image's own resolution, which spares resampling, within
    ``wanted`` and 300; anything else at ``wanted``.
    """
    dpi = wanted
    area = page.rect.width * page.rect.height
    if len(graphics.images) == 1 and graphics.images[0].area > 0.8 * area:
        info = max(page.get_image_info(), key=lambda one: one["width"] * one["height"], default=None)
        if info:
            box = graphics.images[0]
            # Sides are compared sorted, because the image may lie rotated on the page.
            own = max(info["width"], info["height"]) / max(box.width, box.height, 1.0) * 72
            dpi = round(min(max(own, wanted), max(_MAX_DPI, wanted)))
    fits = 72 * (_MAX_PIXELS / max(area, 1.0)) ** 0.5
    return max(1, min(dpi, int(fits)))


def grey_raster(page: pymupdf.Page, dpi: int) -> Image:
    """The page in 8-bit grey."""
    import pymupdf
    from PIL import Image

    pixmap = page.get_pixmap(dpi=dpi, colorspace=pymupdf.csGRAY, alpha=False)
    return Image.frombytes("L", (pixmap.width, pixmap.height), pixmap.samples)


def ink(image: Image) -> NDArray[np.bool_]:
    """Bool (height, width): True where a small grey raster is clearly darker than its paper."""
    grey = np.asarray(image, dtype=np.int16)
    paper = int(np.percentile(grey, 90)) if grey.size else 255
    return np.asarray(grey < paper - 30)
