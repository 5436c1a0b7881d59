"""What a drawn scene is to show, and every way we say it. Nothing is painted here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from lucida.generate.scenes import scene_caption, scene_names
from lucida.training.data.scene_things import COLOURS, SHAPES, Nameable, counted

#: Landscapes that things may stand in, and what one says then.
PLACES = {
    "beach": "on a beach",
    "mountains": "in the mountains",
    "forest": "in a forest",
    "desert": "in a desert",
    "night-city": "in a city at night",
}
STYLES = ("shapes", "tinted pictograms", "pictograms", "painted scenes")


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing of a scene.

    Attributes:
        noun: a shape's name or a pictogram's.
        row: of the packed pictograms, -1 for a shape.
        colour: a name of ``COLOURS``; empty leaves a pictogram as it is.
        x, y: its middle, in fractions of the picture.
        size: its side, in fractions of the picture.
    """

    noun: str
    row: int
    colour: str
    x: float
    y: float
    size: float

    @property
    def words(self) -> str:
        return f"{self.colour} {self.noun}".strip()


@dataclass(frozen=True, slots=True)
class Ground:
    """What is behind: ``kind`` is "plain", "gradient", "stripes", "grain", or a scene of ``generate``."""

    kind: str
    colours: tuple[str, ...] = ()
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """One scene: its ground, its things, and its captions, the fullest first."""

    ground: Ground
    things: tuple[Thing, ...]
    captions: tuple[str, ...]
    style: int


class Planner:
    """Draws plans from a seed and a job's number.

    Args:
        pictograms: what there is to place; none leaves shapes and painted scenes.
        seed: of everything.
    """

    def __init__(self, pictograms: Sequence[Nameable], seed: int = 0) -> None:
        # Of a single one there is no telling apart from another.
        self._pictograms, self._seed = pictograms if len(pictograms) > 1 else (), seed

    def plan(self, job: int) -> Plan:
        """The same plan for the same job, always."""
        rng = np.random.default_rng([self._seed, job])
        if rng.random() < 0.07:
            return _painted(rng)
        kinds: Sequence[Callable[[np.random.Generator], Plan]] = (self._several, self._pair, self._mixed, self._single)
        return kinds[rng.choice(4, p=(0.25, 0.35, 0.25, 0.15))](rng)

    def _single(self, rng: np.random.Generator) -> Plan:
        look = self._look(rng)
        thing = self._thing(rng, look, (_near(rng, 0.5), _near(rng, 0.5), rng.uniform(0.4, 0.8)))
        return _told(rng, [thing], look, [counted(1, thing.words), thing.words])

    def _several(self, rng: np.random.Generator) -> Plan:
        look, number = self._look(rng), int(rng.integers(2, 6))
        first = self._thing(rng, look, (0.5, 0.5, 0.3))
        things = [_moved(first, place) for place in _places(rng, number)]
        return _told(rng, things, look, [counted(number, first.words), f"a picture of {counted(number, first.words)}"])

    def _mixed(self, rng: np.random.Generator) -> Plan:
        look, total = self._look(rng), int(rng.integers(2, 5))
        places = _places(rng, total)
        first = self._thing(rng, look, places[0])
        second = self._other(rng, look, first, places[-1])
        number = int(rng.integers(1, total))
        things = [_moved(first if n < number else second, place) for n, place in enumerate(places)]
        a, b = counted(number, first.words), counted(total - number, second.words)
        return _told(rng, things, look, [f"{a} and {b}", f"{b} and {a}", f"{b} with {a}"])

    def _pair(self, rng: np.random.Generator) -> Plan:
        look, upright = self._look(rng), bool(rng.random() < 0.45)
        near, far = _near(rng, 0.27), _near(rng, 0.73)
        sizes = rng.uniform(0.32, 0.46, 2)
        if by_size := rng.random() < 0.25:
            sizes = np.array([rng.uniform(0.44, 0.5), rng.uniform(0.16, 0.24)])
        spots = [(_near(rng, 0.5), near), (_near(rng, 0.5), far)] if upright else [
            (near, _near(rng, 0.5)), (far, _near(rng, 0.5))]  # fmt: skip
        first = self._thing(rng, look, (*spots[0], sizes[0]))
        second = self._other(rng, look, first, (*spots[1], sizes[1]))
        return _told(rng, [first, second], look, _relations(first, second, upright=upright, by_size=by_size))

    def _look(self, rng: np.random.Generator) -> int:
        """Which of ``STYLES`` the things are in."""
        return int(rng.choice(3, p=(0.35, 0.35, 0.3))) if self._pictograms else 0

    def _thing(self, rng: np.random.Generator, look: int, place: tuple[float, float, float]) -> Thing:
        colour = "" if look == 2 else str(rng.choice(list(COLOURS)))
        if look == 0:
            return Thing(str(rng.choice(list(SHAPES))), -1, colour, *place)
        pictogram = self._pictograms[int(rng.integers(len(self._pictograms)))]
        return Thing(pictogram.name, int(rng.choice(pictogram.rows)), colour, *place)

    def _other(self, rng: np.random.Generator, look: int, first: Thing, place: tuple[float, float, float]) -> Thing:
        """A thing that is told apart from the first: half of the time by its colour alone."""
        if first.colour and rng.random() < 0.3:
            colours = [colour for colour in COLOURS if colour != first.colour]
            return Thing(first.noun, first.row, str(rng.choice(colours)), *place)
        while (other := self._thing(rng, look, place)).words == first.words:
            pass
        return other


