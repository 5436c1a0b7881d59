"""A library of coloured pictures, and a generator that draws such."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw

from lucida import Library
from lucida.generate.gates.gate import Thresholds
from lucida.generate.making.order import Recipe
from lucida.library.ordering import DatasetRequest
from lucida.library.retrieving import Topic
from lucida.query import classify as classifying

GROUNDS = {"red": (220, 20, 30), "green": (20, 160, 40), "blue": (30, 50, 210)}


class Colours:
    """An encoder that knows three colours, each in a direction of its own; other words lie anywhere."""

    spec, fingerprint, dimension, text_is_minilm, calibration = "mini", "colours-1", 32, False, None

    def encode_images(self, images: Sequence[Image.Image]) -> Any:
        means = np.stack([np.asarray(image.convert("RGB"), np.float32).mean(axis=(0, 1)) for image in images])
        apart = np.abs(means[:, None] - np.array(list(GROUNDS.values()))).sum(axis=2)
        rows = np.zeros((len(images), 32), np.float32)
        rows[np.arange(len(images)), apart.argmin(axis=1)] = 1
        rows[:, 30] = means[:, 0] / 2550
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)

    def encode_texts(self, texts: Sequence[str]) -> Any:
        rows = np.stack([self._placed(text) for text in texts]).astype(np.float32)
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)

    def encode_windows(self, texts: Sequence[str]) -> Any:
        return self.encode_texts(texts), np.arange(len(texts))

    def _placed(self, text: str) -> Any:
        named = next((number for number, name in enumerate(GROUNDS) if name in text), None)
        return np.eye(32)[named] if named is not None else np.random.default_rng(len(text)).normal(size=32)


def painted(colour: str, seed: int) -> Image.Image:
    image = Image.new("RGB", (96, 80), GROUNDS[colour])
    random, pen = np.random.default_rng(seed), ImageDraw.Draw(image)
    for _ in range(14):
        x, y = random.integers(0, 76, 2).tolist()
        shade = int(random.integers(-25, 25))
        pen.rectangle((x, y, x + 18, y + 9), fill=tuple(max(channel + shade, 0) for channel in GROUNDS[colour]))
    return image


@pytest.fixture(scope="module")
def shelves(tmp_path_factory) -> Path:
    """A library with three red pictures, two blue ones and none that is green; beside it, its sources."""
    home = tmp_path_factory.mktemp("shelves")
    (home / "shots").mkdir()
    for number in range(5):
        painted("red" if number < 3 else "blue", number).save(home / "shots" / f"{number}.png")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("lucida.models.registry.load_shared_encoder", lambda *_a, **_k: Colours())
        with Library.open(home / "library") as library:
            library.ingest(home / "shots", workers=1)
    return home


@pytest.fixture
def stocked(shelves, use, tmp_path, monkeypatch) -> Iterator[Library]:
    """A library of this test's own with these pictures."""
    monkeypatch.setattr(classifying, "everyday_words", lambda: tuple("x" * length for length in range(90)))
    monkeypatch.setenv("LUCIDA_CACHE", str(tmp_path / "cache"))
    classifying.words_version.cache_clear()
    use(Colours())
    # There are no passages, so nobody would wait for the encoder of texts, and it would outlive the test.
    monkeypatch.setattr("lucida.library.backends.Backends.load_encoder_ahead", lambda _self: None)
    shutil.copytree(shelves / "library", tmp_path / "stocked")
    with Library.open(tmp_path / "stocked") as library:
        yield library
    classifying.words_version.cache_clear()


@pytest.fixture
def artist(artists, monkeypatch) -> Any:
    """The generator that every spec names."""
    made = artists.Artist()
    monkeypatch.setattr("lucida.models.registry.load_generator", lambda *_a, **_k: made, raising=False)
    return made


def request_for(*labels: str, **changes: Any) -> DatasetRequest:
    """A request for datasets of these labels, small and with gates that such pictures pass."""
    settings = {"batch": 2, "parents": 2, **changes.pop("recipe", {})}
    bounds = Thresholds(sharpness=2.0, blankness=2.0, duplicate_bits=1, memorised_bits=2)
    recipe = Recipe(**{"thresholds": bounds, **settings})
    if "until" not in changes:
        changes.setdefault("per_class", 6)
    return DatasetRequest(tuple(Topic(label) for label in labels or ("red", "blue")), recipe, **changes)


@pytest.fixture
def make(stocked, artist, tmp_path) -> Callable[..., Any]:
    def start(request: DatasetRequest | None = None, out: str = "out", **options: Any) -> Any:
        return stocked.generate_dataset(request or request_for(), tmp_path / out, model="artist:test", **options)

    return start


@pytest.fixture
def asked() -> Callable[..., DatasetRequest]:
    return request_for


@pytest.fixture
def picture() -> Callable[[str, int], Image.Image]:
    return painted
