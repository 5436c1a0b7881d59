"""Landscapes. Each function paints one scene on a 120 x 90 unit canvas."""

from __future__ import annotations

import math

from lucida.generate.canvas import Canvas
from lucida.generate.colour import mix
from lucida.generate.parts import (
    HEIGHT,
    WIDTH,
    clouds,
    flame,
    palm,
    peak,
    pine,
    ridge,
    ripple,
    sky,
    speckle,
    tower_block,
    wave,
)
from lucida.generate.surface import rectangle


def beach(canvas: Canvas) -> None:
    """A beach with a palm tree and a striped parasol."""
    sky(canvas, "#3f9fe0", "#d8f0fa", horizon=42)
    canvas.glow(92, 16, 26, "#fff6c8")
    canvas.circle(92, 16, 5.5, "#fff3b0")
    clouds(canvas, 3, 6, 22)
    canvas.polygon(rectangle(0, 42, WIDTH, 68), ("#1277b8", "#63d0d4"))
    for row in range(9):
        y = 45 + row * 2.4
        ripple(canvas, y, "#ffffff50", 0.25 + row * 0.03)
    canvas.polygon(wave(64, 2.2, 46, phase=1.0), "#ffffffd0")
    canvas.polygon(wave(65.5, 2.2, 46, phase=1.0), ("#f3dca4", "#e2bd78"))
    speckle(canvas, 220, (70, 90), "#b98f4e60")
    palm(canvas, 17, 80, 50)
    _parasol(canvas, 78, 80)
    canvas.polygon(rectangle(84, 80, 99, 83.2), ("#ffffff", "#e8e8f0"))
    for stripe in range(3):
        canvas.polygon(rectangle(85 + 5 * stripe, 80, 87 + 5 * stripe, 83.2), "#e4572e")


def mountains(canvas: Canvas) -> None:
    """Snow-capped mountains behind a lake."""
    sky(canvas, "#5a8fd0", "#f6dcc4", horizon=70)
    canvas.glow(28, 22, 24, "#fff2d0")
    clouds(canvas, 2, 6, 18)
    ridge(canvas, 46, 12, ("#93a8cb", "#b9c4d8"))
    for x, top, half in ((30, 20, 34), (84, 12, 44), (60, 30, 30)):
        peak(canvas, x, top, 68, half)
    ridge(canvas, 64, 5, ("#456f5a", "#3a6350"))
    for x in range(2, 120, 5):
        pine(
            canvas, x + canvas.rng.uniform(-2, 2), 72 + canvas.rng.uniform(-1, 1), canvas.rng.uniform(7, 11), "#274d3d"
        )
    canvas.polygon(rectangle(0, 71, WIDTH, HEIGHT), ("#7fb3cf", "#376f93"))
    for row in range(7):
        ripple(canvas, 73.5 + row * 2.4, "#ffffff48", 0.3)


def forest(canvas: Canvas) -> None:
    """A path through a pine forest."""
    sky(canvas, "#cfe8d6", "#f4f6d8", horizon=82)
    canvas.glow(64, 20, 55, "#fffbe0")
    canvas.polygon(wave(70, 1.5, 90), ("#bfd9b8", "#8fb58c"))
    for layer, (base, size, colour) in enumerate(((64, 34, "#a9cbb0"), (72, 46, "#6f9f7c"), (80, 58, "#3c7350"))):
        for x in range(-2, 124, 8 + 3 * layer):
            pine(canvas, x + canvas.rng.uniform(-3, 3), base, size * canvas.rng.uniform(0.75, 1.1), colour)
    canvas.polygon(wave(76, 1.6, 60), ("#6b8f3c", "#3d5c25"))
    canvas.polygon([(50, 90), (57, 79), (60, 75), (64, 75), (64, 79), (72, 90)], ("#d2b48a", "#b08a58"))
    for x, size in ((8, 76), (24, 66), (97, 70), (113, 80)):
        pine(canvas, x, 88, size, "#1f4a33")
    speckle(canvas, 60, (80, 90), "#f2d24ec0", 0.45)


