"""Segmentation without a model: regions of like colour, as SLIC finds them (Achanta et al., 2012), in flat colours.

The colours tell regions apart and name nothing. A ControlNet that was trained on named classes (ADE20K) heeds the
borders; whoever wants the names gives a finished control image.
"""

from __future__ import annotations

import colorsys
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image as Pillow

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL.Image import Image

#: Regions that are looked for, steps of k-means, and how much nearness counts beside colour.
_REGIONS, _ROUNDS, _COMPACT = 24, 8, 0.25
#: The longer side that regions are looked for at.
_SIDE_PX = 256


def segmentation(image: Image) -> Image:
    """Regions of like colour, each filled with a colour of its own.

    Returns:
        RGB, of the image's size.
    """
    small = image.convert("RGB")
    small.thumbnail((_SIDE_PX, _SIDE_PX), Pillow.Resampling.BOX)
    labels = _clustered(small)
    colours = _palette(int(labels.max()) + 1)
    return Pillow.fromarray(colours[labels]).resize(image.size, Pillow.Resampling.NEAREST)


def _clustered(image: Image) -> NDArray[np.int64]:
    """k-means over colour and place, begun on a grid, so that the same picture gives the same regions."""
    rows = np.asarray(image.convert("LAB"), dtype=np.float32)
    rows[..., 1:] = (rows[..., 1:] + 128) % 256  # Pillow keeps a* and b* as signed bytes
    height, width = rows.shape[:2]
    places = np.indices((height, width)).transpose(1, 2, 0) * (255 * _COMPACT / max(height, width))
    points = np.concatenate([rows, places.astype(np.float32)], axis=-1).reshape(-1, 5)
    across = max(1, round((_REGIONS * width / height) ** 0.5))
    down = max(1, round(_REGIONS / across))
    grid = [
        (int((row + 0.5) * height / down), int((column + 0.5) * width / across))
        for row in range(down)
        for column in range(across)
    ]
    centres = points.reshape(height, width, 5)[tuple(np.array(grid).T)]
    nearest = np.zeros(len(points), np.int64)
    for _ in range(_ROUNDS):
        apart = (points**2).sum(1)[:, None] - 2 * points @ centres.T + (centres**2).sum(1)
        nearest = apart.argmin(1)
        for number in np.unique(nearest):
            centres[number] = points[nearest == number].mean(0)
    return nearest.reshape(height, width)


def _palette(count: int) -> NDArray[np.uint8]:
    """Colours far from each other: hues by the golden angle, in three brightnesses."""
    rows = [colorsys.hsv_to_rgb(number * 0.618034 % 1, 0.85, (1.0, 0.75, 0.5)[number % 3]) for number in range(count)]
    return (np.array(rows) * 255).astype(np.uint8)
