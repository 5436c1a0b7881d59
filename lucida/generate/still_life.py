"""Things on a table, on a wall or by a window. Each function paints one scene on a 120 x 90 unit canvas."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np

from lucida.generate.canvas import Canvas
from lucida.generate.colour import mix
from lucida.generate.parts import HEIGHT, WIDTH
from lucida.generate.surface import Point, rectangle


def fruit_bowl(canvas: Canvas) -> None:
    """A bowl of fruit on a table."""
    _room(canvas, ("#e4ebe6", "#cfdcd6"), ("#b98452", "#8a5a34"), table=60)
    canvas.shadow([(26, 80), (96, 80), (104, 84), (24, 84)], "#3a200c90", 2)
    for x, y, radius, colour in ((44, 45, 9, "#d3273a"), (78, 46, 9, "#86b83a"), (61, 41, 9.5, "#f2952c")):
        canvas.ball(x, y, radius, colour)
    arch = np.linspace(0, math.pi, 28)
    outer = [(50 - 19 * math.cos(t), 45 - 17 * math.sin(t)) for t in arch]
    inner = [(50 - 19 * math.cos(t), 45 - 8.5 * math.sin(t) ** 1.4) for t in reversed(arch)]
    canvas.polygon([*outer, *inner], ("#fbe36a", "#dfae28"))
    canvas.polyline([(50 - 18 * math.cos(t), 44.4 - 12.6 * math.sin(t)) for t in arch[4:-4]], "#c9962060", 0.5)
    canvas.polyline([outer[0], (29.6, 47)], "#6b4a1c", 1.2)
    for row, count in enumerate((4, 3, 2, 1)):
        for index in range(count):
            canvas.ball(84 + (index - (count - 1) / 2) * 4.1, 40 + row * 3.6, 2.5, "#6b2f7a")
    for x, y in ((44, 36), (78, 37)):
        canvas.polyline([(x, y + 1.6), (x + 1.2, y - 2.4)], "#5a3a1e", 0.8)
        canvas.polygon([(x + 1, y - 1), (x + 5, y - 3.6), (x + 5.6, y - 1.6), (x + 2.6, y)], "#4d9a3c")
    glaze = str(canvas.rng.choice(["#3f6fa8", "#f3efe4", "#c26a4a"]))
    bowl = [(60 + 34 * math.cos(t), 52 + 26 * math.sin(t)) for t in np.linspace(0, math.pi, 40)]
    canvas.polygon(bowl, (mix(glaze, "#ffffff", 0.2), mix(glaze, "#101020", 0.3)))
    canvas.polygon(rectangle(48, 76, 72, 81), mix(glaze, "#101020", 0.35))
    canvas.polygon([(26, 51.4), (94, 51.4), (93.4, 55), (26.6, 55)], mix(glaze, "#ffffff", 0.45))
    shine = [(60 + 29 * math.cos(t), 54 + 21 * math.sin(t)) for t in np.linspace(2.2, 2.85, 12)]
    canvas.polyline(shine, "#ffffff70", 2)


def coffee_cup(canvas: Canvas) -> None:
    """A steaming cup of coffee."""
    _room(canvas, ("#f4e9dc", "#e6d2bb"), ("#7a4d2c", "#4b2c17"), table=52)
    for y in (60, 70, 80):
        canvas.polyline([(0, y), (WIDTH, y + canvas.rng.uniform(-1, 1))], "#3a201060", 0.4)
    canvas.shadow([(22, 78), (98, 78), (108, 83), (24, 84)], "#1c0c04a0", 2)
    cup = str(canvas.rng.choice(["#ffffff", "#d94f3d", "#2f7f86"]))
    dark = mix(cup, "#33303a", 0.28)
    canvas.ellipse(20, 68, 96, 84, (mix(cup, "#ffffff", 0.3), dark))
    canvas.ellipse(32, 70.5, 84, 80.5, mix(cup, "#20202a", 0.16))
    canvas.ellipse(76, 40, 97, 63, None, dark, 4.2)
    body = [(58 + 25 * math.cos(t), 38 + 39 * math.sin(t) ** 0.75) for t in np.linspace(0.0001, math.pi - 0.0001, 40)]
    canvas.polygon(body, (cup, dark))
    canvas.polygon([(72, 40), (82.6, 40), (80, 54), (70, 70)], "#00000016")
    canvas.ellipse(33, 31.4, 83, 44.6, mix(cup, "#ffffff", 0.5))
    canvas.ellipse(35.4, 33, 80.6, 43.6, ("#5a3217", "#7d4a22"))
    for t in np.linspace(0.2, 1.0, 4):
        canvas.ellipse(58 - 12 * t, 38.6 - 2.9 * t, 58 + 12 * t, 38.6 + 2.9 * t, None, "#e8c79a", 0.8)
    for x in (48, 58, 68):
        steam = [(x + 2.6 * math.sin(t * 6 + x), 29 - 24 * t) for t in np.linspace(0, 1, 26)]
        canvas.polyline(steam, "#ffffff90", 1.5)
    for x, y in ((104, 74), (109, 78), (12, 76), (100, 80)):
        canvas.ellipse(x - 2.6, y - 1.7, x + 2.6, y + 1.7, ("#6b3f20", "#3a1e0c"))
        canvas.polyline([(x - 2, y + 0.5), (x, y - 0.2), (x + 2, y - 0.6)], "#220f05", 0.4)


def bookshelf(canvas: Canvas) -> None:
    """A bookshelf with a potted plant."""
    canvas.polygon(rectangle(0, 0, WIDTH, HEIGHT), ("#6e4a30", "#54361f"))
    spines = ["#b23a48", "#2f5d8a", "#e2b24a", "#3f7d5a", "#6a4c93", "#d97742", "#ece3cf", "#2b2d42", "#8fb8c8"]
    for shelf in range(3):
        top, base = 3 + shelf * 29, 28 + shelf * 29
        canvas.polygon(rectangle(4, top - 2, 116, base), ("#2e1c10", "#452c1a"))
        x = 6.0
        while x < 108 and not (shelf == 1 and x > 74):
            width, height = canvas.rng.uniform(3, 6.4), canvas.rng.uniform(16, 23)
            colour = str(canvas.rng.choice(spines))
            canvas.polygon(
                rectangle(x, base - height, x + width, base),
                (mix(colour, "#ffffff", 0.12), mix(colour, "#000000", 0.2)),
            )
            canvas.polygon(rectangle(x + width * 0.78, base - height, x + width, base), "#00000030")
            for share in (0.14, 0.2, 0.8):
                canvas.polyline(
                    [(x + 0.6, base - height * share), (x + width - 0.7, base - height * share)], "#f6e6b8c0", 0.35
                )
            x += width + 0.25
        canvas.polygon(rectangle(0, base, WIDTH, base + 3), ("#9a6b42", "#6d4526"))
    canvas.polygon([(84, 47), (100, 47), (97.6, 57), (86.4, 57)], ("#d98a5c", "#a85c34"))
    for angle in np.linspace(-2.7, -0.4, 9):
        reach = canvas.rng.uniform(9, 14)
        tip = 92 + reach * math.cos(angle), 47 + reach * math.sin(angle)
        middle = 92 + reach * 0.6 * math.cos(angle - 0.25), 47 + reach * 0.6 * math.sin(angle - 0.25)
        canvas.polygon([(92, 47), middle, tip, (92.6, 46)], ("#6cc070", "#2f8048"))


def guitar(canvas: Canvas) -> None:
    """An acoustic guitar."""
    canvas.polygon(rectangle(0, 0, WIDTH, HEIGHT), ("#40566a", "#2a3a4a"))
    canvas.glow(56, 40, 60, "#7f98ac", 0.8)
    canvas.polygon(rectangle(0, 78, WIDTH, HEIGHT), ("#9a6c44", "#6f4a2b"))
    canvas.shadow([(34, 80), (84, 80), (92, 84), (34, 84)], "#20140ac0", 1.6)
    wood = str(canvas.rng.choice(["#d98f3e", "#b5522b", "#e0b06a"]))
    edge = mix(wood, "#1a0a02", 0.55)
    canvas.polygon(_guitar_body(1.0), (edge, mix(edge, "#000000", 0.3)))
    canvas.polygon(_guitar_body(0.0), (mix(wood, "#ffffff", 0.18), mix(wood, "#3a1a06", 0.3)))
    canvas.circle(60, 48, 6.4, mix(wood, "#2a1204", 0.6))
    canvas.circle(60, 48, 5.2, "#1c0f08")
    canvas.polygon(rectangle(57.6, 8, 62.4, 46), ("#5c3a22", "#3b2414"))
    for y in np.arange(12, 42, 3.4):
        canvas.polyline([(57.6, y), (62.4, y)], "#d8cfa8", 0.3)
    canvas.polygon([(56.4, 9), (57, 0.8), (63, 0.8), (63.6, 9)], ("#6e472a", "#4a2d18"))
    canvas.polygon(rectangle(51, 66, 69, 69), "#3b2414")
    for string in range(6):
        x = 57.9 + string * 0.84
        canvas.polyline([(x, 6), (60 + (x - 60) * 1.25, 67)], "#f0ead6d0", 0.16)
    for y in (2.4, 4.8, 7.2):
        for x in (55.4, 64.6):
            canvas.circle(x, y, 0.85, "#e8e4d8")


def umbrella(canvas: Canvas) -> None:
    """An umbrella in the rain."""
    canvas.polygon(rectangle(0, 0, WIDTH, HEIGHT), ("#5d7187", "#a9b8c4"))
    for _ in range(9):
        canvas.glow(canvas.rng.uniform(0, WIDTH), canvas.rng.uniform(6, 46), canvas.rng.uniform(5, 11), "#ffe2a8", 0.5)
    canvas.polygon(rectangle(0, 70, WIDTH, HEIGHT), ("#6d7c8a", "#3f4b57"))
    for x, width in ((20, 22), (88, 18), (60, 30)):
        canvas.ellipse(x - width, 78, x + width, 84, "#a9bccb70")
    colour = str(canvas.rng.choice(["#e3b505", "#d7263d", "#3a86c8"]))
    canvas.polyline([(60, 40), (60, 72), (58, 75), (55, 75), (53.6, 72)], "#5b3a22", 1.5)
    edges = np.linspace(24, 96, 7)
    for left, right in pairwise(edges):
        shade = mix(colour, "#000000" if (left + right) / 2 > 60 else "#ffffff", abs((left + right) / 2 - 60) / 160)
        arc = [(left + (60 - left) * t, 48 - 34 * math.sin(math.pi / 2 * t)) for t in np.linspace(0, 1, 14)]
        back = [(right + (60 - right) * t, 48 - 34 * math.sin(math.pi / 2 * t)) for t in np.linspace(1, 0, 14)]
        hem = [(left + (right - left) * t, 48 - 3.4 * math.sin(math.pi * t)) for t in np.linspace(1, 0, 9)]
        canvas.polygon([*arc, *back, *hem], (shade, mix(shade, "#000000", 0.14)))
    canvas.polyline([(60, 14), (60, 9.6)], "#5b3a22", 1.0)
    for _ in range(130):
        x, y, length = canvas.rng.uniform((0, -4, 3), (WIDTH, 88, 7))
        if not (26 < x < 94 and 40 < y < 70):
            canvas.polyline([(x, y), (x - length * 0.22, y + length)], "#e8f2fa90", 0.25)


def sunflowers(canvas: Canvas) -> None:
    """Sunflowers in a vase."""
    _room(canvas, ("#cfe3ee", "#b5d2e2"), ("#e0cfae", "#b89e72"), table=66)
    canvas.shadow([(44, 82), (84, 82), (92, 86), (46, 86)], "#5a401c80", 1.6)
    heads = [(60, 22, 12), (40, 31, 10), (80, 32, 10.5), (51, 44, 8.5), (71, 45, 8)]
    for x, y, _ in heads:
        canvas.polyline([(60 + (x - 60) * 0.2, 64), (x, y)], "#4c8a3c", 1.2)
    for x, y, way in ((46, 54, -1), (74, 54, 1), (52, 50, -1)):
        canvas.polygon(
            [(x, y), (x + way * 9, y - 5), (x + way * 13, y + 1), (x + way * 6, y + 3)], ("#6fb04f", "#3a7a34")
        )
    for x, y, size in heads:
        for ring, colour in ((1.0, "#e8a317"), (0.86, "#f9c82e")):
            for petal in range(16):
                angle = petal * math.pi / 8 + (ring == 1.0) * 0.2
                tip = x + size * ring * math.cos(angle), y + size * ring * math.sin(angle)
                wings = [
                    (x + size * 0.58 * math.cos(angle + d), y + size * 0.58 * math.sin(angle + d))
                    for d in (-0.24, 0.24)
                ]
                canvas.polygon([(x, y), wings[0], tip, wings[1]], colour)
        canvas.ball(x, y, size * 0.46, "#5a3418")
    glaze = str(canvas.rng.choice(["#3a6ea5", "#e9e4d8", "#7a9e87"]))
    vase = [(52, 56), (68, 56), (66, 61), (72, 70), (71, 79), (66, 84), (54, 84), (49, 79), (48, 70), (54, 61)]
    canvas.polygon(vase, (mix(glaze, "#ffffff", 0.25), mix(glaze, "#10101c", 0.25)))
    canvas.polygon([(51, 69), (54, 66), (53.4, 79), (51.6, 77)], "#ffffff70")


def _guitar_body(grow: float) -> list[Point]:
    """Two bouts as overlapping ellipses, joined by a power mean so that the waist is smooth."""
    right = []
    for y in np.linspace(31 - grow, 79 + grow, 70):
        upper, lower = (
            math.sqrt(max(0.0, 1 - ((y - middle) / (half_height + grow)) ** 2)) * (half_width + grow)
            for middle, half_height, half_width in ((44, 13, 14), (63, 16, 19))
        )
        right.append((60 + (upper**4 + lower**4) ** 0.25, float(y)))
    return right + [(120 - x, y) for x, y in reversed(right)]


def _room(canvas: Canvas, wall: tuple[str, str], top: tuple[str, str], *, table: float) -> None:
    canvas.polygon(rectangle(0, 0, WIDTH, table), wall)
    canvas.glow(20, 10, 55, "#ffffff", 0.6)
    canvas.polygon(rectangle(0, table, WIDTH, HEIGHT), top)


SCENES = {
    "fruit-bowl": fruit_bowl,
    "coffee-cup": coffee_cup,
    "bookshelf": bookshelf,
    "guitar": guitar,
    "umbrella": umbrella,
    "sunflowers": sunflowers,
}
