"""What the rest of the house may ask of an OCR engine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from lucida.types import Word

if TYPE_CHECKING:
    from PIL.Image import Image


@dataclass(frozen=True, slots=True)
class OcrPage:
    """What an OCR engine saw on one raster. Boxes are fractions of the raster as handed over."""

    words: tuple[Word, ...]
    engine: str


class OcrEngine(Protocol):
    """Reads words off a raster that stands upright and level."""

    @property
    def name(self) -> str: ...

    def read(self, image: Image, *, dpi: int) -> OcrPage:
        """Read an upright page.

        Args:
            image: grey ("L") or RGB.
            dpi: resolution of the raster, a hint to the engine.

        Raises:
            DependencyError: the engine or a language pack is not installed.
            SourceError: the engine failed on this image.
        """
        ...

    def upright_rotation(self, image: Image, *, dpi: int) -> int:
        """Degrees clockwise (0, 90, 180, 270) that bring the page upright; 0 when the engine cannot tell."""
        ...
