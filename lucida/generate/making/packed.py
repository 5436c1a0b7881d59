"""Vectors as text, for journals and manifests."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from lucida.models.protocols import Vectors


def packed(vector: Vectors | None, *, half: bool = False) -> str | None:
    """Base64 of a vector's little-endian floats, of 4 bytes or, ``half``, of 2; None stays None."""
    if vector is None:
        return None
    return base64.b64encode(np.asarray(vector, dtype="<f2" if half else "<f4").tobytes()).decode("ascii")


def unpacked(text: str | None, *, half: bool = False) -> Vectors | None:
    """What ``packed`` took, float32 (dimension,)."""
    if text is None:
        return None
    vector: Vectors = np.frombuffer(base64.b64decode(text), dtype="<f2" if half else "<f4").astype(np.float32)
    return vector
