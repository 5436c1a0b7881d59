"""Encoders of pictures for tests: quick, and what they see can be told from the vector."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image

from lucida.models.protocols import Calibration
from lucida.types import PixelRule


class Eye:
    """Sees the colours of a picture's four quarters; of a text, its letters.

    Attributes:
        seen: how many pictures it has encoded.
        faulty: size in pixels of pictures on which it fails; None fails on none.
        dead: fails on everything.
    """

    calibration: Calibration | None = None

    def __init__(self, spec: str = "mini", *, text_is_minilm: bool = True) -> None:
        self.spec = spec
        self.fingerprint = f"eye-{spec}"
        self.text_is_minilm = text_is_minilm
        # Where texts are MiniLM's, the space is as wide as MiniLM's; else each has one of its own.
        self.dimension = 384 if text_is_minilm else 12 + len(spec)
        self.seen = 0
        self.faulty: tuple[int, int] | None = None
        self.dead = False

    def encode_images(self, images: Sequence[Image.Image]) -> np.ndarray:
        if self.dead or any(image.size == self.faulty for image in images):
            raise RuntimeError("the accelerator is on fire")
        self.seen += len(images)
        small = [np.asarray(image.resize((2, 2), Image.Resampling.BOX), dtype=np.float32) for image in images]
        return self._rows([pixels.ravel() - 127 for pixels in small])

    def encode_texts(self, texts: Sequence[str]) -> np.ndarray:
        return self._rows([np.frombuffer(text.encode().ljust(12)[:12], dtype=np.uint8) for text in texts])

    def encode_windows(self, texts: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
        if self.dead:
            raise RuntimeError("the accelerator is on fire")
        parts = [(text[start : start + 12], owner) for owner, text in enumerate(texts) for start in range(0, 24, 12)]
        return self.encode_texts([part for part, _ in parts]), np.array([owner for _, owner in parts])

    def _rows(self, values: Sequence[np.ndarray]) -> np.ndarray:
        rows = np.ones((len(values), self.dimension), dtype=np.float32)
        for row, value in enumerate(values):
            rows[row, :12] = value
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)


class PixelEye(Eye):
    """The same, with pictures brought to its size where they are decoded."""

    pixel_rule = PixelRule(16, 16, "squash", "box")

    def __init__(self, spec: str = "mini") -> None:
        super().__init__(spec)
        self.by_pixels = 0

    def encode_pixels(self, pixels: np.ndarray) -> np.ndarray:
        self.by_pixels += len(pixels)
        return self.encode_images([Image.fromarray(one) for one in pixels])
