"""Pictures of pages as a PDF, with or without words that can be selected and are not seen."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from lucida.generate.documents.scribe import ink
from lucida.generate.files import new_document, save_document
from lucida.generate.sheet import SANS, Paper, Sheet
from lucida.lazy import require

if TYPE_CHECKING:
    from lucida.generate.documents.truth import TrueWord
    from lucida.generate.documents.wearing import Picture


class _Scan(Sheet):
    """A page that is one picture, under words in PDF's text rendering mode 3: neither filled nor stroked."""

    def __init__(self, document: Any, picture: Picture, dpi: float) -> None:
        self._unit = 72 / dpi
        super().__init__(document, Paper(picture.width_px * self._unit, picture.height_px * self._unit))
        rect = require("pymupdf", "draw documents").Rect(0, 0, self.width, self.height)
        self._images.append((rect, picture.content))

    def word(self, word: TrueWord) -> None:
        """Lay a word where its ink is."""
        (left, top), (right, over), _, (x, y) = (
            (across * self._unit, down * self._unit) for across, down in word.corners
        )
        face, rise = SANS.regular, math.atan2(top - over, right - left)
        start, end, high, low = ink(word.text, face, 1.0)
        if high <= low or end <= start:
            return
        size = max(math.hypot(x - left, y - top) / (high - low), 0.5)
        stretch = max(math.hypot(right - left, over - top) / ((end - start) * size), 0.05)
        cos, sin = math.cos(rise), math.sin(rise)
        # From the ink's lower left corner to the pen's place on the baseline.
        along, up = -start * size * stretch, -low * size
        x, y = x + along * cos - up * sin, y - along * sin - up * cos
        self._faces.add(face)
        # The space behind it keeps readers from joining it with its neighbour.
        code = f"{word.text} ".encode("cp1252", "replace").hex()
        self._operators.append(
            f"BT 3 Tr /{face} {size:.2f} Tf {100 * stretch:.1f} Tz {cos:.5f} {sin:.5f} {-sin:.5f} {cos:.5f} "
            f"{x:.2f} {self.height - y:.2f} Tm <{code}> Tj ET"
        )


def pdf_of_pictures(pictures: Sequence[Picture], *, dpi: float, text_layer: bool, title: str = "") -> bytes:
    """A PDF of pictures; the same pictures give the same bytes.

    Args:
        pictures: of its pages.
        dpi: of the pictures.
        text_layer: whether their words lie above them, unseen.
        title: in the file's own description.
    """
    document, buffer = new_document(), io.BytesIO()
    for picture in pictures:
        page = _Scan(document, picture, dpi)
        for word in picture.page.words if text_layer else ():
            page.word(word)
        page.finish()
    save_document(document, buffer, title=title)
    return buffer.getvalue()
