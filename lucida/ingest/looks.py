"""Does a picture look like a page of text? Measured on a thumbnail, so that photographs need not pay for OCR."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL.Image import Image

#: Longest side at which the picture is looked at: lines of text are still apart, letters no longer matter.
_SIDE_PX = 700
#: Share of the picture that is close to the paper's own grey. Text covers little; photographs have no paper.
_MIN_PAPER = 0.55
_MAX_INK = 0.35
#: Edges from paper to ink and back, per row that holds ink. A line of text crosses many strokes, a chart few.
_MIN_STROKES = 12.0
_MIN_INKED_ROWS = 0.03


def looks_like_text(image: Image) -> bool:
    """Whether OCR is likely to find a page of words.

    Text is ink on even paper, in many short strokes along rows (or columns, when the page lies on its side). Paper is
    taken locally, as the brightest grey of each tile, so that uneven light, a fold or a stain does not hide a page.

    Args:
        image: any mode and size.
    """
    grey = _thumbnail(image)
    if min(grey.shape) < 32:
        return False
    paper = _local_paper(grey)
    darker = paper - grey
    ink = darker > np.maximum(paper * 0.22, 24)
    evenness = float(np.mean(darker < np.maximum(paper * 0.12, 14)))
    share = float(ink.mean())
    if evenness < _MIN_PAPER or not 0.004 < share < _MAX_INK:
        return False
    return max(_strokes(ink), _strokes(ink.T)) >= _MIN_STROKES


def _thumbnail(image: Image) -> NDArray[np.float32]:
    small = image
    if max(small.size) > _SIDE_PX:
        small = small.copy()
        small.thumbnail((_SIDE_PX, _SIDE_PX), reducing_gap=2.0)
    return np.asarray(small.convert("L"), dtype=np.float32)


def _local_paper(grey: NDArray[np.float32], tile: int = 32) -> NDArray[np.float32]:
    """Brightness of the paper at each pixel: the 90th percentile of its tile, at least the page's own quarter."""
    height, width = grey.shape
    rows, columns = -(-height // tile), -(-width // tile)
    padded = np.pad(grey, ((0, rows * tile - height), (0, columns * tile - width)), mode="edge")
    tiles = padded.reshape(rows, tile, columns, tile).swapaxes(1, 2).reshape(rows, columns, -1)
    bright = np.maximum(np.percentile(tiles, 90, axis=2), np.percentile(grey, 60) * 0.6)
    return np.kron(bright, np.ones((tile, tile)))[:height, :width].astype(np.float32)


def _strokes(ink: NDArray[np.bool_]) -> float:
    """Median number of ink runs along the rows that hold text; 0 when hardly any do."""
    runs = np.count_nonzero(ink[:, 1:] & ~ink[:, :-1], axis=1)
    inked = runs[runs >= 4]
    if len(inked) < _MIN_INKED_ROWS * len(runs):
        return 0.0
    return float(np.percentile(inked, 60))
