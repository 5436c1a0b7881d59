"""Control images that need no model: edges (Canny, 1986) and scribbles (XDoG, Winnemoeller et al., 2012)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image as Pillow
from PIL import ImageFilter

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL.Image import Image

#: Gradients of 0..255 grey: above the one an edge begins, and it goes on above the other.
_HIGH, _LOW = 200.0, 100.0
_CANNY_BLUR_PX = 1.4
#: Widths of the two blurs whose difference is a pen's line, and how dark that must be.
_PEN_PX, _PEN_RATIO, _PEN_DARK = 1.6, 1.6, 3.0


def canny(image: Image, low: float = _LOW, high: float = _HIGH) -> Image:
    """White edges of one pixel on black.

    Args:
        image: of any mode.
        low, high: gradients (Sobel, of 0..255 grey) at which an edge goes on and begins.

    Returns:
        RGB, of the image's size.
    """
    grey = np.asarray(image.convert("L").filter(ImageFilter.GaussianBlur(_CANNY_BLUR_PX)), dtype=np.float32)
    along_x, along_y = _sobel(grey)
    size = np.hypot(along_x, along_y)
    thin = _thinned(size, along_x, along_y)
    return _white(_connected(thin >= high, thin >= low))


def scribble(image: Image) -> Image:
    """Thick white strokes on black, as somebody might draw them with a pen.

    Returns:
        RGB, of the image's size.
    """
    grey = image.convert("L")
    fine, wide = (
        np.asarray(grey.filter(ImageFilter.GaussianBlur(width)), dtype=np.float32)
        for width in (_PEN_PX, _PEN_PX * _PEN_RATIO)
    )
    strokes = _white(wide - fine > _PEN_DARK).convert("L")
    # Specks go, and what stays becomes thick.
    return strokes.filter(ImageFilter.MedianFilter(3)).filter(ImageFilter.MaxFilter(5)).convert("RGB")


def _white(where: NDArray[np.bool_]) -> Image:
    return Pillow.fromarray(np.where(where, 255, 0).astype(np.uint8)).convert("RGB")


def _sobel(grey: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    rows = np.pad(grey, 1, mode="edge")
    smooth_y = rows[:-2] + 2 * rows[1:-1] + rows[2:]
    smooth_x = rows[:, :-2] + 2 * rows[:, 1:-1] + rows[:, 2:]
    return smooth_y[:, 2:] - smooth_y[:, :-2], smooth_x[2:] - smooth_x[:-2]


def _thinned(
    size: NDArray[np.float32], along_x: NDArray[np.float32], along_y: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Gradients that are the largest across their edge; zero elsewhere."""
    wide = np.pad(size, 1)
    sector = np.round(np.arctan2(along_y, along_x) / (np.pi / 4)).astype(int) % 4
    kept = np.zeros_like(size)
    height, width = size.shape
    for number, (down, right) in enumerate(((0, 1), (1, 1), (1, 0), (1, -1))):
        ahead = wide[1 + down : 1 + down + height, 1 + right : 1 + right + width]
        behind = wide[1 - down : 1 - down + height, 1 - right : 1 - right + width]
        # One side strictly, so that of two equal neighbours one stays.
        peak = (sector == number) & (size >= ahead) & (size > behind)
        kept[peak] = size[peak]
    return kept


def _connected(seeds: NDArray[np.bool_], through: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """All of ``through`` that can be reached from the seeds in steps to any of the eight neighbours."""
    found, front = seeds.copy(), seeds
    while front.any():
        wide = np.pad(front, 1)
        rows = wide[:, :-2] | wide[:, 1:-1] | wide[:, 2:]
        front = (rows[:-2] | rows[1:-1] | rows[2:]) & through & ~found
        found |= front
    return found
