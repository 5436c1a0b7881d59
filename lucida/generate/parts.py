"""Parts that several scenes share: skies, waves, ridges, trees, towers. Lengths in the scene's own units."""

from __future__ import annotations

import math

import numpy as np

from lucida.generate.canvas import Canvas
from lucida.generate.colour import Fill, mix
from lucida.generate.surface import Point, rectangle

#: Size of the grid every scene is drawn on.
WIDTH, HEIGHT = 120.0, 90.0


def sky(canvas: Canvas, top: str, bottom: str, *, horizon: float) -> None:
    """Sky from the top edge to the horizon."""
    canvas.polygon(rectangle(0, 0, WIDTH, horizon + 2), (top, bottom))


def clouds(canvas: Canvas, count: int, highest: float, lowest: float) -> None:
    """White clouds in slots across the sky, so that they never pile up."""
    slot = WIDTH / count
    for index in range(count):
        x = slot * (index + canvas.rng.uniform(0.2, 0.7))
        y, size = canvas.rng.uniform(highest, lowest), canvas.rng.uniform(2.4, 4.2)
        for dx, dy, radius in ((-1.5, 0.15, 0.75), (-0.6, -0.35, 1.0), (0.5, -0.5, 1.15), (1.4, 0.0, 0.85)):
            canvas.circle(x + dx * size, y + dy * size, radius * size, "#fbfdff")
        canvas.polygon(rectangle(x - 1.6 * size, y, x + 1.5 * size, y + 0.85 * size), "#fbfdff")


def wave(y: float, height: float, length: float, phase: float = 0.0) -> list[Point]:
    """Everything below a sine wave."""
    edge = [(x, y + height * math.sin(2 * math.pi * x / length + phase)) for x in np.linspace(0, WIDTH, 80)]
    return [(0, HEIGHT), *edge, (WIDTH, HEIGHT)]


def ripple(canvas: Canvas, y: float, colour: str, width: float) -> None:
    """A broken row of glints on water."""
    x = canvas.rng.uniform(-5, 8)
    while x < WIDTH:
        length = canvas.rng.uniform(3, 10)
        canvas.polyline([(x, y), (x + length, y)], colour, width)
        x += length + canvas.rng.uniform(4, 16)


def speckle(canvas: Canvas, count: int, rows: tuple[float, float], colour: str, size: float = 0.3) -> None:
    """Small dots: sand, stars, snow, flowers."""
    for x, y, scale in canvas.rng.uniform((0, rows[0], 0.5), (WIDTH, rows[1], 1.3), (count, 3)):
        canvas.circle(float(x), float(y), size * float(scale), colour)


def ridge(canvas: Canvas, y: float, height: float, fill: Fill) -> None:
    """A silhouette of hills by midpoint displacement (Fournier, Fussell and Carpenter, 1982)."""
    heights = np.zeros(2)
    step = height
    while len(heights) < 129:
        middle = (heights[:-1] + heights[1:]) / 2 + canvas.rng.uniform(-step, step, len(heights) - 1)
        heights = np.insert(heights, range(1, len(heights)), middle)
        step *= 0.52
    edge = [(float(x), float(y + rise)) for x, rise in zip(np.linspace(0, WIDTH, len(heights)), heights, strict=True)]
    canvas.polygon([(0, HEIGHT), *edge, (WIDTH, HEIGHT)], fill)


def peak(canvas: Canvas, x: float, top: float, base: float, half_width: float) -> None:
    """A mountain with a lit and a shaded flank and a snow cap."""
    left, right = (x - half_width, base), (x + half_width, base)
    fold = (x + half_width * 0.12, base)
    canvas.polygon([left, (x, top), right], ("#7c88a8", "#66788c"))
    canvas.polygon([(x, top), right, fold, (x + 3, base - 18), (x - 2, base - 30)], ("#55618a", "#4b5d78"))
    rise = base - top
    line = 0.3
    cap = [(x - half_width * line, top + rise * line), (x, top), (x + half_width * line, top + rise * line)]
    zigzag = [
        (x + half_width * t, top + rise * (line + d))
        for t, d in ((0.17, -0.08), (0.06, 0.05), (-0.06, -0.05), (-0.16, 0.07))
    ]
    canvas.polygon([*cap, *zigzag], ("#ffffff", "#e4ebf5"))
    canvas.polygon([cap[1], cap[2], zigzag[0], zigzag[1], (x - 1, top + rise * 0.2)], "#b9c6dcb0")


def pine(canvas: Canvas, x: float, base: float, height: float, colour: str) -> None:
    """A pine of four tiers."""
    canvas.polygon(
        rectangle(x - height * 0.03, base - height * 0.15, x + height * 0.03, base), mix(colour, "#3a2416", 0.6)
    )
    for tier in range(4):
        top = base - height + height * 0.2 * tier
        half = height * (0.1 + 0.055 * tier)
        fill = (mix(colour, "#ffffff", 0.08), mix(colour, "#000000", 0.12))
        canvas.polygon([(x, top), (x + half, top + height * 0.3), (x - half, top + height * 0.3)], fill)


