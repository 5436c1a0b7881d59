"""Vehicles, each in its place. Each function paints one scene on a 120 x 90 unit canvas."""

from __future__ import annotations

import math

import numpy as np

from lucida.generate.canvas import Canvas
from lucida.generate.colour import mix
from lucida.generate.parts import (
    HEIGHT,
    WIDTH,
    birds,
    clouds,
    flame,
    leafy_tree,
    pine,
    ridge,
    ripple,
    sky,
    speckle,
    wave,
)
from lucida.generate.surface import Point, rectangle


def red_bicycle(canvas: Canvas) -> None:
    """A red bicycle leaning on a brick wall."""
    canvas.polygon(rectangle(0, 0, WIDTH, 66), ("#e9dcc6", "#dccab0"))
    for row in range(11):
        for x in np.arange(-10 + 5 * (row % 2), WIDTH, 10):
            tone = mix("#cf9f7a", "#b77f5a", canvas.rng.random())
            canvas.polygon(rectangle(x + 0.3, row * 6 + 0.3, x + 9.7, row * 6 + 5.7), tone)
    canvas.polygon(rectangle(0, 66, WIDTH, HEIGHT), ("#b9b4ab", "#87827a"))
    canvas.polygon(rectangle(0, 65, WIDTH, 67), "#8a8378")
    canvas.shadow([(18, 84), (100, 84), (104, 87), (22, 87)], "#30303080", 1.4)
    rear, front, crank, seat, head = (34, 67), (87, 67), (56, 68), (49, 42), (79, 41)
    for wheel in (rear, front):
        _spoked_wheel(canvas, wheel, 17)
    red = "#d3202f"
    for path in ((rear, seat, crank, rear), (seat, head), (crank, (80, 45))):
        canvas.polyline(path, red, 1.9)
    canvas.polyline([(head[0] - 1.6, 36), (80, 45), front], red, 1.9)
    canvas.polyline([seat, (47.5, 36)], "#9aa0a6", 1.3)
    canvas.polygon([(40, 34), (55, 34.6), (56, 36.4), (46, 38), (40, 37)], "#3a2a20")
    canvas.polyline([(77.4, 36), (76, 31), (83, 29.5), (88, 32)], "#8f959b", 1.4)
    canvas.polyline([(85, 30.4), (88.6, 32.6)], "#3a2a20", 2.2)
    canvas.polygon([(83, 36), (97, 35), (95, 47), (85, 47)], ("#c9995a", "#9c7038"))
    for y in (38, 41, 44):
        canvas.polyline([(83.6, y), (96.2, y - 0.5)], "#7a552a", 0.4)
    for x, colour in ((86, "#f4d03f"), (90, "#e75480"), (94, "#f4f4f4")):
        canvas.polyline([(x, 36), (x, 31)], "#3f8a4a", 0.6)
        canvas.circle(x, 30, 2.2, colour)
    canvas.circle(*crank, 3.6, "#70757a")
    canvas.polyline([(53, 63), (59, 73)], "#4a4d52", 1.2)
    for x, y in ((53, 63), (59, 73)):
        canvas.polyline([(x - 2, y), (x + 2, y)], "#222222", 1.4)


def sailing_boat(canvas: Canvas) -> None:
    """A sailing boat on blue water."""
    sky(canvas, "#4ea3df", "#e9f6fb", horizon=56)
    clouds(canvas, 4, 6, 24)
    ridge(canvas, 54, 4, ("#7fae9a", "#8fbaa4"))
    canvas.polygon(rectangle(0, 56, WIDTH, HEIGHT), ("#2f8fc8", "#0d4f86"))
    for row in range(12):
        ripple(canvas, 58 + row * 2.7, "#ffffff50", 0.22 + row * 0.03)
    stripe = str(canvas.rng.choice(["#e4572e", "#2e6fd1", "#f2b632"]))
    canvas.polyline([(60, 70), (60, 9)], "#6d4c33", 1.1)
    sail = [(61.5, 11), (68, 28), (74, 42), (91, 61), (61.5, 61)]
    canvas.polygon(sail, ("#ffffff", "#e6ebf2"))
    canvas.polygon([(61.5, 40), (73.2, 40), (78, 46.5), (61.5, 46.5)], stripe)
    canvas.polygon([(58.6, 14), (54, 32), (46, 46), (33, 62), (58.6, 61)], ("#fdfaf2", "#dcdfe8"))
    canvas.polygon([(60, 9), (67, 10.8), (60, 13)], stripe)
    canvas.polygon([(28, 66), (96, 66), (87, 77), (38, 77)], ("#9c3b2c", "#612117"))
    canvas.polygon([(27, 64), (97, 64), (96, 67.4), (28, 67.4)], "#f6f1e6")
    canvas.polygon([(36, 77.5), (90, 77.5), (82, 80), (44, 80)], "#ffffffa0")
    canvas.polygon([(46, 80), (82, 80), (74, 89), (54, 89)], "#0a3a6460")
    birds(canvas, 4, (10, 34))


