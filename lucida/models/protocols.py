"""What the rest of the house may ask of a model. Back ends satisfy these by shape; nobody inherits from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeAlias

from lucida.types import Word

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL.Image import Image

    #: float32, shape (n, dimension), each row of unit length.
    Vectors: TypeAlias = NDArray[np.float32]


class Encoder(Protocol):
    """What every encoder tells about itself.

    Attributes:
        spec: the string that names it, e.g. ``minilm`` or ``openclip:ViT-B-32/laion2b_s34b_b79k``.
        fingerprint: changes whenever the vectors would: weights' hash, pooling, window, normalisation. An index
            belongs to one fingerprint. Execution details (dtype, batch size, runtime) are no part of it.
        dimension: length of a vector.
    """

    @property
    def spec(self) -> str: ...
    @property
    def fingerprint(self) -> str: ...
    @property
    def dimension(self) -> int: ...


class TextEncoder(Encoder, Protocol):
    """Puts texts into the space."""

    def encode_texts(self, texts: Sequence[str]) -> Vectors:
        """Encode passages or queries.

        A text longer than the model's window is encoded as several windows whose vectors are averaged, weighted by
        their token counts, so that nothing is silently cut. An empty list gives shape (0, dimension).
        """
        ...


class ImageEncoder(Encoder, Protocol):
    """Puts pictures into the space."""

    def encode_images(self, images: Sequence[Image]) -> Vectors:
        """Encode RGB pictures of any size; the encoder's own preprocessing applies."""
        ...


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
