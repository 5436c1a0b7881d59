"""Things that fly. Each function paints one scene on a 120 x 90 unit canvas."""

from __future__ import annotations

import math

import numpy as np

from lucida.generate.canvas import Canvas
from lucida.generate.colour import mix
from lucida.generate.parts import (
    HEIGHT,
    WIDTH,
    clouds,
    flame,
    ridge,
    sky,
    speckle,
    wave,
)
from lucida.generate.surface import rectangle


def hot_air_balloon(canvas: Canvas) -> None:
    """Hot air balloons at sunrise."""
    sky(canvas, "#f7a072", "#fdeec4", horizon=76)
    canvas.glow(20, 60, 40, "#fff6d6")
    clouds(canvas, 3, 20, 52)
    ridge(canvas, 70, 6, ("#b98a9c", "#9c8aa4"))
    canvas.polygon(wave(79, 2, 70), ("#7d9a5c", "#4b6f42"))
    palettes = [("#d7263d", "#f6ae2d"), ("#2e86ab", "#f5f1e3"), ("#6a4c93", "#f7b267")]
    for x, y, radius, which in ((60, 30, 23, 0), (24, 24, 9, 1), (100, 48, 7, 2)):
        shift = int(canvas.rng.integers(3))
        _balloon(canvas, x, y, radius, palettes[(which + shift) % 3])


def airplane(canvas: Canvas) -> None:
    """An aeroplane above the clouds."""
    canvas.polygon(rectangle(0, 0, WIDTH, HEIGHT), ("#1f6fc0", "#bfe4f8"))
    clouds(canvas, 4, 58, 84)
    clouds(canvas, 3, 8, 24)
    white = ("#ffffff", "#c9d3de")
    livery = str(canvas.rng.choice(["#d7263d", "#1b998b", "#f08a24"]))
    canvas.polygon([(62, 42), (46, 16), (53, 16), (80, 40)], ("#b9c6d4", "#dfe7ee"))
    canvas.polygon([(12, 41), (6, 20), (14, 20), (30, 40)], livery)
    hull = [(8, 42), (30, 38.4), (86, 36.4), (100, 39), (108, 44.5), (104, 48.5), (92, 51.4), (46, 52), (20, 49)]
    canvas.polygon(hull, white)
    canvas.polygon([(9, 44.6), (106.6, 46.5), (104, 48.5), (92, 51.4), (46, 52), (20, 49)], "#aab8c860")
    canvas.polygon([(8.4, 43.4), (107.6, 45), (107.2, 46.4), (9.4, 45)], livery)
    for x in range(32, 92, 4):
        canvas.ellipse(x, 40.4, x + 2, 43.2, "#3a5c80")
    canvas.polygon([(97.5, 39.6), (102, 41.4), (104, 43), (97, 42.8)], "#24405f")
    canvas.polygon([(68, 47), (34, 73), (43, 73), (84, 48)], ("#e6edf3", "#a9b8c8"))
    canvas.ellipse(50, 56, 62, 62, ("#f4f7fa", "#8f9fb0"))
    canvas.polygon([(18, 45), (4, 53), (10, 53), (28, 46.4)], ("#e6edf3", "#b3c0cd"))


def rocket(canvas: Canvas) -> None:
    """A rocket between planets."""
    canvas.polygon(rectangle(0, 0, WIDTH, HEIGHT), ("#05081e", "#2a1f5c"))
    speckle(canvas, 150, (0, HEIGHT), "#ffffffd0", 0.25)
    canvas.ball(98, 22, 11, "#d98c4a")
    ring = [(98 + 19 * math.cos(t), 22 + 4.5 * math.sin(t)) for t in np.linspace(-0.5, 3.64, 40)]
    canvas.polyline(ring, "#f0d0a0", 1.3)
    canvas.ball(14, 96, 30, "#3f7fd0")
    for scale, colour in ((1.0, "#ff6a1a"), (0.68, "#ffb52e"), (0.4, "#fff3b0")):
        canvas.polygon([(x, 138 - y) for x, y in flame(58, 70, 8 * scale, 22 * scale)], colour)
    trim = str(canvas.rng.choice(["#d7263d", "#1b998b", "#f08a24"]))
    for side in (-1, 1):
        canvas.polygon(
            [(58 + side * 8, 50), (58 + side * 19, 68), (58 + side * 18, 74), (58 + side * 8, 67)],
            (trim, mix(trim, "#000000", 0.4)),
        )
    profile = [(58 + 10 * math.sin(math.pi * 0.86 * t) ** 0.8, 8 + 62 * t) for t in np.linspace(0, 1, 30)]
    mirrored = [(116 - x, y) for x, y in reversed(profile)]
    canvas.polygon(profile + mirrored, ("#ffffff", "#c2cad8"))
    shade = [(58 + (x - 58) * 0.35, y) for x, y in reversed(profile)]
    canvas.polygon(profile + shade, "#56607a48")
    nose = [p for p in profile if p[1] < 22]
    canvas.polygon(nose + [(116 - x, y) for x, y in reversed(nose)], (trim, mix(trim, "#000000", 0.25)))
    canvas.circle(58, 34, 5, "#5c6780")
    canvas.circle(58, 34, 3.8, ("#bfe6fb", "#4f8fc0"))
    canvas.polygon(rectangle(52, 68, 64, 71.5), "#4a5064")


def _balloon(canvas: Canvas, x: float, y: float, radius: float, colours: tuple[str, str]) -> None:
    turns = np.linspace(0, 1, 40)
    widths = [math.sin(math.pi * min(t / 1.1, 1.0)) ** 0.62 for t in turns]
    for gore in range(8):
        left, right = (-math.cos(math.pi * (gore + step) / 8) for step in (0, 1))
        rows = [(y - radius + 2.35 * radius * t, w * radius) for t, w in zip(turns, widths, strict=True)]
        edge = [(x + left * w, row) for row, w in rows] + [(x + right * w, row) for row, w in reversed(rows)]
        colour = colours[gore % 2]
        shade = 0.3 * abs((left + right) / 2 + 0.3)
        canvas.polygon(edge, (colour, mix(colour, "#301030", shade + 0.12)))
    base, basket = y + 1.35 * radius, y + 1.72 * radius
    mouth = widths[-1] * radius
    for dx in (-1.0, 1.0):
        canvas.polyline([(x + dx * mouth, base), (x + dx * radius * 0.14, basket)], "#4a3424", max(0.2, radius * 0.014))
    canvas.polygon(
        rectangle(x - radius * 0.16, basket, x + radius * 0.16, basket + radius * 0.22), ("#b07c46", "#744c26")
    )


SCENES = {
    "hot-air-balloon": hot_air_balloon,
    "airplane": airplane,
    "rocket": rocket,
}