def car(canvas: Canvas) -> None:
    """A car on a country road."""
    sky(canvas, "#83c0ec", "#fdf1dc", horizon=56)
    clouds(canvas, 3, 6, 18)
    ridge(canvas, 46, 6, ("#86a7b8", "#9bb8b0"))
    canvas.polygon(wave(54, 2, 80), ("#a3c56a", "#7aa64a"))
    for x, size in ((10, 26), (26, 20), (104, 28)):
        leafy_tree(canvas, x, 61, size, "#4d9248")
    canvas.polygon(rectangle(0, 64, WIDTH, HEIGHT), ("#6a6f78", "#494d55"))
    for x in range(-4, 124, 18):
        canvas.polygon(rectangle(x, 84, x + 10, 85.4), "#f2e8c8")
    paint = str(canvas.rng.choice(["#1f7fbf", "#e0b020", "#2a9d8f"]))
    dark = mix(paint, "#000000", 0.3)
    canvas.shadow([(16, 78), (104, 78), (106, 82), (14, 82)], "#101014b0", 1.2)
    canvas.polygon([(36, 50), (45, 36), (51, 33.4), (73, 33.4), (79, 36), (90, 50)], (paint, dark))
    canvas.polygon([(40.5, 49.6), (48, 38), (60, 37.4), (60, 49.6)], ("#dff1fb", "#9cc4dc"))
    canvas.polygon([(62, 49.6), (62, 37.4), (73.5, 37.6), (84.6, 49.6)], ("#dff1fb", "#9cc4dc"))
    body = [(14, 72), (13, 58), (18, 53), (36, 50), (90, 49.4), (103, 54), (107, 60), (107, 72)]
    canvas.polygon(body, (mix(paint, "#ffffff", 0.12), dark))
    canvas.polygon(rectangle(13.4, 64, 107, 65), "#ffffff70")
    canvas.polygon(rectangle(13, 71, 107.4, 73.4), "#25272c")
    for path in ([(61, 49.6), (61, 70)], [(38.6, 51), (41, 70)], [(86, 50.5), (85, 70)]):
        canvas.polyline(path, mix(dark, "#000000", 0.25), 0.4)
    for x in (56, 66):
        canvas.polyline([(x, 55), (x + 4.4, 55)], "#e8edf0", 0.9)
    canvas.ellipse(101.5, 56, 107, 61.5, ("#fffbe0", "#f2d878"))
    canvas.polygon(rectangle(13, 57, 16, 62), "#d1332e")
    for x in (32, 88):
        _car_wheel(canvas, x, 73, 9)


