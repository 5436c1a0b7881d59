"""Small packed sets, a small recipe, and an encoder that knows colours."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lucida.models.diffusion.latent.forge import Forge
from lucida.training.data.packed import Card
from lucida.training.data.packing import Drawn, pack
from lucida.training.diffusion.recipe import Recipe, Shape
from lucida.training.diffusion.run import Tools, train
from lucida.training.diffusion.sources import Source, sources

COLOURS = {"red": (220, 30, 30), "green": (30, 180, 40), "blue": (40, 60, 220), "white": (240, 240, 240)}
SMALL = Shape(side=16, vae_widths=(8, 16), unet_widths=(32, 32), unet_attends=(1,), dit_width=32, dit_layers=1)
RECIPE = Recipe(shape=SMALL, minutes=1e-4, vae_batch=4, batch=8, pictures=60, bfloat16=False)


class Plain:
    """A packed set's recipe: squares of one colour each, see-through or not."""

    side = 24

    def __init__(self, count: int, *, transparent: bool = False) -> None:
        self._count, self.transparent = count, transparent

    def __len__(self) -> int:
        return self._count

    def fingerprint(self) -> str:
        return f"plain-{self._count}-{self.transparent}"

    def draw(self, job: int) -> Drawn:
        square = np.full((24, 24, 3), list(COLOURS.values())[job % 4], dtype=np.uint8)
        alpha = np.full((24, 24, 1), 255, dtype=np.uint8)
        return Drawn(np.dstack([square, alpha]) if self.transparent else square, job % 4)

    def card(self) -> Card:
        return Card(("own",), tuple((name, f"{name} paint") for name in COLOURS), "drawn", "none")


@pytest.fixture(scope="session")
def sets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of packed sets."""
    folder = tmp_path_factory.mktemp("sets")
    pack(folder / "photos64", Plain(120))
    pack(folder / "pictograms", Plain(60, transparent=True))
    return folder


@pytest.fixture(scope="session")
def found(sets: Path) -> list[Source]:
    return sources([sets])


@pytest.fixture(scope="session")
def many(tmp_path_factory: pytest.TempPathFactory) -> list[Source]:
    """A set of which twenty pictures are kept, of all colours."""
    folder = tmp_path_factory.mktemp("many")
    pack(folder / "photos64", Plain(1_000))
    return sources([folder])


@pytest.fixture(scope="session")
def colours() -> dict[str, tuple[int, int, int]]:
    return COLOURS


@pytest.fixture(scope="session")
def recipe() -> Recipe:
    return RECIPE


@pytest.fixture(scope="session")
def space(words: Any) -> Any:
    """The encoder that knows colours, with every text in one window, as a generator asks for."""
    words.encode_windows = lambda texts: (words.encode_texts(texts), np.arange(len(texts)))
    return words


@pytest.fixture
def tools(words: Any) -> Tools:
    return Tools(Forge(), words, None, lambda stage: None)


@pytest.fixture(scope="session")
def trained(found: list[Source], words: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run that took a step or two."""
    folder = tmp_path_factory.mktemp("run")
    train(RECIPE, folder, found, Tools(Forge(), words, None, lambda stage: None))
    return folder
