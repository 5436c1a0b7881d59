"""Pixels to draw on: Pillow, drawn large and scaled down so that edges are smooth."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

from lucida.errors import DependencyError
from lucida.generate.colour import Fill, rgba
from lucida.generate.surface import Align, Point

_Painter = Callable[[ImageDraw.ImageDraw, list[Point]], object]


@lru_cache(maxsize=64)
def font(size_px: int) -> ImageFont.FreeTypeFont:
    """Pillow's own scalable face, so that nothing needs to be installed.

    Raises:
        DependencyError: this Pillow cannot draw scalable type.
    """
    face = ImageFont.load_default(size_px)
    if not isinstance(face, ImageFont.FreeTypeFont):
        raise DependencyError("Pillow was built without FreeType.", "Install a Pillow wheel from PyPI.")
    return face


class Canvas:
    """A raster that implements ``Surface``, with the extras a picture needs: gradients, glows, soft shadows, grain.

    Args:
        width_px: width of the finished image.
        height_px: height of the finished image.
        units: how many drawing units the width has; None makes a unit one pixel of the finished image.
        background: what it starts as.
        seed: of ``rng``, which scenes take their variation from.
        oversampling: how many times larger it is drawn than it is finished.
    """

    def __init__(
        self,
        width_px: int,
        height_px: int,
        *,
        units: float | None = None,
        background: Fill = "#ffffff",
        seed: int = 0,
        oversampling: int = 3,
    ) -> None:
        self.rng = np.random.default_rng(seed)
        self._finished_size = (width_px, height_px)
        self._scale = width_px * oversampling / (units or width_px)
        self._image = Image.new("RGB", (width_px * oversampling, height_px * oversampling))
        self.width = units or float(width_px)
        self.height = self.width * height_px / width_px
        self.polygon([(0, 0), (self.width, 0), (self.width, self.height), (0, self.height)], background)

    def polygon(
        self, points: Sequence[Point], fill: Fill | None = None, stroke: str | None = None, width: float = 1.0
    ) -> None:
        if fill is not None:
            self._fill(lambda pen, at: pen.polygon(at, fill=255), self._to_px(points), fill)
        if stroke is not None:
            self.polyline([*points, points[0], points[1]], stroke, width)

    def polyline(
        self, points: Sequence[Point], stroke: str, width: float = 1.0, dash: tuple[float, float] | None = None
    ) -> None:
        thickness = max(1, round(width * self._scale))
        for piece in [points] if dash is None else _dashes(points, *dash):
            self._fill(lambda pen, at: _thick_line(pen, at, thickness), self._to_px(piece), stroke, margin=thickness)

    def ellipse(
        self,
        x0: float,
        y0: float,
        x1: float,
        y1: float,
        fill: Fill | None = None,
        stroke: str | None = None,
        width: float = 1.0,
    ) -> None:
        box = self._to_px([(min(x0, x1), min(y0, y1)), (max(x0, x1), max(y0, y1))])
        if fill is not None:
            self._fill(lambda pen, at: pen.ellipse(at, fill=255), box, fill)
        if stroke is not None:
            thickness = max(1, round(width * self._scale))
            self._fill(lambda pen, at: pen.ellipse(at, outline=255, width=thickness), box, stroke)

    def circle(self, x: float, y: float, radius: float, fill: Fill) -> None:
        """A filled disc."""
        self.ellipse(x - radius, y - radius, x + radius, y + radius, fill)

    def label(
        self,
        x: float,
        y: float,
        text: str,
        size: float,
        colour: str = "#222222",
        align: Align = "left",
        *,
        bold: bool = False,
        angle: Literal[0, 90] = 0,
    ) -> None:
        face = font(round(size * self._scale))
        weight = size * self._scale / 60 if bold else 0.0
        anchor = {"left": "ls", "center": "ms", "right": "rs"}[align]
        bounds = face.getbbox(text, anchor=anchor, stroke_width=weight)
        left, top, right, bottom = math.floor(bounds[0]), math.floor(bounds[1]), *map(math.ceil, bounds[2:])
        mask = Image.new("L", (max(right - left, 1), max(bottom - top, 1)))
        ImageDraw.Draw(mask).text((-left, -top), text, 255, font=face, anchor=anchor, stroke_width=weight)
        if angle:
            mask, left, top = mask.transpose(Image.Transpose.ROTATE_90), top, -right
        corner = round(x * self._scale) + left, round(y * self._scale) + top
        self._image.paste(rgba(colour)[:3], corner, mask)

    def ball(self, x: float, y: float, radius: float, colour: str, *, light: Point = (-0.4, -0.5)) -> None:
        """A sphere lit from ``light`` (direction from its middle, in radii)."""
        size = max(2, round(2 * radius * self._scale))
        axis = (np.arange(size) + 0.5) / size * 2 - 1
        across, down = np.meshgrid(axis, axis)
        distance = np.hypot(across - light[0], down - light[1])
        shade = np.clip(1.18 - 0.42 * distance, 0.35, 1.15)[..., None] * np.array(rgba(colour)[:3])
        shine = np.clip(1 - distance / 0.42, 0, 1)[..., None] ** 2 * 90
        mask = Image.new("L", (size, size))
        ImageDraw.Draw(mask).ellipse([0, 0, size - 1, size - 1], fill=255)
        pixels = Image.fromarray(np.clip(shade + shine, 0, 255).astype(np.uint8))
        self._image.paste(pixels, self._corner(x, y, radius), mask)

    def glow(self, x: float, y: float, radius: float, colour: str, strength: float = 1.0) -> None:
        """Light that fades out towards ``radius``: suns, lamps, windows at night."""
        size = max(2, round(2 * radius * self._scale))
        axis = (np.arange(size) + 0.5) / size * 2 - 1
        fade = np.clip(1 - np.hypot(*np.meshgrid(axis, axis)), 0, 1) ** 2 * 255 * min(strength, 1.0)
        mask = Image.fromarray(fade.astype(np.uint8))
        self._image.paste(rgba(colour)[:3], self._corner(x, y, radius), mask)

    def shadow(self, points: Sequence[Point], colour: str, blur: float) -> None:
        """A polygon with soft edges; ``blur`` in drawing units."""
        mask = Image.new("L", self._image.size)
        ImageDraw.Draw(mask).polygon(self._to_px(points), fill=rgba(colour)[3])
        mask = mask.filter(ImageFilter.BoxBlur(blur * self._scale))
        self._image.paste(rgba(colour)[:3], mask=mask)

    def finish(self, grain: float = 0.0) -> Image.Image:
        """The picture at its own size, RGB; ``grain`` is the standard deviation of film-like noise, 0..255."""
        image = self._image.resize(self._finished_size, Image.Resampling.BOX)
        if grain:
            pixels = np.asarray(image, dtype=np.float32)
            pixels = pixels + self.rng.normal(0, grain, (*pixels.shape[:2], 1)).astype(np.float32)
            image = Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))
        return image

    def _corner(self, x: float, y: float, radius: float) -> tuple[int, int]:
        return round((x - radius) * self._scale), round((y - radius) * self._scale)

    def _to_px(self, points: Sequence[Point]) -> list[Point]:
        return [(x * self._scale, y * self._scale) for x, y in points]

    def _fill(self, paint: _Painter, points: Sequence[Point], fill: Fill, margin: float = 1.0) -> None:
        """Paint a shape given as a mask, working only on the part of the raster that it touches."""
        box = _bounds(points, margin, self._image.size)
        if box is None:
            return
        mask = Image.new("L", (box[2] - box[0], box[3] - box[1]))
        paint(ImageDraw.Draw(mask), [(x - box[0], y - box[1]) for x, y in points])
        first, last = (fill, fill) if isinstance(fill, str) else fill
        alpha = rgba(first)[3]
        if alpha < 255:
            mask = ImageChops.multiply(mask, Image.new("L", mask.size, alpha))
        if first == last:
            self._image.paste(rgba(first)[:3], box, mask)
        else:
            top, bottom = min(y for _, y in points), max(y for _, y in points)
            self._image.paste(_vertical(first, last, top, bottom, box), box, mask)


def _bounds(points: Sequence[Point], margin: float, size: tuple[int, int]) -> tuple[int, int, int, int] | None:
    left = max(0, math.floor(min(x for x, _ in points) - margin))
    top = max(0, math.floor(min(y for _, y in points) - margin))
    right = min(size[0], math.ceil(max(x for x, _ in points) + margin) + 1)
    bottom = min(size[1], math.ceil(max(y for _, y in points) + margin) + 1)
    return (left, top, right, bottom) if left < right and top < bottom else None


def _vertical(first: str, last: str, top: float, bottom: float, box: tuple[int, int, int, int]) -> Image.Image:
    """The slice of a top-to-bottom gradient that lies in ``box``."""
    rows = (np.arange(box[1], box[3]) - top) / max(bottom - top, 1.0)
    start, end = (np.array(rgba(colour)[:3], dtype=np.float64) for colour in (first, last))
    column: NDArray[np.float64] = start + np.clip(rows, 0, 1)[:, None] * (end - start)
    strip = Image.fromarray(np.rint(column).astype(np.uint8)[:, None, :])
    return strip.resize((box[2] - box[0], box[3] - box[1]), Image.Resampling.NEAREST)


def _thick_line(pen: ImageDraw.ImageDraw, line: Sequence[Point], thickness: int) -> None:
    pen.line(list(line), fill=255, width=thickness, joint="curve")
    radius = thickness / 2
    for x, y in (line[0], line[-1]) if thickness > 2 else ():
        pen.ellipse([x - radius, y - radius, x + radius, y + radius], fill=255)


def _dashes(points: Sequence[Point], on: float, off: float) -> list[list[Point]]:
    """Cut a polyline into its visible pieces."""
    pieces: list[list[Point]] = []
    travelled = 0.0
    for (x0, y0), (x1, y1) in pairwise(points):
        length = math.hypot(x1 - x0, y1 - y0)
        position = -(travelled % (on + off))
        while position < length:
            start, end = max(position, 0.0) / length, min(position + on, length) / length
            if end > start:
                pieces.append([(x0 + (x1 - x0) * t, y0 + (y1 - y0) * t) for t in (start, end)])
            position += on + off
        travelled += length
    return pieces