def train(canvas: Canvas) -> None:
    """A steam train in the countryside."""
    sky(canvas, "#6fb1e6", "#f1f5ea", horizon=58)
    clouds(canvas, 3, 5, 14)
    ridge(canvas, 44, 8, ("#7d98ad", "#8aa69c"))
    canvas.polygon(wave(57, 2, 64), ("#9ec866", "#5f9440"))
    for x in range(2, 122, 13):
        pine(canvas, x, 63, canvas.rng.uniform(9, 15), "#3c6f4b")
    canvas.polygon(rectangle(0, 74, WIDTH, 84), ("#a29684", "#7c7162"))
    for x in range(-2, 124, 5):
        canvas.polygon(rectangle(x, 76, x + 2.6, 80), "#5b4030")
    canvas.polygon(rectangle(0, 75.4, WIDTH, 76.6), "#c7ccd2")
    coach = str(canvas.rng.choice(["#2f6f4f", "#274b8f", "#8f2f3f"]))
    for x0 in (-12, 30):
        _coach(canvas, x0, x0 + 39, coach)
    canvas.polygon(rectangle(69, 73, 112, 75), "#2a2a2e")
    canvas.polygon(rectangle(73, 40, 88, 68), ("#c2332c", "#86201b"))
    canvas.polygon(rectangle(71, 37.6, 90, 40.6), "#2b2b30")
    canvas.polygon(rectangle(76, 44, 85, 53), ("#d8edf6", "#8fb8cf"))
    canvas.polygon(rectangle(87, 50, 111, 66), ("#3d4148", "#17191d"))
    canvas.ellipse(107, 50, 114, 66, ("#4a4e56", "#1f2126"))
    for x in (92, 99):
        canvas.polygon(rectangle(x, 49.6, x + 1.6, 66), "#d9a93c")
    canvas.polygon([(100, 50), (99, 38), (107, 38), (106, 50)], ("#3a3d44", "#1c1e22"))
    canvas.polygon(rectangle(98, 36.4, 108, 38.6), "#c2332c")
    canvas.circle(112.6, 58, 2.4, "#fff2b0")
    canvas.polygon([(108, 68), (118, 75), (106, 75)], "#8d2720")
    canvas.polygon(rectangle(72, 65, 112, 69), ("#c2332c", "#7d1e19"))
    for x, radius in ((78, 5.6), (90, 5.6), (101, 4.2), (109, 4.2)):
        _car_wheel(canvas, x, 76 - radius, radius)
    for step in range(9):
        canvas.circle(101 - step * 8.5, 30 - step * 1.6 + 2 * math.sin(step), 3.4 + step * 0.75, "#ffffffb8")


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


def _spoked_wheel(canvas: Canvas, hub: Point, radius: float) -> None:
    x, y = hub
    for turn in np.linspace(0, math.pi, 12, endpoint=False):
        dx, dy = radius * math.cos(turn), radius * math.sin(turn)
        canvas.polyline([(x - dx, y - dy), (x + dx, y + dy)], "#c9ccd0", 0.22)
    canvas.ellipse(x - radius, y - radius, x + radius, y + radius, None, "#23242a", 1.7)
    rim = radius - 1.7
    canvas.ellipse(x - rim, y - rim, x + rim, y + rim, None, "#d5d8dc", 0.6)
    canvas.circle(x, y, 1.4, "#5b5f66")


def _car_wheel(canvas: Canvas, x: float, y: float, radius: float) -> None:
    canvas.circle(x, y, radius, "#1c1d21")
    canvas.circle(x, y, radius * 0.62, ("#e2e6ea", "#8f979f"))
    for turn in np.linspace(0, 2 * math.pi, 5, endpoint=False):
        end = x + radius * 0.56 * math.cos(turn), y + radius * 0.56 * math.sin(turn)
        canvas.polyline([(x, y), end], "#6c737b", radius * 0.13)
    canvas.circle(x, y, radius * 0.17, "#30343a")


def _coach(canvas: Canvas, x0: float, x1: float, colour: str) -> None:
    canvas.polygon(rectangle(x0, 42, x1, 70), (mix(colour, "#ffffff", 0.15), mix(colour, "#000000", 0.25)))
    canvas.polygon(rectangle(x0 - 1, 39.6, x1 + 1, 42.6), "#d8d4c8")
    for x in np.arange(x0 + 3, x1 - 6, 8.4):
        canvas.polygon(rectangle(x, 46, x + 6, 54), ("#fff3c8", "#e8d49a"))
    canvas.polygon(rectangle(x0, 58, x1, 59.4), "#e8c860")
    canvas.polygon(rectangle(x0 + 1, 70, x1 + 3, 72), "#2a2a2e")
    for x in (x0 + 7, x1 - 7):
        _car_wheel(canvas, x, 72.2, 3.8)


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
    "red-bicycle": red_bicycle,
    "sailing-boat": sailing_boat,
    "car": car,
    "train": train,
    "hot-air-balloon": hot_air_balloon,
    "airplane": airplane,
    "rocket": rocket,
}
