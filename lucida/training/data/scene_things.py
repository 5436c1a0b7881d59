"""The vocabulary of drawn scenes: colours, shapes, pictograms that have short names, and how to count them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from lucida.training.data.packed import PackedSet

Rgb = tuple[int, int, int]
Point = tuple[float, float]

#: Colours as people call them; each is varied a little wherever it is used.
COLOURS: dict[str, Rgb] = {
    "red": (214, 40, 40),
    "orange": (244, 132, 28),
    "yellow": (250, 208, 44),
    "green": (52, 152, 66),
    "turquoise": (42, 184, 178),
    "blue": (42, 96, 206),
    "purple": (128, 62, 170),
    "pink": (242, 130, 176),
    "brown": (126, 80, 44),
    "black": (28, 28, 32),
    "white": (246, 246, 244),
    "grey": (136, 138, 142),
}
NUMBERS = ("no", "a", "two", "three", "four", "five", "six")

_IRREGULAR = {"fish": "fish", "sheep": "sheep", "mouse": "mice", "person": "people", "man": "men", "woman": "women",
              "child": "children", "foot": "feet", "tooth": "teeth", "goose": "geese", "ox": "oxen", "leaf": "leaves",
              "knife": "knives", "wolf": "wolves", "bread": "loaves of bread", "cactus": "cactuses",
              "octopus": "octopuses", "deer": "deer", "shrimp": "shrimps", "bison": "bison", "squid": "squid",
              "corn": "ears of corn", "rice": "bowls of rice", "cheese": "pieces of cheese"}  # fmt: skip
#: What the things of a scene may be: pictograms under these general words have a body that can stand somewhere.
_TOPICS = frozenset(
    {"animal", "plant", "fruit", "vegetable", "vehicle", "building", "tool", "musical instrument",
     "clothing", "sweet", "drink", "dishes", "device", "electronic device", "toy", "food",
     "something in the household"}
)  # fmt: skip
#: Names that are no countable things, or that bring a colour of their own.
_UNFIT = {
    "red", "orange", "yellow", "green", "blue", "purple", "pink", "brown", "black", "white", "grey", "face",
    "button", "symbol", "sign", "dashing", "fog", "rice", "construction", "wood", "ice", "bacon", "popcorn",
    "butter", "salt", "bread", "bowling", "tennis", "soap", "cooking", "food", "wedding", "clothing", "microbe",
    "mate", "oden", "custard", "coral", "ginger", "herb", "rock", "bubbles", "volleyball", "badminton", "lacrosse",
    "hockey", "game", "track", "departure", "arrival", "suit", "metro", "seat", "fondue", "sake", "razor",
}  # fmt: skip


def plural(noun: str) -> str:
    """More than one of it: "box" gives "boxes", "wolf" "wolves"."""
    *head, last = noun.split(" ")
    if last in _IRREGULAR:
        last = _IRREGULAR[last]
    elif last.endswith("fish"):
        pass  # many jellyfish
    elif last.endswith(("s", "x", "ch", "sh", "z", "tato", "mato", "ngo")):
        last += "es"
    elif last.endswith("y") and last[-2:-1] not in set("aeiou"):
        last = last[:-1] + "ies"
    else:
        last += "s"
    return " ".join([*head, last])


def counted(number: int, words: str) -> str:
    """``counted(1, "orange cat")`` is "an orange cat", ``counted(3, "cat")`` "three cats"."""
    if number == 1:
        return f"{'an' if words[0] in 'aeiou' and not words.startswith(('uni', 'one', 'eu')) else 'a'} {words}"
    return f"{NUMBERS[number]} {plural(words)}"


@dataclass(frozen=True, slots=True)
class Nameable:
    """A pictogram that a scene can hold: its short name and the rows of the packed set that show it."""

    name: str
    rows: tuple[int, ...]


def nameable(packed: PackedSet, families: Sequence[str] = ()) -> list[Nameable]:
    """Pictograms with plain names, drawn by the given families; all families where none is given."""
    card = packed.card
    allowed = [number for number, family in enumerate(card.families) if not families or family in families]
    allowed = [number for number in allowed if not card.styles[number].endswith("black")]  # nothing there to tint
    keep = np.flatnonzero(np.isin(packed.styles, allowed))
    rows: dict[int, list[int]] = {}
    for row in keep:
        rows.setdefault(int(packed.concepts[row]), []).append(int(row))
    fit = [concept for concept in sorted(rows) if _is_fit(card.concepts[concept][0], card.topics[concept])]
    return [Nameable(card.concepts[concept][0], tuple(rows[concept])) for concept in fit]


def _is_fit(name: str, topics: Sequence[str]) -> bool:
    words = name.split(" ")
    plain = name.isascii() and name.replace(" ", "").isalpha() and name.islower() and len(words) <= 2
    single = not name.endswith("s") or name.endswith(("ss", "us", "os"))
    return plain and single and bool(_TOPICS & {*topics}) and not _UNFIT & {*words}


def shape_mask(name: str, side: int) -> NDArray[np.uint8]:
    """One of ``SHAPES`` filling a square: uint8 ``(side, side)``, smooth edges."""
    big = side * 3
    image = Image.new("L", (big, big))
    SHAPES[name](ImageDraw.Draw(image), big)
    return np.asarray(image.resize((side, side), Image.Resampling.BOX))


def _regular(corners: int, turn: float = -90, inner: float = 1.0) -> Callable[[ImageDraw.ImageDraw, int], None]:
    """A regular polygon; ``inner`` below 1 makes it a star whose inner corners lie there."""
    steps = corners * (2 if inner < 1 else 1)

    def paint(pen: ImageDraw.ImageDraw, side: int) -> None:
        radii = [inner if n % 2 and inner < 1 else 1.0 for n in range(steps)]
        pen.polygon([_on_circle(side, turn + 360 * n / steps, radius) for n, radius in enumerate(radii)], fill=255)

    return paint


def _on_circle(side: int, degrees: float, radius: float) -> Point:
    angle, half = math.radians(degrees), side / 2
    return half + half * radius * math.cos(angle), half + half * radius * math.sin(angle)


def _box(x0: float, y0: float, x1: float, y1: float) -> Callable[[ImageDraw.ImageDraw, int], None]:
    return lambda pen, side: pen.rectangle([x0 * side, y0 * side, x1 * side, y1 * side], fill=255)


def _disc(x0: float, y0: float, x1: float, y1: float) -> Callable[[ImageDraw.ImageDraw, int], None]:
    return lambda pen, side: pen.ellipse([x0 * side, y0 * side, x1 * side, y1 * side], fill=255)


def _ring(pen: ImageDraw.ImageDraw, side: int) -> None:
    pen.ellipse([0, 0, side - 1, side - 1], fill=255)
    pen.ellipse([side * 0.27, side * 0.27, side * 0.73, side * 0.73], fill=0)


def _crescent(pen: ImageDraw.ImageDraw, side: int) -> None:
    pen.ellipse([0, 0, side - 1, side - 1], fill=255)
    pen.ellipse([side * 0.3, -side * 0.05, side * 1.15, side * 0.85], fill=0)


def _heart(pen: ImageDraw.ImageDraw, side: int) -> None:
    turns = [math.radians(n * 6) for n in range(60)]
    curve = [(16 * math.sin(t) ** 3, 13 * math.cos(t) - 5 * math.cos(2 * t) - 2 * math.cos(3 * t) - math.cos(4 * t))
             for t in turns]  # fmt: skip
    pen.polygon([(side * (0.5 + x / 34), side * (0.45 - y / 34)) for x, y in curve], fill=255)


def _cross(pen: ImageDraw.ImageDraw, side: int) -> None:
    _box(0.34, 0, 0.66, 1)(pen, side)
    _box(0, 0.34, 1, 0.66)(pen, side)


def _arrow(pen: ImageDraw.ImageDraw, side: int) -> None:
    outline = [(0, 0.36), (0.55, 0.36), (0.55, 0.12), (1, 0.5), (0.55, 0.88), (0.55, 0.64), (0, 0.64)]
    pen.polygon([(x * side, y * side) for x, y in outline], fill=255)


SHAPES: dict[str, Callable[[ImageDraw.ImageDraw, int], None]] = {
    "circle": _disc(0, 0, 1, 1),
    "square": _box(0.06, 0.06, 0.94, 0.94),
    "triangle": _regular(3),
    "rectangle": _box(0, 0.22, 1, 0.78),
    "oval": _disc(0, 0.2, 1, 0.8),
    "diamond": _regular(4),
    "pentagon": _regular(5),
    "hexagon": _regular(6, 0),
    "star": _regular(5, inner=0.42),
    "heart": _heart,
    "ring": _ring,
    "cross": _cross,
    "crescent": _crescent,
    "arrow": _arrow,
}
