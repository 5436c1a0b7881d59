"""Small encoded pictures of places on a page."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pymupdf
    from PIL.Image import Image

    from lucida.ingest.structure.lines import Rect

#: Longest side of a preview in pixels.
PREVIEW_PX = 512
_FIGURE_DPI = 150


def encode_preview(image: Image) -> bytes:
    """WebP of an RGB or grey image, shrunk so that its longest side is at most 512 px."""
    small = image if image.mode in ("RGB", "L") else image.convert("RGB")
    if max(small.size) > PREVIEW_PX:
        small = small.copy()
        small.thumbnail((PREVIEW_PX, PREVIEW_PX), reducing_gap=2.0)
    buffer = io.BytesIO()
    small.save(buffer, "WEBP", quality=80, method=2)
    return buffer.getvalue()


def crop_preview(page: pymupdf.Page, box: Rect) -> tuple[bytes, int, int]:
    """Render a part of a page.

    Args:
        page: of any document, unrotated.
        box: the part, points.

    Returns:
        The encoded preview, and the crop's width and height in pixels at 150 dpi, the size at which a drawn figure
        is taken to be seen.
    """
    import pymupdf
    from PIL import Image

    # Whole pixels at both ends may add two.
    zoom = min((PREVIEW_PX - 2) / max(box.width, box.height, 1.0), _FIGURE_DPI / 72)
    pixmap = page.get_pixmap(matrix=pymupdf.Matrix(zoom, zoom), clip=pymupdf.Rect(*box), alpha=False)
    image = Image.frombytes("RGB", (pixmap.width, pixmap.height), pixmap.samples)
    return encode_preview(image), round(box.width * _FIGURE_DPI / 72), round(box.height * _FIGURE_DPI / 72)
