"""Whether a model can read a page at all: how high its letters are once the model has made the picture small."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lucida.models.protocols import Sight
    from lucida.types import Word

#: Below this many pixels letters are guessed rather than read (design.md).
LEGIBLE_PX = 10.0


def letter_height_px(words: Sequence[Word], height_px: int) -> float | None:
    """Median height of the words on a raster of a page; None for a page without words.

    Args:
        words: of the page, boxes in fractions of it.
        height_px: of the raster.
    """
    return median(word.box.height for word in words) * height_px if words else None


def legible(words: Sequence[Word], sight: Sight | None, height_px: int) -> bool:
    """Whether letters are high enough for a model; a page without words has nothing to read.

    Args:
        words: of the page.
        sight: what becomes of the picture in the model's eye; None where it does not say, which counts as no resize.
        height_px: of the picture before that.
    """
    seen = letter_height_px(words, sight.height_px if sight is not None else height_px)
    return seen is None or seen >= LEGIBLE_PX
