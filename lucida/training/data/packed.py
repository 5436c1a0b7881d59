"""Packed sets: drawn or decoded pictures as plain arrays in a folder, ready to be memory-mapped by a training loop.

A finished set is a folder of

- ``pixels.npy`` uint8 ``(n, side, side, 3)``, RGB; pictures with transparency are laid on white,
- ``alpha.npy`` uint8 ``(n, side, side)``, only where pictures have transparency (255 is opaque),
- ``concepts.npy`` int32 ``(n,)``, which entry of the card's ``concepts`` a picture shows,
- ``styles.npy`` int16 ``(n,)``, which entry of the card's ``styles`` it is drawn in,
- ``meta.json``, the card: what the numbers mean, where the pictures come from and on what terms.

``meta.json`` is written last and the folder is renamed into place, so a folder with a card is a finished one.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lucida.errors import DamagedSourceError, UsageError

VERSION = 1
CARD = "meta.json"


@dataclass(frozen=True, slots=True)
class Card:
    """What the numbers of a packed set mean.

    Attributes:
        styles: name of each style.
        concepts: per concept its captions, the best name first.
        source: where the pictures come from, one line per part.
        licence: on what terms, one line per part.
        seed: of the recipe.
        families: who drew each style, parallel to ``styles``: two styles of one family are not strangers, so a style
            is honestly held out only together with its family. Empty where a set has no such notion.
        names: per concept, how many of its leading captions are names; the others are looser keywords. Empty: all are.
        keys: per concept, its identifier in the source (an emoji's code points, a WordNet id). Empty: none.
        topics: per concept, the general words it falls under ("mammal", "animal"). Empty: none.
        marks: concepts that share a trait a measurement may want to leave out or tell apart.
        recipe: fingerprint of the recipe that made the set.
    """

    styles: tuple[str, ...]
    concepts: tuple[tuple[str, ...], ...]
    source: str
    licence: str
    seed: int = 0
    families: tuple[str, ...] = ()
    names: tuple[int, ...] = ()
    keys: tuple[str, ...] = ()
    topics: tuple[tuple[str, ...], ...] = ()
    marks: dict[str, tuple[int, ...]] = field(default_factory=dict)
    recipe: str = ""
    version: int = VERSION

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False, indent=0)

    @classmethod
    def from_json(cls, text: str) -> Card:
        """Read back what ``to_json`` wrote.

        Raises:
            DamagedSourceError: the text is no card.
            UsageError: a newer version wrote it.
        """
        try:
            given: dict[str, Any] = json.loads(text)
            version = int(given["version"])
        except (ValueError, KeyError, TypeError) as error:
            raise DamagedSourceError("The card of a packed set does not parse.", "Make the set again.") from error
        if version > VERSION:
            raise UsageError(f"The packed set is of version {version}.", "Update Lucida, or make the set again.")
        for name in ("styles", "families", "names", "keys"):
            given[name] = tuple(given.get(name, ()))
        for name in ("concepts", "topics"):
            given[name] = tuple(tuple(row) for row in given.get(name, ()))
        given["marks"] = {name: tuple(rows) for name, rows in given.get("marks", {}).items()}
        known = cls.__dataclass_fields__
        return cls(**{name: value for name, value in given.items() if name in known})


@dataclass(frozen=True, slots=True)
class PackedSet:
    """One finished set; the big arrays stay on disk and are mapped.

    Attributes:
        folder: where it lies.
        pixels: uint8 ``(n, side, side, 3)``, read-only map.
        alpha: uint8 ``(n, side, side)``, read-only map, or None where every picture is opaque.
        concepts: int32 ``(n,)``.
        styles: int16 ``(n,)``.
        card: what the numbers mean.
    """

    folder: Path
    pixels: NDArray[np.uint8]
    alpha: NDArray[np.uint8] | None
    concepts: NDArray[np.int32]
    styles: NDArray[np.int16]
    card: Card

    @classmethod
    def open(cls, folder: Path) -> PackedSet:
        """Map a finished set.

        Raises:
            UsageError: the folder holds no finished set.
            DamagedSourceError: a file of the set is missing or is no array.
        """
        if not (folder / CARD).is_file():
            raise UsageError(
                f"{folder} holds no finished packed set.", "Make it first; an interrupted one is continued."
            )
        card = Card.from_json((folder / CARD).read_text(encoding="utf-8"))
        try:
            return cls(
                folder,
                _map(folder / "pixels.npy"),
                _map(folder / "alpha.npy") if (folder / "alpha.npy").exists() else None,
                np.load(folder / "concepts.npy", allow_pickle=False),
                np.load(folder / "styles.npy", allow_pickle=False),
                card,
            )
        except (OSError, ValueError) as error:
            raise DamagedSourceError(
                f"The packed set {folder} is damaged: {error}.", "Delete it and make it again."
            ) from error

    def __len__(self) -> int:
        return len(self.concepts)

    @property
    def side(self) -> int:
        """Width and height of every picture, pixels."""
        return int(self.pixels.shape[1])

    def captions(self, row: int) -> tuple[str, ...]:
        """What may be said of one picture, the best name first."""
        return self.card.concepts[int(self.concepts[row])]

    def verify(self) -> None:
        """Hold the arrays against each other and against the card.

        Raises:
            DamagedSourceError: they do not agree.
        """
        wrong = _disagreement(self)
        if wrong:
            raise DamagedSourceError(
                f"The packed set {self.folder} is damaged: {wrong}.", "Delete it and make it again."
            )


def lay_on(pixels: NDArray[np.uint8], alpha: NDArray[np.uint8], ground: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Put pictures that were laid on white on another ground.

    Laid on white, a pixel is ``a c + (1 - a) 255``; what it is on a ground ``g`` follows without knowing ``c``.

    Args:
        pixels: uint8 ``(..., h, w, 3)``, as in a packed set.
        alpha: uint8 ``(..., h, w)``, of the same pictures.
        ground: uint8, broadcastable to ``pixels``.
    """
    through = 255 - alpha[..., None].astype(np.int32)
    shifted = pixels.astype(np.int32) + through * (ground.astype(np.int32) - 255) // 255
    return np.clip(shifted, 0, 255).astype(np.uint8)


def _map(path: Path) -> NDArray[np.uint8]:
    array: NDArray[np.uint8] = np.load(path, mmap_mode="r", allow_pickle=False)
    return array


def _disagreement(packed: PackedSet) -> str:
    """The first thing that is wrong, or an empty string."""
    n, card = len(packed.concepts), packed.card
    if packed.pixels.dtype != np.uint8 or packed.pixels.ndim != 4 or packed.pixels.shape[3] != 3:
        return f"pixels are {packed.pixels.dtype} {packed.pixels.shape}"
    if len(packed.pixels) != n or len(packed.styles) != n:
        return f"{len(packed.pixels)} pictures, {n} concepts and {len(packed.styles)} styles"
    if packed.alpha is not None and packed.alpha.shape != packed.pixels.shape[:3]:
        return f"alpha is {packed.alpha.shape}"
    for what, numbers, names in (("concept", packed.concepts, card.concepts), ("style", packed.styles, card.styles)):
        if n and (int(numbers.min()) < 0 or int(numbers.max()) >= len(names)):
            return f"a {what} is out of range"
    if any(not captions or not all(captions) for captions in card.concepts):
        return "a concept has no caption"
    for what, rows in (("families", card.families), ("styles", card.styles)):
        if rows and len(rows) != len(card.styles):
            return f"{len(rows)} {what} for {len(card.styles)} styles"
    for what, size in (("names", len(card.names)), ("keys", len(card.keys)), ("topics", len(card.topics))):
        if size and size != len(card.concepts):
            return f"{size} {what} for {len(card.concepts)} concepts"
    return ""
