"""Animals. Each function paints one scene on a 120 x 90 unit canvas."""

from __future__ import annotations

import math

import numpy as np

from lucida.generate.canvas import Canvas
from lucida.generate.colour import mix
from lucida.generate.parts import HEIGHT, WIDTH, clouds, leafy_tree, sky, speckle, wave
from lucida.generate.surface import Point, rectangle


def cat(canvas: Canvas) -> None:
    """A cat on a window sill."""
    coat = str(canvas.rng.choice(["#e08a3c", "#8d949f", "#4a4650"]))
    dark, pale = mix(coat, "#3a1c08", 0.35), mix(coat, "#ffffff", 0.72)
    canvas.polygon(rectangle(0, 0, WIDTH, HEIGHT), ("#efe3d2", "#e3d2bb"))
    canvas.polygon(rectangle(14, 4, 106, 70), "#ffffff")
    canvas.polygon(rectangle(18, 8, 102, 70), ("#a9d6f5", "#e6f4dc"))
    canvas.polygon([(18, 70), (18, 56), (48, 50), (80, 57), (102, 52), (102, 70)], ("#9ccb6d", "#7ab254"))
    canvas.polygon(rectangle(58.5, 8, 61.5, 70), "#ffffff")
    canvas.polygon(rectangle(4, 70, 116, 77), ("#ffffff", "#dfd6c8"))
    canvas.polygon(rectangle(4, 77, 116, 79), "#b9aa95")
    tail = [(60 + 20 + 9 * math.sin(t * 3.2), 68 + 14 * t) for t in np.linspace(0, 1, 16)]
    canvas.polyline([(64, 67), *tail], coat, 4.6)
    canvas.polyline(tail[-4:], pale, 4.6)
    canvas.polygon(_egg(59, 55, 15.5, 19), (coat, dark))
    canvas.polygon(_egg(57, 57, 7.5, 13), pale)
    for x in (50.5, 65):
        canvas.ellipse(x - 5, 66, x + 5, 72.5, pale)
    for side in (-1, 1):
        canvas.polygon([(56 + side * 13, 28), (56 + side * 11.5, 10.5), (56 + side * 2.5, 20)], coat)
        canvas.polygon([(56 + side * 11.3, 24), (56 + side * 10.6, 14.5), (56 + side * 5, 20.5)], "#f2b8a8")
    canvas.ellipse(41.5, 17, 70.5, 43, (mix(coat, "#ffffff", 0.12), coat))
    for dx in (-3, 0, 3):
        canvas.polyline([(56 + dx, 17.8), (56 + dx * 0.8, 22.4)], dark, 1.1)
    for side in (-1, 1):
        for rise in (-1.6, 0, 1.6):
            canvas.polyline([(56 + side * 13.8, 31 + rise * 0.8), (56 + side * 11, 31 + rise * 0.6)], dark, 0.8)
        canvas.ellipse(56 + side * 6.2 - 3, 26, 56 + side * 6.2 + 3, 32, "#cfe06a")
        canvas.ellipse(56 + side * 6.2 - 1, 26.4, 56 + side * 6.2 + 1, 31.6, "#17161c")
        canvas.circle(56 + side * 6.2 + 0.9, 27.6, 0.7, "#ffffff")
        canvas.ellipse(56 + side * 3 - 3.6, 33.4, 56 + side * 3 + 3.6, 39.4, pale)
        for spread in (-1.5, 0, 1.5):
            canvas.polyline([(56 + side * 5, 36.4), (56 + side * 17, 35.8 + spread * 1.6)], "#ffffffd0", 0.3)
    canvas.polygon([(54.2, 33.2), (57.8, 33.2), (56, 35.4)], "#d9737a")


