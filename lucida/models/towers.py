"""What encoders of texts and pictures do alike around their two towers, whichever library has loaded them."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Protocol, Self

import numpy as np

from lucida.models.devices import choose
from lucida.models.windows import join

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from PIL.Image import Image

    from lucida.models.devices import Placement
    from lucida.models.protocols import Vectors


class Towers(Protocol):
    """A loaded model. What it is given is never empty."""

    def encode_windows(self, texts: Sequence[str]) -> tuple[Vectors, NDArray[np.int64], NDArray[np.int64]]:
        """Vectors of all windows, the text each belongs to, and their token counts."""
        ...

    def encode_images(self, images: Sequence[Image]) -> Vectors:
        """Vectors of pictures of any size and mode."""
        ...

    def encode_pixels(self, pixels: NDArray[np.uint8]) -> Vectors:
        """Vectors of uint8 RGB, shape (n, height, width, 3), of the size that the model takes."""
        ...


class TowerEncoder(ABC):
    """The common half of a ``SharedEncoder`` and ``PixelEncoder``. The towers load at the first text or picture.

    Args:
        spec: what the encoder is called in settings.
        device, dtype: where and in which number format to compute; see ``devices.choose``.
    """

    def __init__(self, spec: str, device: str | None, dtype: str | None) -> None:
        self.spec = spec
        self._asked = (device, dtype)
        # Whoever loads ahead in a thread and whoever encodes first must not load twice.
        self._loading = threading.RLock()

    @property
    @abstractmethod
    def dimension(self) -> int:
        """Length of a vector."""

    @abstractmethod
    def _loaded(self) -> Towers:
        """The towers, loaded at the first call."""

    @property
    def placement(self) -> Placement:
        """Where it computes and in which number format, for reports."""
        return choose(*self._asked)

    def encode_texts(self, texts: Sequence[str]) -> Vectors:
        """Encode passages or queries; see ``TextEncoder``."""
        if not texts:
            return self._none()
        vectors, owner, counts = self._loaded().encode_windows(texts)
        return join(vectors, owner, counts, len(texts))

    def encode_windows(self, texts: Sequence[str]) -> tuple[Vectors, NDArray[np.int64]]:
        """Encode each text as the windows that it needs; see ``SharedEncoder``."""
        if not texts:
            return self._none(), np.zeros(0, dtype=np.int64)
        return self._loaded().encode_windows(texts)[:2]

    def encode_images(self, images: Sequence[Image]) -> Vectors:
        """Encode pictures of any size and mode with the model's own preprocessing; see ``ImageEncoder``."""
        return self._loaded().encode_images(images) if images else self._none()

    def encode_pixels(self, pixels: NDArray[np.uint8]) -> Vectors:
        """Encode pictures that ``pixel_rule`` has been applied to: uint8 RGB, shape (n, height, width, 3)."""
        return self._loaded().encode_pixels(pixels) if len(pixels) else self._none()

    def _none(self) -> Vectors:
        return np.zeros((0, self.dimension), dtype=np.float32)

    def __reduce__(self) -> tuple[type[Self], tuple[str]]:
        # Weights do not cross process borders; the other side loads its own.
        return type(self), (self.spec,)
