"""Buildings in their landscapes. Each function paints one scene on a 120 x 90 unit canvas."""

from __future__ import annotations

import math

import numpy as np

from lucida.generate.canvas import Canvas
from lucida.generate.colour import Fill, mix
from lucida.generate.parts import (
    HEIGHT,
    WIDTH,
    birds,
    clouds,
    leafy_tree,
    ridge,
    ripple,
    sky,
    wave,
)
from lucida.generate.surface import rectangle


def house_with_tree(canvas: Canvas) -> None:
    """A house with a red roof beside a tree."""
    sky(canvas, "#6ab7ee", "#e6f6ff", horizon=66)
    clouds(canvas, 4, 6, 26)
    canvas.polygon(wave(62, 3, 90, 2.2), ("#a5d46a", "#6aa83e"))
    canvas.polygon(wave(70, 1.5, 70, 0.5), ("#86c04e", "#4f8a30"))
    wall = str(canvas.rng.choice(["#f6e7cf", "#fbf3e6", "#f3d9c9"]))
    canvas.polygon(rectangle(26, 44, 70, 76), (wall, mix(wall, "#a58862", 0.3)))
    canvas.polygon(rectangle(58, 24, 63, 38), "#9d4b3c")
    canvas.polygon([(21, 45), (48, 22), (75, 45)], ("#c8553d", "#9e3f2d"))
    for x in (31, 56):
        _window(canvas, x, 51, 9)
    canvas.polygon(rectangle(43.5, 57, 52.5, 76), ("#5d7f5b", "#45623f"))
    canvas.circle(50.7, 67, 0.7, "#f0d060")
    canvas.polygon([(43, 76), (53, 76), (60, 90), (38, 90)], ("#dcc9a3", "#bfa77a"))
    leafy_tree(canvas, 94, 78, 44, "#4f9a44")
    for x in [*range(2, 38, 6), *range(62, 120, 6)]:
        canvas.polygon(rectangle(x, 79, x + 1.6, 87), "#ffffffe0")
    canvas.polygon(rectangle(0, 81, 38, 82.4), "#ffffffe0")
    canvas.polygon(rectangle(61, 81, WIDTH, 82.4), "#ffffffe0")


def lighthouse(canvas: Canvas) -> None:
    """A lighthouse on a rocky coast at dusk."""
    sky(canvas, "#2c3e74", "#f5a97f", horizon=60)
    canvas.polygon([(66, 21), (0, 6), (0, 27)], "#fff2b040")
    canvas.glow(66, 21, 20, "#fff3b8")
    canvas.polygon(rectangle(0, 58, WIDTH, HEIGHT), ("#4c5f96", "#1a2550"))
    for row in range(10):
        ripple(canvas, 60 + row * 3, "#ffd0a860", 0.3)
    canvas.polygon([(44, 90), (50, 74), (58, 68), (80, 66), (96, 73), (112, 78), (120, 90)], ("#5b5048", "#2b2522"))
    _banded_tower(canvas, 66, 26, 68)
    canvas.polygon(rectangle(59.5, 24.5, 72.5, 26.5), "#3a3a40")
    canvas.polygon(rectangle(62.5, 17, 69.5, 24.5), ("#fff6c0", "#ffd667"))
    canvas.polygon([(61.5, 17), (66, 11.5), (70.5, 17)], "#c2392b")
    canvas.polygon(rectangle(78, 58, 92, 69), ("#f7f2ea", "#cfc4b4"))
    canvas.polygon([(76.5, 58.5), (85, 52), (93.5, 58.5)], "#b23a2e")
    canvas.polygon(rectangle(83, 61, 87, 65), "#ffdf80")
    birds(canvas, 5, (12, 38))


def castle(canvas: Canvas) -> None:
    """A stone castle on a hill."""
    sky(canvas, "#89b8e8", "#fbeee0", horizon=70)
    clouds(canvas, 3, 8, 26)
    ridge(canvas, 56, 7, ("#8fa7b8", "#a7b9a0"))
    canvas.polygon([(0, 90), (0, 78), (28, 68), (92, 68), (120, 80), (120, 90)], ("#7cab52", "#4c7a34"))
    stone: Fill = ("#cfc6b6", "#a2978a")
    for x0, top, x1 in ((26, 40, 38), (82, 40, 94), (50, 28, 70)):
        _battlement(canvas, x0, top, x1, 70, stone)
    _battlement(canvas, 36, 50, 84, 70, ("#c2b8a7", "#958a7d"))
    for x0, x1, top in ((25, 39, 40), (81, 95, 40)):
        canvas.polygon([(x0, top - 2), ((x0 + x1) / 2, top - 17), (x1, top - 2)], ("#4a6fa5", "#304f80"))
    canvas.polygon([(53, 70), (53, 60), (56, 56), (60, 54.6), (64, 56), (67, 60), (67, 70)], ("#5c4330", "#3b2a1e"))
    for x, y in ((32, 50), (88, 50), (56, 38), (64, 38)):
        canvas.polygon(rectangle(x - 1.1, y, x + 1.1, y + 5), "#4b443e")
    canvas.polyline([(60, 28), (60, 12)], "#5c4330", 0.6)
    canvas.polygon([(60, 12), (70, 14.5), (60, 18)], "#d33f49")
    canvas.polygon([(53, 70), (67, 70), (76, 90), (42, 90)], ("#d9c49c", "#b99d6c"))


