from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from PIL import Image

from lucida.errors import SourceError
from lucida.generate.gates.blankness import Blankness
from lucida.generate.gates.duplicates import Duplicates
from lucida.generate.gates.gate import Thresholds
from lucida.generate.gates.likeness import Pictures
from lucida.generate.gates.panel import Panel
from lucida.generate.gates.sharpness import Sharpness
from lucida.generate.making.job import Job, Making
from lucida.generate.making.journal import Journal
from lucida.generate.making.order import Order, Parent, Recipe, Wanted


class Shelf:
    """Items that are pictures of one colour each, until they are taken away."""

    def __init__(self) -> None:
        self.gone: set[int] = set()

    def there(self, items: Sequence[int]) -> set[int]:
        return set(items) - self.gone

    def picture(self, item: int) -> Image.Image:
        if item in self.gone:
            raise SourceError(f"Item {item} is gone.", "Bring it back.")
        return Image.new("RGB", (32, 32), (item * 30 % 256, 90, 120))


def unit(*values: float) -> Any:
    row = np.array(values, dtype=np.float32)
    return row / np.linalg.norm(row)


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def parents() -> tuple[Parent, ...]:
    return tuple(Parent(item, f"{item}.jpg", 1, item * 977, unit(1, item, 2)) for item in range(1, 5))


@pytest.fixture
def order(artists: ModuleType) -> Callable[..., Order]:
    def make(*classes: Wanted, **settings: Any) -> Order:
        wanted = classes or (Wanted("red", "red", "a red thing", 5, 12), Wanted("blue", "blue", "a blue thing", 4, 12))
        artist = artists.Artist()
        # Its flat rectangles are neither sharp nor unlike each other as photographs are.
        bounds = Thresholds(sharpness=1.0, blankness=2.0, duplicate_bits=0)
        recipe = Recipe(**{"batch": 3, "thresholds": bounds, **settings})
        return Order(recipe, tuple(wanted), (artist.spec, artist.fingerprint))

    return make


@pytest.fixture
def run(shelf: Shelf) -> Callable[..., list[Making]]:
    """Runs an order into a folder, or goes on with what is there."""

    def start(folder: Path, artist: Any, order: Order | None = None) -> list[Making]:
        told: list[Making] = []
        with Journal(folder) as journal:
            if journal.order is None:
                assert order is not None
                journal.begin({}, order)
            assert journal.order is not None
            bounds = journal.order.recipe.thresholds
            duplicates = Duplicates(Pictures(), bounds.duplicate_bits, bounds.duplicate_cosine)
            panel = Panel([Sharpness(bounds.sharpness), Blankness(bounds.blankness)], duplicates, None)
            Job(journal, artist, panel, shelf, told=told.append).run()
        return told

    return start
