"""What paper, copiers and scanners do to a page. Seeded; NumPy and Pillow only."""

from __future__ import annotations

import io
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

Pixels = NDArray[np.float32]  # (height, width, 3), 0..255


@dataclass(frozen=True, slots=True)
class Wear:
    """How badly a page has fared. The defaults leave it as it is.

    Attributes:
        skew: degrees, counter-clockwise.
        blur_px: standard deviation of the blur.
        noise: standard deviation of sensor noise, 0..255.
        specks: grains of dust per megapixel.
        fading: 0..1, how far ink has gone towards paper.
        paper: colour of the paper, multiplied onto the page.
        shading: 0..1, darkening towards one side, as by a book's spine or a lamp.
        creases: folds across the page.
        coffee: number of rings left by a cup.
        jpeg_quality: 1..95, or 0 for none.
        grey: drop colour.
        turn: degrees clockwise by which the page lay wrong.
        bleed: 0..1, how much of the other side shows through; it says what this side says, mirrored.
    """

    skew: float = 0.0
    blur_px: float = 0.0
    noise: float = 0.0
    specks: float = 0.0
    fading: float = 0.0
    paper: tuple[int, int, int] = (255, 255, 255)
    shading: float = 0.0
    creases: int = 0
    coffee: int = 0
    jpeg_quality: int = 0
    grey: bool = False
    turn: Literal[0, 90, 180, 270] = 0
    bleed: float = 0.0


def degrade(image: Image.Image, wear: Wear, *, seed: int = 0) -> Image.Image:
    """The page as a scanner would deliver it.

    Args:
        image: a clean page, any mode.
        wear: what has happened to it.
        seed: decides where stains, creases and grains fall.

    Returns:
        An image of the same size, width and height swapped when ``turn`` is 90 or 270; "L" when ``wear.grey``, else
        "RGB".
    """
    rng = np.random.default_rng(seed)
    pixels: Pixels = np.asarray(image.convert("RGB"), dtype=np.float32)
    paper = np.array(wear.paper, dtype=np.float32) / np.float32(255)
    pixels = (255 - (255 - pixels) * np.float32(1 - wear.fading)) * paper
    if wear.bleed:
        pixels = _shown_through(pixels, wear.bleed)
    for _ in range(wear.creases):
        pixels = _crease(pixels, rng)
    for _ in range(wear.coffee):
        pixels = _coffee_ring(pixels, rng)
    page = _to_image(pixels)
    if wear.skew:
        page = page.rotate(
            wear.skew, Image.Resampling.BICUBIC, fillcolor=tuple(int(0.97 * part) for part in wear.paper)
        )
    if wear.blur_px:
        page = page.filter(ImageFilter.GaussianBlur(wear.blur_px))
    pixels = np.asarray(page, dtype=np.float32)
    for step in _scanner(wear):
        pixels = step(pixels, rng)
    return _delivered(_to_image(pixels), wear)


def _scanner(wear: Wear) -> list[Callable[[Pixels, np.random.Generator], Pixels]]:
    """The sensor's own faults, in the order light meets them."""
    steps: list[Callable[[Pixels, np.random.Generator], Pixels]] = []
    if wear.shading:
        steps.append(lambda pixels, rng: _uneven_light(pixels, wear.shading, rng))
    if wear.specks:
        steps.append(lambda pixels, rng: _dust(pixels, wear.specks, rng))
    if wear.noise:
        steps.append(lambda pixels, rng: _noise(pixels, wear.noise, grey=wear.grey, rng=rng))
    return steps


def _delivered(page: Image.Image, wear: Wear) -> Image.Image:
    if wear.grey:
        page = page.convert("L")
    if wear.turn:
        page = page.rotate(-wear.turn, expand=True)
    if not wear.jpeg_quality:
        return page
    encoded = io.BytesIO()
    page.save(encoded, "JPEG", quality=wear.jpeg_quality)
    reread = Image.open(encoded)
    reread.load()
    return reread


