"""Pictures to calibrate and to measure with, drawn on the spot: dead leaves, whose statistics are those of photographs.

Source: Lee, Mumford and Huang, "Occlusion Models for Natural Images: A Statistical Study of a Scale-Invariant Dead
Leaves Model" (2001): opaque discs whose radii follow a power law of exponent 3, later ones over earlier ones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_LEAVES = 160
_SMALLEST, _LARGEST = 0.02, 0.5  # radii, as shares of the side


def probe_pictures(count: int, size_px: int, *, seed: int = 0) -> NDArray[np.uint8]:
    """Draw pictures that differ in palette, light and texture; RGB, shape (count, size_px, size_px, 3)."""
    return np.stack([_picture(size_px, np.random.default_rng((seed, number))) for number in range(count)])


def _picture(size_px: int, random: np.random.Generator) -> NDArray[np.uint8]:
    from PIL import Image, ImageDraw

    palette = np.clip(random.normal(random.uniform(40, 215, 3), 45, size=(6, 3)), 0, 255).astype(int)
    image = Image.new("RGB", (size_px, size_px), tuple(palette[0]))
    pen = ImageDraw.Draw(image)
    # The inverse of the power law's distribution; large leaves first would hide nothing, so the order stays random.
    share = random.uniform(size=_LEAVES)
    radii = size_px * (_SMALLEST**-2 - share * (_SMALLEST**-2 - _LARGEST**-2)) ** -0.5
    places = random.uniform(0, size_px, size=(_LEAVES, 2))
    colours = palette[random.integers(0, len(palette), size=_LEAVES)]
    for (x, y), radius, colour in zip(places, radii, colours, strict=True):
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=tuple(int(value) for value in colour))
    slope = np.linspace(-1, 1, size_px)
    light = random.uniform(-30, 30) * slope[:, None] + random.uniform(-30, 30) * slope[None, :]
    grain = random.normal(0, random.uniform(0, 14), size=(size_px, size_px))
    pixels: NDArray[np.uint8] = np.clip(np.asarray(image) + (light + grain)[:, :, None], 0, 255).astype(np.uint8)
    return pixels
