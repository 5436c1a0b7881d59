"""Skew, orientation and uneven light of a scan, measured on a small copy in a few milliseconds.

Skew follows Postl (1986) and Bloomberg, Kopec & Dasari (1995): project the dark pixels along candidate angles and
take the angle at which neighbouring sums differ most, for level lines make sharp peaks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL.Image import Image

#: Skews beyond this are no accident of a scanner; the search does not look there.
MAX_SKEW = 10.0
_WORK_PX = 900  # longest side of the copy on which skew is measured
_MAX_POINTS = 30_000


def dark_points(image: Image) -> NDArray[np.float32]:
    """Where a scan has ink, on a small copy.

    Args:
        image: grey.

    Returns:
        float32 (n, 2), x and y in pixels of the copy, n at most 30,000. Ink is darker than its surroundings, so
        stains, shadows and black borders count only at their edges.
    """
    factor = max(1, round(max(image.size) / _WORK_PX))
    small = image.reduce(factor) if factor > 1 else image
    grey = np.asarray(small, dtype=np.float32)
    paper = np.asarray(_paper(small, 12), dtype=np.float32)
    dark = grey < paper - np.maximum(0.12 * paper, 12.0)
    y, x = np.nonzero(dark)
    step = max(1, -(-len(x) // _MAX_POINTS))
    return np.stack([x[::step], y[::step]], axis=1).astype(np.float32)


def estimate_skew(points: NDArray[np.float32]) -> float:
    """The angle by which text lines fall to the right, in degrees; turn the image by it counterclockwise to level it.

    Args:
        points: float32 (n, 2), from :func:`dark_points`.

    Returns:
        -10..10, to about 0.1 degrees; 0 where there is too little ink or no clear direction.
    """
    if len(points) < 200:
        return 0.0
    coarse = np.arange(-MAX_SKEW, MAX_SKEW + 0.25, 0.5)
    scores = np.array([_sharpness(points, angle) for angle in coarse])
    if scores.max() < 1.25 * np.median(scores):
        return 0.0
    middle = coarse[int(scores.argmax())]
    fine = np.arange(middle - 0.5, middle + 0.55, 0.1)
    fine_scores = np.array([_sharpness(points, angle) for angle in fine])
    return float(np.clip(round(float(fine[int(fine_scores.argmax())]), 2), -MAX_SKEW, MAX_SKEW))


def lines_run_vertically(points: NDArray[np.float32]) -> bool:
    """Whether text lines stand upright, as on a page scanned sideways: columns of pixels peak more than rows."""
    if len(points) < 200:
        return False
    skews = np.arange(-MAX_SKEW, MAX_SKEW + 1, 2.0)
    turned = points[:, ::-1]
    level = max(_sharpness(points, angle) for angle in skews)
    upright = max(_sharpness(turned, angle) for angle in skews)
    return bool(upright > 1.3 * level)


def needs_flattening(image: Image) -> bool:
    """Whether paper is uneven (stains, shadows) or ink faded, so that a global threshold would lose letters."""
    small = image.reduce(max(1, max(image.size) // 400))
    grey = np.asarray(small, dtype=np.float32)
    paper = np.asarray(_paper(small, 6), dtype=np.float32)
    inner = paper[paper.shape[0] // 50 : -(paper.shape[0] // 50) or None]
    low, high = np.percentile(inner, (2, 98))
    faded = bool(np.percentile(paper - grey, 99.5) < 60)
    return bool(high - low > 45) or faded


def flatten(image: Image) -> Image:
    """Divide a grey scan by its paper and stretch what is left, so that paper is white and ink dark everywhere."""
    from PIL import Image as Images

    factor = max(1, max(image.size) // 300)
    paper = _paper(image.reduce(factor), 8).resize(image.size, Images.Resampling.BILINEAR)
    ratio = np.asarray(image, dtype=np.float32) / np.maximum(np.asarray(paper, dtype=np.float32), 1.0)
    darkest = float(np.percentile(ratio[::4, ::4], 0.5))
    low = min(max(darkest, 0.0), 0.87)
    stretched = (ratio - low) / max(0.97 - low, 0.05)
    return Images.fromarray((np.clip(stretched, 0.0, 1.0) * 255).astype(np.uint8))


def _paper(small: Image, reach: int) -> Image:
    """The paper's brightness around each pixel: a local maximum that ignores letters, smoothed."""
    from PIL import Image as Images
    from PIL import ImageFilter

    tiny = small.reduce(4) if min(small.size) > 64 else small
    size = max(3, reach // 2 | 1)
    bright = tiny.filter(ImageFilter.MaxFilter(size)).filter(ImageFilter.BoxBlur(size))
    return bright.resize(small.size, Images.Resampling.BILINEAR)


def _sharpness(points: NDArray[np.float32], degrees: float) -> float:
    """Sum of squared differences between neighbouring rows after levelling by an angle."""
    angle = np.deg2rad(degrees)
    rows = points[:, 1] * np.cos(angle) - points[:, 0] * np.sin(angle)
    sums = np.bincount((rows - rows.min()).astype(np.int32)).astype(np.float64)
    return float(np.square(np.diff(sums)).sum())
