"""Reads parts of pages anew from their pixels, at full resolution."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import TYPE_CHECKING

from lucida.errors import DependencyError, SourceError
from lucida.types import Box, Word

if TYPE_CHECKING:
    from PIL.Image import Image

    from lucida.models.protocols import OcrEngine

#: What carries both its pixels and a text that claims to be what they show. Other documents' text we draw ourselves.
TWOFOLD = frozenset({"application/pdf", "application/vnd.ms-xpsdocument", "application/oxps", "image/svg+xml"})
#: Of the drawing that OCR reads.
DPI = 300
#: Drawn parts that are narrower are put on a white sheet: OCR takes slivers for noise.
_LEAST_PX = 64


def words_of(engine: OcrEngine | None, draw: Callable[[Box], Image], box: Box) -> tuple[Word, ...] | None:
    """Words of a part of a page, their boxes in fractions of the page.

    Args:
        engine: reads; None for nobody.
        draw: draws a part of the page, at ``DPI`` where it can choose.
        box: the part to read.

    Returns:
        None where nobody can read it, or its file is gone.
    """
    if engine is None:
        return None
    with contextlib.suppress(SourceError, DependencyError):
        drawn = draw(box)
        page = engine.read(_on_white(drawn), dpi=DPI)
        return tuple(word._replace(box=_outwards(word.box, box, drawn)) for word in page.words)
    return None


def _on_white(image: Image) -> Image:
    from PIL import Image as Pillow

    sheet = Pillow.new("RGB", (max(image.width, _LEAST_PX), max(image.height, _LEAST_PX)), "white")
    sheet.paste(image, (0, 0))
    return sheet


def _outwards(inner: Box, part: Box, drawn: Image) -> Box:
    """From fractions of the sheet that a part was drawn on to fractions of the part's page."""
    wide, high = part.width * max(1.0, _LEAST_PX / drawn.width), part.height * max(1.0, _LEAST_PX / drawn.height)
    return Box(
        part.x0 + inner.x0 * wide, part.y0 + inner.y0 * high, part.x0 + inner.x1 * wide, part.y0 + inner.y1 * high
    )
