"""Vehicles on roads, rails and water. Each function paints one scene on a 120 x 90 unit canvas."""

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
    leafy_tree,
    pine,
    ridge,
    ripple,
    sky,
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


SCENES = {
    "red-bicycle": red_bicycle,
    "sailing-boat": sailing_boat,
    "car": car,
    "train": train,
}
