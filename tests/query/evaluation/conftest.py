from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest


class ColourEncoder:
    """Puts a picture where the name of its main colour is: three axes, and a little of the text's own hash."""

    spec = "colours"
    fingerprint = "colours-1"
    dimension = 8
    text_is_minilm = False
    calibration = None

    def encode_texts(self, texts: Sequence[str]) -> Any:
        rows = np.zeros((len(texts), self.dimension), np.float32)
        for row, text in zip(rows, texts, strict=True):
            for axis, name in enumerate(("red", "green", "blue")):
                row[axis] = name in text
            if not row.any():
                digest = hashlib.sha256(text.encode()).digest()
                row[3:] = np.frombuffer(digest[:5], np.uint8) / 255 + 0.1
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)

    def encode_windows(self, texts: Sequence[str]) -> tuple[Any, Any]:
        return self.encode_texts(texts), np.arange(len(texts))

    def encode_images(self, images: Sequence[Any]) -> Any:
        rows = np.full((len(images), self.dimension), 0.01, np.float32)
        for row, image in zip(rows, images, strict=True):
            assert image.mode == "RGB"
            row[:3] = np.asarray(image, np.float32).mean(axis=(0, 1)) / 255 + 0.01
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.fixture
def colours() -> ColourEncoder:
    return ColourEncoder()
