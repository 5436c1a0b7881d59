"""Small packed sets of every sort, and a model that is small but for its eye."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lucida.models.mini import files
from lucida.models.vlm.chat import Chat
from lucida.training.data.packed import Card
from lucida.training.data.packing import Drawn, pack
from lucida.training.data.scenes import Scenes
from lucida.training.data.sheets import Sheets
from lucida.training.vlm.building import Eye, Shape, build_processor
from lucida.training.vlm.conversation import Scribe
from lucida.training.vlm.feed import Share, Stage, texts_of
from lucida.training.vlm.lessons import Exchange
from lucida.training.vlm.recipe import sources
from lucida.training.vlm.template import TEMPLATE
from lucida.training.vlm.trainer import Recipe
from lucida.training.vlm.vocabulary import train_tokenizer
from lucida.types import Box

COLOURS = {"rose": (220, 30, 60), "grass": (30, 180, 40), "sea": (40, 60, 220), "snow": (240, 240, 240)}
SMALL = Shape(side=64, width=32, layers=1, heads=2, key_heads=1, inner=32, context=1024, vocabulary=700)
RECIPE = Recipe(shape=SMALL, batch=4, stages=(Stage(1.0, 600),), minutes=1e9, lessons=60)


class Plain:
    """A packed set's recipe: squares of one colour each, in two styles, see-through or not."""

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
        return Drawn(np.dstack([square, alpha]) if self.transparent else square, job % 4, job // 4 % 2)

    def card(self) -> Card:
        named = tuple((name, f"{name} thing", "img_0815.png") for name in COLOURS)
        topics = (("plant",), ("plant",), ("water",), ("water",))
        families = ("own", "twemoji")
        return Card(
            ("one", "two"), named, "drawn", "none", families=families if self.transparent else (), topics=topics
        )


@pytest.fixture(scope="session")
def sets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of packed sets."""
    folder = tmp_path_factory.mktemp("sets")
    pack(folder / "photos64", Plain(80))
    pack(folder / "pictograms", Plain(80, transparent=True))
    pack(folder / "scenes", Scenes(240, side=24, seed=3))
    pack(folder / "sheets", Sheets(44, side=24, seed=3))
    return folder


@pytest.fixture(scope="session")
def shares(sets: Path) -> dict[str, Share]:
    return sources([sets])


@pytest.fixture(scope="session")
def eye() -> Eye:
    tower = files.read(files.find())
    return Eye(str(tower.vision["timm_model_name"]), tower.weights, tower.mean, tower.std)


def _writer(processor: Any) -> Chat:
    return Chat(processor, TEMPLATE, "it")


@pytest.fixture(scope="session")
def writer() -> Callable[[Any], Chat]:
    return _writer


@pytest.fixture(scope="session")
def recipe() -> Recipe:
    """Of a run that ends when it is left off."""
    return RECIPE


@pytest.fixture(scope="session")
def tokenizer(shares: dict[str, Share]) -> Any:
    return train_tokenizer(texts_of(shares, 80, 1), SMALL.vocabulary)


@pytest.fixture(scope="session")
def processor(tokenizer: Any, eye: Eye) -> Any:
    return build_processor(SMALL, tokenizer, eye)


@pytest.fixture(scope="session")
def scribe(processor: Any) -> Scribe:
    return Scribe(_writer(processor), processor.tokenizer, SMALL.places)


@pytest.fixture(scope="session")
def reading() -> Exchange:
    """Asked of the lower half."""
    text = "Net 9\nTotal 45.20"
    part = Box(0, 0.5, 1, 1)
    return Exchange("reading", "What is the total?", ("45.20",), quote="Total 45.20", part=part, text=text)