def windmill(canvas: Canvas) -> None:
    """A windmill above a tulip field."""
    sky(canvas, "#5fa9e4", "#e9f5fb", horizon=60)
    clouds(canvas, 4, 8, 28)
    canvas.polygon(rectangle(0, 60, WIDTH, 66), ("#8cc25a", "#79b24a"))
    colours = ["#e63950", "#f7c62f", "#f48fb1", "#8e5bc0", "#f2f2f2"]
    for row in range(12):
        y, size = 65 + row * 2.2 + row * row * 0.05, 0.55 + row * 0.09
        canvas.polygon(rectangle(0, y - 1, WIDTH, y + 3), mix("#69a243", "#3d7a2c", row / 11))
        for x in np.arange(-1, 121, size * 2.3):
            canvas.circle(x + canvas.rng.uniform(-0.2, 0.2), y, size, colours[row // 2 % len(colours)])
    canvas.polygon([(64, 72), (69, 34), (83, 34), (88, 72)], ("#b98a5c", "#7d5736"))
    canvas.polygon([(66.5, 35), (70, 27), (82, 27), (85.5, 35)], ("#6e4a30", "#523520"))
    canvas.polygon(rectangle(73, 60, 79, 72), "#3f2b1c")
    canvas.polygon(rectangle(73.5, 43, 78.5, 48), "#f4e7b8")
    turn = canvas.rng.uniform(0.2, 1.2)
    for blade in range(4):
        _sail(canvas, 76, 32, turn + blade * math.pi / 2)
    canvas.circle(76, 32, 1.5, "#3d2718")


def bridge(canvas: Canvas) -> None:
    """A red suspension bridge at sunset."""
    sky(canvas, "#f08a5d", "#ffe3b3", horizon=58)
    canvas.glow(40, 52, 36, "#fff3c4")
    ridge(canvas, 52, 6, ("#a5627c", "#c58287"))
    canvas.polygon(rectangle(0, 58, WIDTH, HEIGHT), ("#e9a07c", "#6a4a78"))
    for row in range(11):
        ripple(canvas, 60 + row * 2.8, "#fff0cc58", 0.3)
    red = "#b8352c"
    for span in ((-24, 28), (28, 92), (92, 144)):
        cable = [(x, 18 + 30 * (1 - ((2 * x - sum(span)) / (span[1] - span[0])) ** 2)) for x in np.linspace(*span, 40)]
        canvas.polyline(cable, red, 0.9)
        for x, y in cable[1:-1:2]:
            canvas.polyline([(x, y), (x, 52)], "#b8352cb0", 0.3)
    for x in (28, 92):
        for side in (-2.4, 2.4):
            canvas.polygon(rectangle(x + side - 1, 16, x + side + 1, 72), (red, "#7d221d"))
        for y in (20, 29, 39, 56):
            canvas.polygon(rectangle(x - 3, y, x + 3, y + 1.8), red)
        canvas.polygon(rectangle(x - 6, 70, x + 6, 75), "#6d5a58")
    canvas.polygon(rectangle(0, 51, WIDTH, 54), ("#c94438", "#8c2821"))


def _window(canvas: Canvas, x: float, y: float, size: float) -> None:
    canvas.polygon(rectangle(x - 0.8, y - 0.8, x + size + 0.8, y + size + 0.8), "#ffffff")
    canvas.polygon(rectangle(x, y, x + size, y + size), ("#8fc3e8", "#d4ecf8"))
    canvas.polyline([(x + size / 2, y), (x + size / 2, y + size)], "#ffffff", 0.6)
    canvas.polyline([(x, y + size / 2), (x + size, y + size / 2)], "#ffffff", 0.6)


def _banded_tower(canvas: Canvas, x: float, top: float, base: float) -> None:
    for band in range(6):
        y0, y1 = (top + (base - top) * (band + step) / 6 for step in (0, 1))
        half0, half1 = (4.6 + 2.6 * (band + step) / 6 for step in (0, 1))
        edge = [(x - half0, y0), (x + half0, y0), (x + half1, y1), (x - half1, y1)]
        canvas.polygon(edge, "#c63a30" if band % 2 == 0 else "#f6f1e8")
        shade = [(x + half0 * 0.35, y0), (x + half0, y0), (x + half1, y1), (x + half1 * 0.35, y1)]
        canvas.polygon(shade, "#00000030")


def _battlement(canvas: Canvas, x0: float, top: float, x1: float, base: float, stone: Fill) -> None:
    canvas.polygon(rectangle(x0, top, x1, base), stone)
    teeth = round((x1 - x0) / 4) * 2 + 1
    step = (x1 - x0) / teeth
    for tooth in range(0, teeth, 2):
        canvas.polygon(rectangle(x0 + tooth * step, top - 2.4, x0 + (tooth + 1) * step, top + 0.2), "#cfc6b6")
    for _ in range(int((x1 - x0) * (base - top) / 26)):
        x, y = canvas.rng.uniform(x0 + 1, x1 - 3), canvas.rng.uniform(top + 2, base - 2)
        canvas.polygon(rectangle(x, y, x + 2, y + 0.9), "#857a6e50")


def _sail(canvas: Canvas, x: float, y: float, angle: float) -> None:
    along, across = (math.cos(angle), math.sin(angle)), (-math.sin(angle), math.cos(angle))

    def at(far: float, side: float) -> tuple[float, float]:
        return x + along[0] * far + across[0] * side, y + along[1] * far + across[1] * side

    canvas.polygon([at(5, 0.4), at(26, 0.4), at(26, 5), at(5, 4)], "#fbf5e4e0")
    for far in range(5, 27, 3):
        canvas.polyline([at(far, 0.2), at(far, 4.6)], "#7a5636", 0.3)
    canvas.polyline([at(0, 0), at(27, 0)], "#5a3c24", 0.9)


SCENES = {
    "house-with-tree": house_with_tree,
    "lighthouse": lighthouse,
    "castle": castle,
    "windmill": windmill,
    "bridge": bridge,
}
