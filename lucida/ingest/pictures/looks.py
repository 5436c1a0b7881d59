"""Does a picture hold lines of text? Measured on a thumbnail, so that photographs need not pay for OCR."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL.Image import Image

#: Longest side at which the picture is looked at: the labels of a chart are still a few pixels high.
SIDE_PX = 1000
_MIN_SIDE_PX = 32
_TILE_PX = 32
#: Difference from the ground, in grey levels, that makes ink; faded print keeps about twice as much.
_INK = 28
#: A strip of this width that crosses so many edges holds letters (about four of them) ...
_STRIP_PX = 48
_BUSY_EDGES = 6
_SOME_EDGES = 4
#: ... while above and below a line of text hardly any edge is crossed.
_QUIET_EDGES = 1
_MARGIN_PX = 5
#: Height of a line of text in the thumbnail.
_LINE_PX = (4, 34)
#: Chosen on 147 photographs, crops of them and drawn scenes, of which 2 pass, and on 56 pages of print, scans,
#: screenshots, slides, charts and diagrams, of which 3 do not (letters a quarter of the picture high, handwriting).
_MIN_LINES = 6
_MIN_EVIDENCE = 2.2
_PAGE_LINES = 30


class TextSigns(NamedTuple):
    """What speaks for text.

    Attributes:
        lines: pieces of lines, each up to 48 px wide: a full page has hundreds, a chart a dozen.
        purity: share of the picture's busy places that belong to them, 0..1; hedges and roof tiles are busy too.
    """

    lines: int
    purity: float

    @property
    def text(self) -> bool:
        """Whether OCR is likely to find words."""
        return self.lines >= _MIN_LINES and self.lines * self.purity >= _MIN_EVIDENCE

    @property
    def page(self) -> bool:
        """Whether words are what the picture is about."""
        return self.text and self.lines >= _PAGE_LINES


def text_signs(image: Image) -> TextSigns:
    """Look for lines of text, upright or lying on their side, dark on light or light on dark.

    Letters are ink on an even ground, in short strokes along a line, with quiet above and below. The ground is taken
    locally, as the commonest grey of each tile, so that uneven light, a stain or a coloured box does not hide text.

    Args:
        image: any mode and size.
    """
    grey = _thumbnail(image)
    if min(grey.shape) < _MIN_SIDE_PX:
        return TextSigns(0, 0.0)
    ink = np.abs(grey - _ground(grey)) > _INK
    return max(_lines(ink), _lines(ink.T), key=lambda signs: signs.lines * signs.purity)


def _thumbnail(image: Image) -> NDArray[np.uint8]:
    small = image
    if max(small.size) > SIDE_PX:
        small = small.copy()
        small.thumbnail((SIDE_PX, SIDE_PX), reducing_gap=2.0)
    return np.asarray(small if small.mode == "L" else small.convert("L"), dtype=np.uint8)


def _ground(grey: NDArray[np.uint8]) -> NDArray[np.float32]:
    """The commonest grey around each pixel: per tile, the mean of the fullest 32 of 256 levels; shape as given."""
    height, width = grey.shape
    rows, columns = -(-height // _TILE_PX), -(-width // _TILE_PX)
    padded = np.pad(grey, ((0, rows * _TILE_PX - height), (0, columns * _TILE_PX - width)), mode="edge")
    tiles = padded.reshape(rows, _TILE_PX, columns, _TILE_PX).swapaxes(1, 2).reshape(rows * columns, -1)
    bins = (tiles >> 4) + 16 * np.arange(rows * columns)[:, None]  # 16 of each tile, one after the other
    counts = np.bincount(bins.ravel(), minlength=16 * rows * columns).reshape(-1, 16)
    pairs = counts[:, :-1] + counts[:, 1:]
    lowest = (16 * pairs.argmax(axis=1)).astype(np.uint8)
    above = tiles - lowest[:, None]  # what lies below wraps round to the top, past the 32 levels that count
    total = np.where(above < 32, above, 0).sum(axis=1, dtype=np.int64)
    ground: NDArray[np.float32] = (lowest + total / pairs.max(axis=1)).astype(np.float32).reshape(rows, columns)
    return ground.repeat(_TILE_PX, axis=0).repeat(_TILE_PX, axis=1)[:height, :width]


def _lines(ink: NDArray[np.bool_]) -> TextSigns:
    """Count pieces of horizontal lines of text in a mask of shape (height, width)."""
    edges = ink[:, 1:] != ink[:, :-1]
    height, width = edges.shape
    strips = -(-width // _STRIP_PX)
    padded = np.pad(edges, ((0, 0), (0, strips * _STRIP_PX - width)))
    crossed = padded.reshape(height, strips, _STRIP_PX).sum(axis=2)
    found, covered = 0, 0
    for strip in crossed.T:
        for top, bottom in _line_spans(strip):
            found += 1
            covered += int(np.count_nonzero(strip[top:bottom] >= _SOME_EDGES))
    everything = int(np.count_nonzero(crossed >= _SOME_EDGES))
    return TextSigns(found, covered / max(everything, 1))


def _line_spans(crossed: NDArray[np.int64]) -> list[tuple[int, int]]:
    """Runs of busy rows as high as a line of text, with quiet on both sides; (first row, row after the last)."""
    busy = crossed >= _BUSY_EDGES
    busy[1:-1] |= busy[:-2] & busy[2:]  # the bar of an "e" may leave a row with few edges
    steps = np.diff(np.concatenate([[0], busy.astype(np.int8), [0]]))
    quiet = crossed <= _QUIET_EDGES
    spans = zip(np.flatnonzero(steps == 1).tolist(), np.flatnonzero(steps == -1).tolist(), strict=True)
    return [
        (top, bottom)
        for top, bottom in spans
        if _LINE_PX[0] <= bottom - top <= _LINE_PX[1]
        and (top == 0 or quiet[max(top - _MARGIN_PX, 0) : top].any())
        and (bottom == len(crossed) or quiet[bottom : bottom + _MARGIN_PX].any())
    ]
