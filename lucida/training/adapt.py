"""Adapting an image tower to people's own pairs of pictures and captions."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from lucida.errors import SourceError, UsageError
from lucida.training.alignment import Debt, assess
from lucida.training.augment import Views
from lucida.training.data.packed import Card, PackedSet
from lucida.training.data.packing import Drawn, pack
from lucida.training.encoder import Recipe, Trainer
from lucida.training.material import Bank, Material
from lucida.training.schedule import Schedule

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL.Image import Image

    from lucida.models.protocols import SharedEncoder
    from lucida.training.pairs import Pair

SIDE = 96
_BATCH = 64


@dataclass(frozen=True, slots=True)
class Prepared:
    """Pairs that were read: the pictures in a packed set, one row per pair, and what is wrong with them."""

    packed: PackedSet
    debt: Debt


def prepare(
    pairs: Sequence[Pair],
    folder: Path,
    encoder: SharedEncoder,
    progress: Callable[[int, int], None] | None = None,
) -> Prepared:
    """Read pairs into a packed set and judge whether captions fit.

    Args:
        pairs: what to read.
        folder: where the packed set is to lie; a finished one of the same pairs is used again.
        encoder: the one that is to be adapted.
        progress: called with pairs done and pairs in all.

    Raises:
        UsageError: there is nothing to read.
    """
    if not pairs:
        raise UsageError("There are no pairs of pictures and captions.", "See the forms that are read: docs/train.md.")
    broken: list[tuple[str, str]] = []
    packed = pack(folder, _Pairs(pairs, broken), progress=progress)
    readable = [int(number) for number in packed.concepts]
    broken = broken or _missing(pairs, readable)
    captions = [pairs[i].captions[0] for i in readable]
    debt = assess(
        [pairs[i].name for i in readable],
        captions,
        [hashlib.sha256(row.tobytes()).hexdigest() for row in packed.pixels],
        _picture_vectors(packed, encoder),
        encoder.encode_texts(captions),
        broken,
    )
    return Prepared(packed, debt)


def adapt(prepared: Prepared, start: Path, folder: Path, encoder: SharedEncoder, minutes: float, seed: int) -> Trainer:
    """A run that goes on from a tower's weights, gently, and stays near what the tower knows.

    Args:
        prepared: pictures and captions.
        start: ``model.safetensors`` of the tower.
        folder: of the run.
        encoder: gives the captions' vectors.
        minutes: length of the run.
        seed: of everything random.
    """
    material = Material.of(prepared.packed, "pairs", 1.0, Views(flip=False, rotate=4.0, scale=(0.7, 1.05)))
    schedule = Schedule(peak_rate=0.01, warm_up=0.1, sides=(128,), until=(1.0,))
    batch = min(128, max(8, len(material.rows) // 2))
    recipe = Recipe(minutes=minutes, batch=batch, seed=seed, stay_weight=4.0, average=0.98, schedule=schedule)
    return Trainer(recipe, folder, [material], {"pairs": Bank([material], encoder)}, None, start)


class _Pairs:
    """The recipe of a packed set that holds people's pairs; each pair is a concept of its own."""

    side = SIDE
    transparent = False

    def __init__(self, pairs: Sequence[Pair], broken: list[tuple[str, str]]) -> None:
        self._pairs, self._broken = pairs, broken

    def __len__(self) -> int:
        return len(self._pairs)

    def fingerprint(self) -> str:
        digest = hashlib.sha256()
        for pair in self._pairs:
            digest.update(repr((pair.name, pair.captions)).encode("utf-8", "surrogateescape"))
        return digest.hexdigest()

    def draw(self, job: int) -> Drawn | None:
        pair = self._pairs[job]
        if not pair.captions:
            self._broken.append((pair.name, "it has no caption"))
            return None
        try:
            return Drawn(_squared(pair.picture()), job)
        except (SourceError, OSError, ValueError) as error:
            self._broken.append((pair.name, str(error)))
            return None

    def card(self) -> Card:
        captions = tuple(pair.captions or ("(no caption)",) for pair in self._pairs)
        return Card(("own",), captions, source="the user's own pairs", licence="the user's own")


def _squared(content: bytes) -> NDArray[np.uint8]:
    from PIL import Image, ImageOps

    with Image.open(io.BytesIO(content)) as opened:
        opened.draft("RGB", (2 * SIDE, 2 * SIDE))
        upright: Image.Image = ImageOps.exif_transpose(opened)
        small = _on_white(upright).resize((SIDE, SIDE), Image.Resampling.BICUBIC, reducing_gap=3.0)
    return np.asarray(small, dtype=np.uint8)


def _on_white(image: Image) -> Image:
    from PIL import Image

    if "A" not in image.getbands() and "transparency" not in image.info:
        return image.convert("RGB")
    cut_out = image.convert("RGBA")
    ground = Image.new("RGBA", cut_out.size, "white")
    return Image.alpha_composite(ground, cut_out).convert("RGB")


def _missing(pairs: Sequence[Pair], readable: Sequence[int]) -> list[tuple[str, str]]:
    """Of a set that was packed earlier: the pairs that are not in it."""
    there = set(readable)
    return [(pair.name, "it could not be read") for row, pair in enumerate(pairs) if row not in there]


def _picture_vectors(packed: PackedSet, encoder: SharedEncoder) -> NDArray[np.float32]:
    from PIL import Image

    parts = [
        encoder.encode_images([Image.fromarray(row) for row in packed.pixels[start : start + _BATCH]])
        for start in range(0, len(packed), _BATCH)
    ]
    return np.concatenate(parts) if parts else np.zeros((0, encoder.dimension), dtype=np.float32)