def dog(canvas: Canvas) -> None:
    """A dog with a ball in a park."""
    coat = str(canvas.rng.choice(["#b9783f", "#d9a35c", "#7d5a44"]))
    dark, pale = mix(coat, "#2a1508", 0.45), mix(coat, "#ffffff", 0.7)
    sky(canvas, "#7cc0ee", "#e8f5fb", horizon=60)
    clouds(canvas, 3, 7, 18)
    for x, size in ((12, 34), (104, 40)):
        leafy_tree(canvas, x, 61, size, "#5fa352")
    canvas.polygon(wave(58, 1.5, 90), ("#9ad062", "#4f9438"))
    speckle(canvas, 40, (66, 89), "#ffffffb0", 0.4)
    canvas.shadow([(36, 83), (84, 83), (90, 87), (40, 87)], "#245018a0", 1.6)
    tail = [(82 + 12 * t, 62 - 16 * t + 5 * t * t) for t in np.linspace(0, 1, 10)]
    canvas.polyline(tail, coat, 3.4)
    canvas.polygon(_egg(70, 68, 15, 16.5), (coat, dark))
    canvas.ellipse(66, 70, 86, 85, (coat, dark))
    canvas.ellipse(70, 80, 88, 86, pale)
    canvas.polygon([(46, 44), (64, 44), (68, 84), (45, 84)], (coat, mix(coat, dark, 0.4)))
    canvas.polygon([(49, 46), (58, 46), (58, 72), (53, 76), (48, 70)], pale)
    for x in (47, 58):
        canvas.polygon(rectangle(x - 3.2, 64, x + 3.2, 83), coat)
        canvas.ellipse(x - 4.4, 79.5, x + 3.8, 86, pale)
    canvas.polygon([(43.5, 43), (65, 43), (66, 48), (44.5, 48)], ("#d8423c", "#a92c28"))
    canvas.circle(54, 49.6, 2, "#f5cc4a")
    canvas.ellipse(40, 16, 68, 45, (mix(coat, "#ffffff", 0.14), coat))
    canvas.ellipse(44, 29, 60, 46, pale)
    for ear in (41, 67):
        canvas.polygon(_egg(ear, 31, 5, 12), (dark, mix(dark, "#000000", 0.25)))
    for x in (48, 60):
        canvas.circle(x, 27, 2.1, "#1c1512")
        canvas.circle(x + 0.7, 26.2, 0.65, "#ffffff")
    canvas.ellipse(48.6, 31, 56, 36, "#1d1715")
    canvas.ellipse(50, 31.8, 52.4, 33, "#ffffff60")
    canvas.polygon([(50, 41), (55.5, 41), (55.2, 47), (52.6, 49), (50.3, 47)], ("#f08a96", "#d95f72"))
    canvas.polyline([(46.5, 38.6), (49.5, 41), (52.3, 39.6), (55.2, 41), (58.4, 38.6)], "#3a2418", 0.6)
    canvas.ball(26, 80, 6, "#d7e34a")
    canvas.polyline(
        [(26 + 6 * math.cos(t), 80 - 2 + 3 * math.sin(t)) for t in np.linspace(0.4, 2.7, 14)], "#ffffffd0", 0.6
    )


def bird(canvas: Canvas) -> None:
    """A small bird on a blossoming branch."""
    body = str(canvas.rng.choice(["#3f7fc4", "#d8503f", "#e2b33a"]))
    dark = mix(body, "#101830", 0.4)
    canvas.polygon(rectangle(0, 0, WIDTH, HEIGHT), ("#cfeaf4", "#f7f1e6"))
    for _ in range(14):
        x, y = canvas.rng.uniform(0, WIDTH), canvas.rng.uniform(0, HEIGHT)
        canvas.glow(x, y, canvas.rng.uniform(8, 18), str(canvas.rng.choice(["#ffffff", "#f9d7e0", "#d5ecc8"])), 0.7)
    branch = [(x, 66 - 0.1 * x + 2.5 * math.sin(x / 17)) for x in np.linspace(-4, 124, 40)]
    canvas.polyline(branch, "#6b4a35", 3.4)
    canvas.polyline([(x, y - 0.9) for x, y in branch], "#8f6a4e", 0.8)
    canvas.polyline([(84, 59), (98, 44), (108, 30)], "#6b4a35", 1.8)
    canvas.polygon([(40, 60), (18, 78), (23, 82), (48, 66)], (dark, mix(dark, "#000000", 0.3)))
    canvas.polygon(_egg(54, 50, 17, 15), (body, mix(body, "#ffffff", 0.2)))
    canvas.polygon(_egg(59, 55, 10.5, 9.5), ("#f7e3c8", "#eec89a"))
    canvas.circle(67, 34, 10.2, (mix(body, "#ffffff", 0.15), body))
    canvas.ellipse(64, 33, 77, 43, "#f7e3c8")
    canvas.polygon([(75.5, 33), (84.5, 36), (75.5, 38.2)], ("#f3a83c", "#cf7a1e"))
    canvas.circle(70.5, 32, 1.7, "#16141a")
    canvas.circle(71.1, 31.4, 0.55, "#ffffff")
    for layer in range(4):
        canvas.polygon(
            _egg(48 - layer * 2.2, 51 + layer * 1.8, 12 - layer * 1.9, 7.5 - layer), mix(dark, body, 0.25 * layer)
        )
    for x in (54, 60):
        canvas.polyline([(x, 63), (x + 0.6, 67)], "#7c4a2a", 0.9)
    for x, y in ((12, 64), (26, 61), (88, 53), (98, 44), (106, 33), (112, 55), (94, 57), (80, 61)):
        _blossom(canvas, x, y, canvas.rng.uniform(2.4, 3.6))


