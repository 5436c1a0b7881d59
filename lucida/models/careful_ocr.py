"""A quick engine that reads every page, and a stronger one that reads again where the quick one was unsure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PIL.Image import Image

    from lucida.models.protocols import OcrEngine, OcrPage
    from lucida.types import Word

#: Mean confidence by letters below which a page is read again. Set by hand: of 60 receipts as scanners left them
#: Tesseract was so unsure of about half; on the four that were tried, RapidOCR read what Tesseract had not.
_UNSURE = 0.75
#: A page with fewer letters than this may have been missed altogether.
_FEW = 12


class CarefulOcr:
    """An ``OcrEngine`` of two.

    Args:
        first: reads every page.
        second: reads a page again where the first one was unsure, or found next to nothing.
    """

    name = "auto"

    def __init__(self, first: OcrEngine, second: OcrEngine) -> None:
        self._first, self._second = first, second

    def read(self, image: Image, *, dpi: int) -> OcrPage:
        """Read an upright page, perhaps twice; the reading with more letters that are sure stays."""
        page = self._first.read(image, dpi=dpi)
        if not is_unsure(page.words):
            return page
        again = self._second.read(image, dpi=dpi)
        return again if _sure_letters(again.words) > _sure_letters(page.words) else page

    def upright_rotation(self, image: Image, *, dpi: int) -> int:
        """Degrees clockwise that bring the page upright, as the first engine sees it."""
        return self._first.upright_rotation(image, dpi=dpi)


def is_unsure(words: Sequence[Word]) -> bool:
    """Whether a reading is so poor, or so short, that another engine may do better."""
    letters = sum(len(word.text) for word in words)
    return letters < _FEW or _sure_letters(words) < _UNSURE * letters


def _sure_letters(words: Sequence[Word]) -> float:
    return sum(len(word.text) * (word.confidence or 0.0) for word in words)