def _uneven_light(pixels: Pixels, strength: float, rng: np.random.Generator) -> Pixels:
    height, width = pixels.shape[:2]
    angle = rng.uniform(0, 2 * math.pi)
    across = np.linspace(-1, 1, width, dtype=np.float32)[None, :] * math.cos(angle)
    down = np.linspace(-1, 1, height, dtype=np.float32)[:, None] * math.sin(angle)
    darkness = np.clip((across + down + 0.35) / 1.75, 0, 1) ** 2 * strength
    return pixels * (1 - darkness)[..., None].astype(np.float32)


def _dust(pixels: Pixels, per_megapixel: float, rng: np.random.Generator) -> Pixels:
    height, width = pixels.shape[:2]
    spots = pixels.copy()
    for _ in range(round(per_megapixel * height * width / 1e6)):
        row, column, size = rng.integers(height), rng.integers(width), rng.integers(1, 4)
        spots[row : row + size, column : column + size] *= rng.uniform(0.15, 0.7)
    return spots


def _noise(pixels: Pixels, deviation: float, *, grey: bool, rng: np.random.Generator) -> Pixels:
    shape = (*pixels.shape[:2], 1 if grey else 3)
    return pixels + rng.standard_normal(shape, dtype=np.float32) * np.float32(deviation)


def _shown_through(pixels: Pixels, strength: float) -> Pixels:
    """Ink of the other side: mirrored, a little lower, blurred by the paper between."""
    height, width = pixels.shape[:2]
    behind = _to_image(np.roll(pixels[:, ::-1], height // 9, axis=0)).convert("L")
    behind = behind.filter(ImageFilter.GaussianBlur(width / 700))
    ink = (255 - np.asarray(behind, dtype=np.float32)) / np.float32(255)
    return pixels * (1 - np.float32(strength) * ink)[..., None]


def _crease(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    """A fold straight across: a bright line with a soft shadow beside it."""
    height = pixels.shape[0]
    middle = height * rng.uniform(0.25, 0.75)
    distance = np.arange(height, dtype=np.float32) - np.float32(middle)
    scale = height / 1200
    light = 26 * np.exp(-((distance / (1.2 * scale)) ** 2)) - 20 * np.exp(
        -(((distance - 5 * scale) / (5 * scale)) ** 2)
    )
    folded: Pixels = np.clip(pixels + light[:, None, None].astype(np.float32), 0, 255)
    return folded


def _coffee_ring(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    """A ring whose rim is darkest (the coffee-ring effect: Deegan and others, 1997), pale inside, ragged outside."""
    height, width = pixels.shape[:2]
    x, y = width * rng.uniform(0.55, 0.85), height * rng.uniform(0.5, 0.85)
    radius = width * rng.uniform(0.12, 0.17)
    columns = np.arange(width, dtype=np.float32)[None, :] - np.float32(x)
    rows = np.arange(height, dtype=np.float32)[:, None] - np.float32(y)
    angle = np.arctan2(rows, columns)
    ragged = sum(rng.uniform(-0.012, 0.012) * np.sin(order * angle + rng.uniform(0, 6.3)) for order in range(2, 9))
    distance = np.hypot(columns, rows) / radius - 1 - ragged
    strength = 0.55 + 0.45 * np.sin(angle + rng.uniform(0, 6.3))
    rim = np.where(distance < 0, np.exp(-((distance / 0.05) ** 2)), np.exp(-((distance / 0.018) ** 2))) * 0.7 * strength
    inside = (distance < 0) * 0.045
    amount = np.clip(rim + inside, 0, 1).astype(np.float32)[..., None]
    stain = np.array([150, 98, 48], dtype=np.float32) / np.float32(255)
    stained: Pixels = pixels * (1 - amount * (1 - stain))
    return stained


def _to_image(pixels: Pixels) -> Image.Image:
    return Image.fromarray(np.clip(np.rint(pixels), 0, 255).astype(np.uint8))
