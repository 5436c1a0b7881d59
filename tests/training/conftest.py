from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from lucida.training.data.packed import Card, PackedSet
from lucida.training.data.packing import Drawn, pack

COLOURS = {"red": (220, 30, 30), "green": (30, 180, 40), "blue": (40, 60, 220), "white": (240, 240, 240)}


class Words:
    """A text encoder that gives every text a vector of its own, near to those of texts that share words."""

    spec = "words"
    fingerprint = "words-1"
    dimension = 384
    text_is_minilm = True
    calibration = None

    def encode_texts(self, texts: Sequence[str]) -> np.ndarray:
        rows = np.stack([sum(_word(word) for word in text.lower().split()) for text in texts])
        return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)

    def encode_images(self, images: Sequence[Image.Image]) -> np.ndarray:
        """The vector of the colour that a picture is nearest to: an encoder that knows colours and nothing else."""
        names = list(COLOURS)
        palette = np.array(list(COLOURS.values()), dtype=float)
        means = np.array([np.asarray(image.convert("RGB"), dtype=float).mean(axis=(0, 1)) for image in images])
        nearest = ((means[:, None] - palette) ** 2).sum(axis=2).argmin(axis=1)
        return self.encode_texts([names[number] for number in nearest])


def _word(word: str) -> np.ndarray:
    seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:4], "big")
    return np.random.default_rng(seed).normal(size=384)


class Squares:
    """A packed set's recipe: squares of four colours in two styles."""

    side = 32
    transparent = False

    def __init__(self, count: int = 64) -> None:
        self._count = count

    def __len__(self) -> int:
        return self._count

    def fingerprint(self) -> str:
        return f"squares-{self._count}"

    def draw(self, job: int) -> Drawn:
        noise = np.random.default_rng(job).integers(-20, 20, (32, 32, 3))
        colour = list(COLOURS.values())[job % 4]
        return Drawn(np.clip(np.array(colour) + noise, 0, 255).astype(np.uint8), job % 4, job // 4 % 2)

    def card(self) -> Card:
        concepts = tuple((name, f"{name} paint") for name in COLOURS)
        topics = (("colour", "warm"), ("colour", "cold"), ("colour", "cold"), ("colour",))
        return Card(("plain", "fancy"), concepts, "drawn", "none", families=("plain", "fancy"), topics=topics)


@pytest.fixture(scope="session")
def words() -> Words:
    return Words()


@pytest.fixture
def squares(tmp_path: Path) -> PackedSet:
    return pack(tmp_path / "squares", Squares())
