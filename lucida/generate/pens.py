"""Marks of a hand: signatures and filled-in answers."""

from __future__ import annotations

import numpy as np

from lucida.generate.sheet import Sheet

BLUE_INK = "#1c3f94"


def signature(sheet: Sheet, x: float, y: float, width: float, *, seed: int, colour: str = BLUE_INK) -> None:
    """A scrawl about ``width`` points wide on the line ``y``; each seed is another person."""
    rng = np.random.default_rng(seed)
    loops, slant, tall = int(rng.integers(2, 7)), rng.uniform(-0.1, 0.5), rng.uniform(0.16, 0.32)
    points = [(x, y - width * rng.uniform(0, 0.14)), (x + width * 0.07, y - width * tall), (x + width * 0.1, y)]
    for loop in range(loops):
        left, step = x + width * (0.12 + 0.66 * loop / loops), width * 0.62 / loops
        rise = width * rng.choice([0.05, 0.08, 0.2], p=[0.5, 0.3, 0.2])
        lean = rise * slant
        points += [
            (left + step * 0.6 + lean, y - rise),
            (left + step * 0.3 + lean, y - rise * 1.1),
            (left + step * 0.7, y),
        ]
    points += [(x + width * 0.86, y - width * 0.05), (x + width, y - width * rng.uniform(0.0, 0.14))]
    sheet.curve(points, colour, 1.1)
    if rng.random() < 0.6:
        sheet.curve(
            [
                (x + width * 0.1, y + width * 0.07),
                (x + width * 0.5, y + width * 0.04),
                (x + width * 0.9, y + width * 0.06),
            ],
            colour,
            0.9,
        )


def handwriting(
    sheet: Sheet, x: float, y: float, text: str, size: float = 12, *, seed: int = 0, colour: str = BLUE_INK
) -> None:
    """An answer in a slanted face, a little off its line."""
    rng = np.random.default_rng(seed + sum(text.encode()))
    sheet.text(
        x + rng.uniform(0, 3),
        y + rng.uniform(-0.8, 0.8),
        text,
        "tiit",
        size,
        colour,
        angle=rng.uniform(-0.6, 0.6),
        tracking=0.25,
    )


def cross(sheet: Sheet, x: float, y: float, size: float, *, seed: int = 0, colour: str = BLUE_INK) -> None:
    """A cross by hand over the box whose top left corner is (x, y)."""
    wobble = np.random.default_rng(seed).uniform(-0.12, 0.12, 8) * size
    sheet.curve([(x - 1 + wobble[0], y + wobble[1]), (x + size + 1 + wobble[2], y + size + wobble[3])], colour, 1.3)
    sheet.curve([(x + size + wobble[4], y - 1 + wobble[5]), (x + wobble[6], y + size + 1 + wobble[7])], colour, 1.3)