def desert(canvas: Canvas) -> None:
    """A desert with cacti at sunset."""
    sky(canvas, "#f2a65a", "#fde6b8", horizon=56)
    canvas.glow(78, 30, 30, "#fff7d6")
    canvas.circle(78, 30, 8, "#fff1b8")
    ridge(canvas, 50, 4, ("#c9784a", "#d9905a"))
    for y, phase, fill in ((56, 0.4, "#e8b06a"), (64, 2.0, "#dd9c54"), (74, 3.6, "#cf8742")):
        canvas.polygon(wave(y, 4, 80, phase), (fill, mix(fill, "#8a4b20", 0.35)))
    for x, y, size in ((28, 82, 34), (96, 72, 19), (58, 68, 11)):
        _cactus(canvas, x, y, size)


def night_city(canvas: Canvas) -> None:
    """A city skyline at night under a full moon."""
    sky(canvas, "#070b2a", "#3b2f6b", horizon=72)
    speckle(canvas, 90, (2, 48), "#ffffffc0", 0.22)
    canvas.glow(96, 17, 16, "#fdf6d8", 0.6)
    canvas.circle(96, 17, 6, "#fbf4d4")
    canvas.glow(60, 74, 60, "#c86aa0", 0.45)
    for base, low, high, body in ((72, 20, 46, "#232450"), (74, 12, 34, "#12132e")):
        x = -2.0
        while x < WIDTH:
            width, height = canvas.rng.uniform(8, 14), canvas.rng.uniform(low, high)
            tower_block(canvas, x, base - height, x + width, base, body)
            x += width + canvas.rng.uniform(0, 2)
    canvas.polygon(rectangle(0, 74, WIDTH, HEIGHT), ("#141638", "#05060f"))
    for _ in range(70):
        x, y = canvas.rng.uniform(0, WIDTH), canvas.rng.uniform(75, 88)
        colour = str(canvas.rng.choice(["#ffd57a70", "#ff8fb070", "#8fd0ff70"]))
        canvas.polyline([(x, y), (x + canvas.rng.uniform(2, 6), y)], colour, 0.5)


def snowman(canvas: Canvas) -> None:
    """A snowman in falling snow."""
    sky(canvas, "#7da7d9", "#e9f2fb", horizon=66)
    for x in range(0, 124, 9):
        pine(canvas, x, 66, canvas.rng.uniform(14, 26), "#5f8796")
    canvas.polygon(wave(65, 2.2, 80, 1.2), ("#fdfeff", "#cfdff0"))
    canvas.shadow([(44, 83), (88, 83), (94, 87), (50, 88)], "#5f7ea890", 2)
    for y, radius in ((72, 14.5), (50.5, 10.5), (33.5, 7.8)):
        canvas.ball(60, y, radius, "#f4f8fc")
    for y in (46.5, 51, 55.5):
        canvas.circle(60, y, 0.95, "#2b2b33")
    for x in (57, 63):
        canvas.circle(x, 31.6, 0.95, "#22222a")
    canvas.polygon([(60, 33.6), (69.5, 35.6), (60, 36)], ("#f59a3c", "#e07a1c"))
    canvas.polygon(rectangle(53.2, 26.5, 66.8, 28.4), "#2d2a32")
    canvas.polygon(rectangle(55.2, 17, 64.8, 27), ("#403c48", "#25222a"))
    canvas.polygon(rectangle(55.2, 24, 64.8, 26), "#b8322a")
    canvas.polygon([(52.6, 39), (67.4, 39), (67, 42.6), (53, 42.6)], ("#d94a3d", "#b03026"))
    canvas.polygon([(63, 42), (67, 42), (69, 54), (64.4, 54)], ("#d94a3d", "#a42c23"))
    for side in (-1, 1):
        canvas.polyline([(60 + side * 9, 49), (60 + side * 22, 41)], "#6b4a2f", 1)
        canvas.polyline([(60 + side * 18, 43.6), (60 + side * 20, 37.5)], "#6b4a2f", 0.8)
    speckle(canvas, 160, (0, 90), "#ffffffe0", 0.55)