def _relations(first: Thing, second: Thing, *, upright: bool, by_size: bool) -> list[str]:
    """What may be said of two things; the first is left of or above the second, and larger where sizes differ."""
    a, b = counted(1, first.words), counted(1, second.words)
    if by_size:
        big, small = counted(1, f"big {first.words}"), counted(1, f"small {second.words}")
        return [f"{big} and {small}", f"{small} and {big}", f"{a} larger than {b}", f"{a} and {b}"]
    if upright:
        return [f"{a} above {b}", f"{b} below {a}", f"{b} under {a}", f"{a} over {b}", f"{a} and {b}"]
    return [f"{a} left of {b}", f"{b} right of {a}", f"{a} to the left of {b}", f"{b} to the right of {a}",
            f"{a} next to {b}", f"{a} and {b}"]  # fmt: skip


def _told(rng: np.random.Generator, things: Sequence[Thing], look: int, phrases: Sequence[str]) -> Plan:
    """Choose a ground, and add it to the captions where it can be said; the phrases alone stay true."""
    ground, said = _ground(rng, {thing.colour for thing in things})
    phrases = list(dict.fromkeys(phrases))
    captions = [f"{phrases[0]} {said}", *phrases] if said else phrases
    return Plan(ground, tuple(things), tuple(captions), look)


def _ground(rng: np.random.Generator, used: set[str]) -> tuple[Ground, str]:
    free = [colour for colour in COLOURS if colour not in used]
    first, second = (str(colour) for colour in rng.choice(free, 2, replace=False))
    seed = int(rng.integers(2**31))
    kind = str(
        rng.choice(["white", "plain", "gradient", "stripes", "grain", "place"], p=(0.2, 0.3, 0.1, 0.08, 0.12, 0.2))
    )
    if kind == "white":
        return Ground("plain", ("white",) if "white" in free else (first,), seed), ""
    if kind == "plain":
        return Ground("plain", (first,), seed), f"on a {first} background".replace("a orange", "an orange")
    if kind == "place":
        place = str(rng.choice(list(PLACES)))
        return Ground(place, (), seed), PLACES[place]
    return Ground(kind, (first, second), seed), ""


def _painted(rng: np.random.Generator) -> Plan:
    """A whole scene of our own painters."""
    name = str(rng.choice(scene_names()))
    caption, plain = scene_caption(name), name.replace("-", " ")
    captions = (caption, plain, f"a painting of {caption}", f"an illustration of {caption}")
    return Plan(Ground(name, (), int(rng.integers(2**31))), (), captions, len(STYLES) - 1)


def _places(rng: np.random.Generator, number: int) -> list[tuple[float, float, float]]:
    """Middles and one common size of things that do not cover each other: cells of a grid, in any order."""
    across, down = (2, 1) if number == 2 else (2, 2) if number < 5 else (3, 2)
    if rng.random() < 0.5:
        across, down = down, across
    if number == 3 and rng.random() < 0.4:
        across, down = (3, 1) if rng.random() < 0.5 else (1, 3)
    cells = rng.permutation(across * down)[:number]
    size = min(0.46, 0.85 / max(across, down)) * rng.uniform(0.8, 1.0)
    slack = [(1 / count - size) / 2.2 for count in (across, down)]
    return [
        (
            (cell % across + 0.5) / across + rng.uniform(-1, 1) * slack[0],
            (cell // across + 0.5) / down + rng.uniform(-1, 1) * slack[1],
            size,
        )
        for cell in (int(cell) for cell in cells)
    ]


def _near(rng: np.random.Generator, middle: float) -> float:
    return middle + float(rng.uniform(-0.06, 0.06))


def _moved(thing: Thing, place: tuple[float, float, float]) -> Thing:
    return Thing(thing.noun, thing.row, thing.colour, *place)
