"""Sizes and canvases: what pixels a model can draw, and how a picture is brought to them and back."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image as Pillow
from PIL import ImageOps

from lucida.errors import UsageError
from lucida.models.protocols.drawing import DrawRequest

if TYPE_CHECKING:
    from PIL.Image import Image

#: Pixels of the old picture that are drawn anew along a new margin, so that both meet.
_OVERLAP_PX = 8


def picture_hash(image: Image) -> str:
    """SHA-256 of a picture's size, mode and pixels: the same whatever file it came from."""
    head = f"{image.mode} {image.width}x{image.height} ".encode()
    return hashlib.sha256(head + image.tobytes()).hexdigest()


def rounded_up(width_px: int, height_px: int, step: int) -> tuple[int, int]:
    """The next size that consists of whole steps."""
    return -(-width_px // step) * step, -(-height_px // step) * step


def padded(image: Image, size: tuple[int, int]) -> Image:
    """A picture on a larger canvas, at its upper left; the last row and column go on to the edge."""
    if image.size == size:
        return image
    rows = np.asarray(image)
    margins = [(0, size[1] - image.height), (0, size[0] - image.width), *[(0, 0)] * (rows.ndim - 2)]
    return Pillow.fromarray(np.pad(rows, margins, mode="edge"))


def fitted(image: Image, size: tuple[int, int]) -> Image:
    """A picture that fills a size, what sticks out on two sides cut off; the same picture if it has that size."""
    rgb = image.convert("RGB")
    return rgb if rgb.size == size else ImageOps.fit(rgb, size, Pillow.Resampling.LANCZOS)


def finished(image: Image, request: DrawRequest) -> Image:
    """A drawn picture cut to the size asked for; outside a mask it is the old one, to the last bit.

    Args:
        image: at least of the request's size.
        request: with its size settled.
    """
    cut = image.convert("RGB").crop((0, 0, request.width_px or image.width, request.height_px or image.height))
    if request.mask is None or request.image is None:
        return cut
    return Pillow.composite(cut, request.image.convert("RGB"), request.mask.convert("L"))


def outpainted(request: DrawRequest, left: int = 0, top: int = 0, right: int = 0, bottom: int = 0) -> DrawRequest:
    """The request with its image on a larger canvas, whose new margins are masked: outpainting is inpainting.

    Args:
        request: has an image; a mask of it is kept.
        left, top, right, bottom: pixels to add.

    Raises:
        UsageError: there is no image, or a margin is below zero, or all are.
    """
    margins = (left, top, right, bottom)
    if request.image is None:
        raise UsageError("There is no picture to draw around.", "Give one with the request.")
    if min(margins) < 0 or not any(margins):
        raise UsageError(f"Margins of {margins} pixels add nothing.", "Give at least one margin above zero.")
    image = request.image.convert("RGB")
    wide = np.pad(np.asarray(image), [(top, bottom), (left, right), (0, 0)], mode="edge")
    old = np.zeros((image.height, image.width), np.uint8)
    if request.mask is not None:
        old = np.maximum(old, np.asarray(request.mask.convert("L")))
    for margin, edge in (
        (left, np.s_[:, :_OVERLAP_PX]),
        (top, np.s_[:_OVERLAP_PX]),
        (right, np.s_[:, -_OVERLAP_PX:]),
        (bottom, np.s_[-_OVERLAP_PX:]),
    ):
        if margin:
            old[edge] = 255
    mask = np.pad(old, [(top, bottom), (left, right)], constant_values=255)
    return replace(request, image=Pillow.fromarray(wide), mask=Pillow.fromarray(mask), width_px=None, height_px=None)
