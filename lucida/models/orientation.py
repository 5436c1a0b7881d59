"""Decides by reading which way up a raster is: text that stands upright reads with more confidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from PIL.Image import Image

    from lucida.types import Word

#: Side of the middle square that is read at most, in pixels: enough for some lines, cheap enough to read four times.
_SAMPLE_PX = 1200
#: How much more legible a turned page must be before the page as it stands is given up.
_MARGIN = 1.25
_TRUSTED = 0.6


def most_legible(image: Image, candidates: Sequence[int], read: Callable[[Image], Iterable[Word]]) -> int:
    """The candidate rotation, in degrees clockwise, at which a sample of ``image`` reads best.

    Args:
        image: the raster as it stands.
        candidates: multiples of 90; the first wins unless another is clearly better.
        read: gives the words of an image.
    """
    sample = middle(image, _SAMPLE_PX)
    scores = {degrees: legibility(read(turned(sample, degrees))) for degrees in candidates}
    best = max(scores, key=lambda degrees: scores[degrees])
    return best if scores[best] > _MARGIN * scores[candidates[0]] else candidates[0]


def legibility(words: Iterable[Word]) -> float:
    """Confidently read letters and digits, weighted by confidence."""
    return sum(
        word.confidence * sum(character.isalnum() for character in word.text)
        for word in words
        if word.confidence >= _TRUSTED
    )


def turned(image: Image, clockwise: int) -> Image:
    """``image`` turned by a multiple of 90 degrees, without resampling."""
    from PIL.Image import Transpose

    turns = {90: Transpose.ROTATE_270, 180: Transpose.ROTATE_180, 270: Transpose.ROTATE_90}  # PIL counts the other way
    return image.transpose(turns[clockwise % 360]) if clockwise % 360 else image


def middle(image: Image, side: int) -> Image:
    """The middle of ``image``, at most ``side`` pixels wide and high."""
    left, top = max(0, (image.width - side) // 2), max(0, (image.height - side) // 2)
    return image.crop((left, top, min(image.width, left + side), min(image.height, top + side)))