def campfire(canvas: Canvas) -> None:
    """A tent and a campfire under the stars."""
    sky(canvas, "#0b1030", "#2b3a67", horizon=68)
    speckle(canvas, 120, (0, 55), "#ffffffd0", 0.2)
    canvas.circle(20, 15, 5, "#f5f0d0")
    canvas.circle(22.4, 13.6, 4.4, "#111842")
    for x in range(-2, 124, 8):
        pine(canvas, x, 66, canvas.rng.uniform(20, 36), "#0d1a26")
    canvas.polygon(wave(64, 1.4, 70), ("#2c3b2c", "#121a14"))
    canvas.glow(82, 72, 42, "#ff9a3c", 0.75)
    canvas.polygon([(14, 76), (36, 40), (58, 76)], ("#f2a541", "#c9702a"))
    canvas.polygon([(36, 40), (47, 38), (68, 72), (58, 76)], ("#b8622a", "#8f4720"))
    canvas.polygon([(29, 76), (36, 50), (43, 76)], ("#5e3016", "#2f180b"))
    for angle in (-0.35, 0.35):
        across, down = 10 * math.cos(angle), 10 * math.sin(angle)
        canvas.polyline([(82 - across, 79 - down), (82 + across, 79 + down)], "#5a3a22", 2.6)
    for scale, colour in ((1.0, "#e8471d"), (0.72, "#ff8c1a"), (0.42, "#ffe066")):
        canvas.polygon(flame(82, 79, 8 * scale, 24 * scale), colour)
    for _ in range(26):
        canvas.circle(82 + canvas.rng.normal(0, 5), 54 - canvas.rng.exponential(9), 0.28, "#ffc46b")


def _parasol(canvas: Canvas, x: float, base: float) -> None:
    canvas.shadow([(x - 8, base + 1), (x + 16, base + 1), (x + 20, base + 4), (x - 2, base + 4)], "#8a6a3ca0", 1)
    canvas.polyline([(x, base + 1), (x + 2, base - 24)], "#f4f4f4", 0.8)
    top, rim = (x + 2.2, base - 27), base - 17
    edges = [x - 12 + 28 / 6 * step for step in range(7)]
    for step in range(6):
        middle = (edges[step] + edges[step + 1]) / 2
        stripe = "#e4412f" if step % 2 == 0 else "#fff7ea"
        canvas.polygon([top, (edges[step], rim), (middle, rim + 1), (edges[step + 1], rim)], stripe)


def _cactus(canvas: Canvas, x: float, base: float, size: float) -> None:
    width = size * 0.13
    arms = [(-0.28, 0.42, 0.72), (0.26, 0.3, 0.62)]
    canvas.shadow(
        [(x, base), (x + size * 0.5, base + 1), (x + size * 0.5, base + 2), (x, base + 1.5)], "#7a451c80", 0.6
    )
    canvas.polyline([(x, base - width / 2), (x, base - size)], "#3f7d4a", width)
    for dx, low, high in arms:
        path = [(x, base - size * low), (x + dx * size, base - size * low), (x + dx * size, base - size * high)]
        canvas.polyline(path, "#3f7d4a", width * 0.72)
    for offset in (-0.25, 0.05, 0.3):
        canvas.polyline([(x + width * offset, base - 1), (x + width * offset, base - size)], "#6fae72", width * 0.07)


SCENES = {
    "beach": beach,
    "mountains": mountains,
    "forest": forest,
    "desert": desert,
    "night-city": night_city,
    "snowman": snowman,
    "campfire": campfire,
}