def fish(canvas: Canvas) -> None:
    """Tropical fish over a coral reef."""
    canvas.polygon(rectangle(0, 0, WIDTH, HEIGHT), ("#5fd0e8", "#0a3f74"))
    for x in (18, 46, 78, 102):
        canvas.polygon([(x, 0), (x + 7, 0), (x - 12, HEIGHT), (x - 30, HEIGHT)], "#ffffff1c")
    canvas.polygon(wave(80, 2, 70), ("#e8d29a", "#b3935a"))
    for x, colour in ((10, "#e0567a"), (24, "#f08a4b"), (96, "#b45fd0"), (110, "#e8475c")):
        _coral(canvas, x, 84, canvas.rng.uniform(15, 22), -math.pi / 2, colour, 3)
    for x in (40, 46, 84):
        weed = [(x + 2.2 * math.sin(t * 5 + x), 84 - 34 * t) for t in np.linspace(0, 1, 20)]
        canvas.polyline(weed, "#2f8f57", 1.7)
    for x, y, size, colour, left in (
        (60, 40, 18, "#f58220", False), (26, 24, 9, "#f2d13c", True), (94, 26, 10, "#3f6fe0", False),
        (92, 60, 8, "#f2d13c", True), (22, 54, 8, "#e84f8a", False),
    ):  # fmt: skip
        _swimmer(canvas, x, y, size, colour, -1 if left else 1)
    for _ in range(22):
        x, y, radius = canvas.rng.uniform((40, 4, 0.4), (86, 34, 1.3))
        canvas.ellipse(x - radius, y - radius, x + radius, y + radius, "#ffffff30", "#ffffffb0", 0.25)


def _egg(x: float, y: float, half_width: float, half_height: float) -> list[Point]:
    """An ellipse that is narrower at the top."""
    turns = np.linspace(0, 2 * math.pi, 48)
    return [(x + half_width * math.sin(t) * (0.86 - 0.14 * math.cos(t)), y - half_height * math.cos(t)) for t in turns]


def _blossom(canvas: Canvas, x: float, y: float, size: float) -> None:
    start = canvas.rng.uniform(0, 1.2)
    for petal in range(5):
        angle = start + petal * 2 * math.pi / 5
        canvas.circle(
            x + math.cos(angle) * size * 0.6, y + math.sin(angle) * size * 0.6, size * 0.52, ("#fdeef2", "#f4b6c8")
        )
    canvas.circle(x, y, size * 0.3, "#e8b23c")


def _coral(canvas: Canvas, x: float, y: float, length: float, angle: float, colour: str, depth: int) -> None:
    end = x + math.cos(angle) * length * 0.5, y + math.sin(angle) * length * 0.5
    canvas.polyline([(x, y), end], colour, 0.7 + depth * 0.6)
    if depth:
        for turn in (-0.55, 0.05, 0.6):
            _coral(canvas, *end, length * 0.72, angle + turn + canvas.rng.uniform(-0.12, 0.12), colour, depth - 1)


def _swimmer(canvas: Canvas, x: float, y: float, size: float, colour: str, way: int) -> None:
    dark = mix(colour, "#000030", 0.25)
    canvas.polygon(
        [
            (x - way * size * 0.8, y),
            (x - way * size * 1.5, y - size * 0.55),
            (x - way * size * 1.32, y),
            (x - way * size * 1.5, y + size * 0.55),
        ],
        (colour, dark),
    )
    canvas.polygon(
        [
            (x - way * size * 0.5, y - size * 0.4),
            (x - way * size * 0.1, y - size * 0.95),
            (x + way * size * 0.45, y - size * 0.4),
        ],
        dark,
    )
    outline = [(x + way * size * math.cos(t), y + size * 0.58 * math.sin(t)) for t in np.linspace(0, 2 * math.pi, 40)]
    canvas.polygon(outline, (mix(colour, "#ffffff", 0.15), dark))
    for stripe in (-0.42, 0.12, 0.56):
        reach = size * 0.57 * math.sqrt(1 - stripe * stripe)
        bend = way * size * (stripe + 0.06)
        canvas.polyline(
            [(x + way * size * stripe, y - reach), (x + bend, y), (x + way * size * stripe, y + reach)],
            "#ffffffe8",
            size * 0.1,
        )
    canvas.polygon(
        [
            (x + way * size * 0.1, y + size * 0.1),
            (x - way * size * 0.3, y + size * 0.45),
            (x + way * size * 0.15, y + size * 0.35),
        ],
        dark,
    )
    canvas.circle(x + way * size * 0.76, y - size * 0.1, size * 0.11, "#ffffff")
    canvas.circle(x + way * size * 0.78, y - size * 0.1, size * 0.065, "#10101c")


SCENES = {"cat": cat, "dog": dog, "bird": bird, "fish": fish}
