"""Small encoded pictures of places on a page."""

from __future__ import annotations

import io
import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pymupdf
    from PIL.Image import Image

    from lucida.ingest.structure.lines import Rect

#: Longest side of a preview in pixels.
PREVIEW_PX = 512
_FIGURE_DPI = 150
#: A fraction of a picture will do if its longest side is at least so much of what a preview may have.
_WELL_FILLED = 0.85


def encode_preview(image: Image) -> bytes:
    """WebP of an RGB or grey image, shrunk so that its longest side is at most 512 px."""
    small = shrunk(image if image.mode in ("RGB", "L") else image.convert("RGB"))
    buffer = io.BytesIO()
    small.save(buffer, "WEBP", quality=80, method=2)
    return buffer.getvalue()


def shrunk(image: Image) -> Image:
    """A picture whose longest side is at most 512 px: a whole fraction of it where that loses little, else scaled."""
    longest = max(image.size)
    if longest <= PREVIEW_PX:
        return image
    factor = math.ceil(longest / PREVIEW_PX)
    if longest >= _WELL_FILLED * factor * PREVIEW_PX:
        return image.reduce(factor)  # an eighth of the time, and as sharp
    small = image.copy()
    small.thumbnail((PREVIEW_PX, PREVIEW_PX), reducing_gap=2.0)
    return small


def crop_image(page: pymupdf.Page, box: Rect) -> tuple[Image, int, int]:
    """Render a part of a page.

    Args:
        page: of any document, unrotated.
        box: the part, points.

    Returns:
        The crop, at most 512 px long, and its width and height in pixels at 150 dpi, the size at which a drawn figure
        is taken to be seen.
    """
    # Whole pixels at both ends may add two.
    zoom = min((PREVIEW_PX - 2) / max(box.width, box.height, 1.0), _FIGURE_DPI / 72)
    return drawn(page, zoom, box), round(box.width * _FIGURE_DPI / 72), round(box.height * _FIGURE_DPI / 72)


def drawn(page: pymupdf.Page, zoom: float, box: Rect | None = None) -> Image:
    """Render a page or a part of it in RGB, at ``zoom`` pixels to the point."""
    import pymupdf
    from PIL import Image

    clip = pymupdf.Rect(*box) if box else None
    pixmap = page.get_pixmap(matrix=pymupdf.Matrix(zoom, zoom), clip=clip, alpha=False)
    return Image.frombytes("RGB", (pixmap.width, pixmap.height), pixmap.samples)