def leafy_tree(canvas: Canvas, x: float, base: float, height: float, colour: str) -> None:
    """A round-crowned tree: a trunk and three layers of leaves."""
    trunk = height * 0.05
    canvas.polygon(
        [
            (x - trunk * 1.5, base),
            (x - trunk * 0.7, base - height * 0.5),
            (x + trunk * 0.7, base - height * 0.5),
            (x + trunk * 1.5, base),
        ],
        ("#8a5f3c", "#5e3e26"),
    )
    for shade, rise, spread in ((-0.28, 0.52, 0.31), (-0.1, 0.63, 0.27), (0.14, 0.74, 0.19)):
        tone = mix(colour, "#000000" if shade < 0 else "#ffffff", abs(shade))
        for dx, dy in canvas.rng.normal(0, 0.55, (26, 2)):
            radius = height * canvas.rng.uniform(0.07, 0.13)
            canvas.circle(
                x + float(np.clip(dx, -1, 1)) * height * spread,
                base - height * rise + float(np.clip(dy, -1, 1)) * height * spread * 0.6,
                radius,
                tone,
            )


def palm(canvas: Canvas, x: float, base: float, height: float) -> None:
    """A leaning palm with coconuts."""
    crown = (x + height * 0.2, base - height)
    trunk = [(x + height * 0.2 * t**1.6, base - height * t) for t in np.linspace(0, 1, 14)]
    canvas.polyline(trunk, "#8b6239", 2.0)
    for near, far in zip(trunk[::2], trunk[1::2], strict=False):
        canvas.polyline([near, far], "#a97c4d", 1.1)
    for angle in (-2.9, -2.3, -1.7, -1.1, -0.5, 0.1, 0.5, 2.7):
        _frond(canvas, crown, angle, height * 0.36)
    for dx in (-1.4, 1.2):
        canvas.ball(crown[0] + dx, crown[1] + 1.5, 1.3, "#6b4526")


def _frond(canvas: Canvas, crown: Point, angle: float, length: float) -> None:
    x, y = crown
    spine = [
        (x + math.cos(angle) * length * t, y + math.sin(angle) * length * t + length * 0.55 * t * t)
        for t in np.linspace(0, 1, 10)
    ]
    lower = [(px, py + length * 0.16 * math.sin(math.pi * i / 9)) for i, (px, py) in enumerate(spine)]
    canvas.polygon([*spine, *reversed(lower)], ("#4fa65a", "#2c7040"))
    canvas.polyline(spine, "#7cc47a", 0.3)


def tower_block(canvas: Canvas, x0: float, top: float, x1: float, base: float, body: str) -> None:
    """A block of flats at night, some of its windows lit."""
    canvas.polygon(rectangle(x0, top, x1, base), (mix(body, "#5a4f90", 0.35), body))
    if canvas.rng.random() < 0.3:
        canvas.polyline([((x0 + x1) / 2, top), ((x0 + x1) / 2, top - 5)], mix(body, "#ffffff", 0.2), 0.3)
        canvas.circle((x0 + x1) / 2, top - 5, 0.35, "#ff5050")
    for y in np.arange(top + 1.6, base - 1.5, 2.3):
        for x in np.arange(x0 + 1.1, x1 - 1.3, 1.9):
            if canvas.rng.random() < 0.5:
                colour = str(canvas.rng.choice(["#ffd97a", "#ffe9ae", "#ffc35c", "#bfe3ff"]))
                canvas.polygon(rectangle(x, y, x + 1.0, y + 1.25), colour)


def flame(x: float, base: float, half_width: float, height: float) -> list[Point]:
    """The outline of a flame."""
    right = [
        (x + half_width * math.sin(math.pi * t) * (1 - 0.35 * t), base - height * t) for t in np.linspace(0, 1, 18)
    ]
    left = [
        (x - half_width * math.sin(math.pi * t) * (1 - 0.55 * t), base - height * t * 0.97)
        for t in np.linspace(1, 0, 18)
    ]
    return right + left


def birds(canvas: Canvas, count: int, rows: tuple[float, float]) -> None:
    """Distant birds, as two strokes each."""
    for _ in range(count):
        x, y, size = canvas.rng.uniform(8, 52), canvas.rng.uniform(*rows), canvas.rng.uniform(1.4, 2.6)
        wing = [(x + size * t, y - 0.9 * abs(math.sin(math.pi * t)) * size * 0.6) for t in np.linspace(-1, 1, 15)]
        canvas.polyline(wing, "#2a2a3a", 0.35)
