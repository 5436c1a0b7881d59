"""Photographs with labels: folders of parquet files with encoded pictures, as packed sets at one size.

Three ways of labelling are read: WordNet ids with a table of class names (ImageNet's kin), a coarse label with the
finer noun of the original search (CIFAR-100's), and a label alone (Caltech-101's).
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from lucida.errors import UsageError
from lucida.lazy import require
from lucida.training.data.nouns import Nouns, unlike
from lucida.training.data.packed import Card
from lucida.training.data.packing import Drawn


@dataclass(frozen=True, slots=True)
class Description:
    """What is said of all pictures with the same labels.

    Attributes:
        captions: the best name first.
        names: how many of the captions are names of the thing itself; the others are true and looser.
        topics: general words it falls under.
    """

    captions: tuple[str, ...]
    names: int
    topics: tuple[str, ...] = ()


class Photographs:
    """Recipe: every picture of some parquet files, its shorter side scaled to ``side`` and its middle cut out.

    Args:
        files: parquet files with the label columns and a column ``webp`` of encoded pictures (any format that Pillow
            reads).
        columns: names of the label columns.
        describe: what to say of pictures with given labels; pictures of which the same is said are one concept.
        side: width and height, pixels.
        source, licence: for the card.

    Raises:
        UsageError: there are no files, or they lack a column.
    """

    transparent = False

    def __init__(
        self,
        files: Sequence[Path],
        columns: Sequence[str],
        describe: Callable[[tuple[str, ...]], Description],
        *,
        side: int,
        source: str,
        licence: str,
    ) -> None:
        if not files:
            raise UsageError("There are no parquet files to read photographs from.", "Check the folder and the split.")
        self.side, self._files, self._source, self._licence = side, tuple(files), source, licence
        labels = [_labels(path, columns) for path in files]
        self._starts = np.cumsum([0, *map(len, labels)])
        every = [row for rows in labels for row in rows]
        said = {key: describe(key) for key in sorted(set(every))}
        first = {description: key for key, description in reversed(said.items())}
        number = {description: n for n, description in enumerate(dict.fromkeys(said.values()))}
        self._keys, self._descriptions = [first[description] for description in number], list(number)
        self._concepts = np.array([number[said[row]] for row in every], np.int32)

    def __len__(self) -> int:
        return len(self._concepts)

    def fingerprint(self) -> str:
        told = [path.name for path in self._files], [one.captions for one in self._descriptions]
        digest = hashlib.sha256(f"photographs 1 {self.side} {told}".encode())
        digest.update(self._concepts.tobytes())
        return digest.hexdigest()[:16]

    def draw(self, job: int) -> Drawn | None:
        file = int(np.searchsorted(self._starts, job, side="right")) - 1
        encoded = _pictures(self._files[file])[job - int(self._starts[file])].as_py()
        try:
            return Drawn(squared(encoded, self.side), int(self._concepts[job]))
        except (UnidentifiedImageError, OSError, ValueError):
            return None  # one damaged picture among a hundred thousand is left out

    def card(self) -> Card:
        return Card(
            styles=("photo",),
            concepts=tuple(one.captions for one in self._descriptions),
            source=self._source,
            licence=self._licence,
            names=tuple(one.names for one in self._descriptions),
            keys=tuple("/".join(key) for key in self._keys),
            topics=tuple(one.topics for one in self._descriptions),
        )


def photos_of_classes(folder: Path, nouns: Nouns, split: str = "train", side: int = 64) -> Photographs:
    """Pictures labelled by WordNet id (column ``wnid``); ``classes.tsv`` beside them gives the classes' own names."""
    told = _class_names(folder / "classes.tsv")

    def describe(key: tuple[str, ...]) -> Description:
        wnid = key[0]
        known = nouns.names(wnid) if wnid in nouns else ()
        names = unlike([*told.get(wnid, ()), *known]) or (wnid,)
        return Description(names, len(names), nouns.general_words(nouns[wnid]) if wnid in nouns else ())

    return Photographs(
        _split(folder, split),
        ["wnid"],
        describe,
        side=side,
        source="Tiny ImageNet (Stanford CS231n), a subset of ImageNet",
        licence="research use",
    )


def photos_of_searches(folder: Path, nouns: Nouns, split: str = "train", side: int = 32) -> Photographs:
    """Pictures with a coarse ``label`` and the finer noun ``name`` that they were once found by."""

    def describe(key: tuple[str, ...]) -> Description:
        label, fine = (part.replace("_", " ").strip().lower() for part in key)
        fine = fine if re.fullmatch(r"[a-z][a-z' -]*", fine) and not fine.startswith("manual") else label
        synset = nouns.find(fine, under=label)
        names = unlike([fine, *(synset.names if synset else ())])
        general = nouns.general_words(synset) if synset else ()
        captions = unlike([*names, label])
        known = {caption.lower() for caption in names}
        return Description(captions, len(names), tuple(word for word in unlike([label, *general]) if word not in known))

    return Photographs(
        _split(folder, split),
        ["label", "name"],
        describe,
        side=side,
        source="CIFAR-100 (Krizhevsky, 2009)",
        licence="research use",
    )


#: Labels of Caltech-101 that are no words for what is seen.
_OBJECTS = {
    "faces": ("a face", "a person's face", "a person"),
    "faces easy": ("a face", "a person's face", "a portrait"),
    "leopards": ("leopard",),
    "motorbikes": ("motorbike", "motorcycle"),
    "airplanes": ("airplane", "aeroplane", "plane"),
    "bass": ("bass", "fish"),
    "binocular": ("binoculars",),
    "buddha": ("statue of Buddha", "Buddha"),
    "car side": ("car", "car from the side", "automobile"),
    "cougar body": ("cougar", "puma"),
    "cougar face": ("cougar", "face of a cougar"),
    "crocodile head": ("crocodile", "head of a crocodile"),
    "flamingo head": ("flamingo", "head of a flamingo"),
    "garfield": ("Garfield", "cartoon cat"),
    "hawksbill": ("hawksbill turtle", "sea turtle"),
    "headphone": ("headphones",),
    "rhino": ("rhino", "rhinoceros"),
    "sea horse": ("seahorse",),
    "snoopy": ("Snoopy", "cartoon dog"),
    "water lilly": ("water lily",),
    "yin yang": ("yin and yang symbol", "yin yang"),
}


def photos_of_objects(folder: Path, nouns: Nouns, split: str = "train", side: int = 96) -> Photographs:
    """Pictures with a ``label`` alone."""

    def describe(key: tuple[str, ...]) -> Description:
        label = key[0].replace("_", " ").strip().lower()
        names = _OBJECTS.get(label, (label,))
        synset = nouns.find(names[0])
        if synset is not None and synset.names[0].lower() == label:
            names = unlike([*names, *synset.names])
        return Description(names, len(names), nouns.general_words(synset) if synset else ())

    return Photographs(
        _split(folder, split),
        ["label"],
        describe,
        side=side,
        source="Caltech-101 (Fei-Fei et al., 2004)",
        licence="CC BY 4.0",
    )


def squared(encoded: bytes, side: int) -> NDArray[np.uint8]:
    """Decode a picture, scale its shorter side to ``side`` and cut out the middle: uint8 ``(side, side, 3)``."""
    with Image.open(io.BytesIO(encoded)) as opened:
        image = opened.convert("RGB")
    if image.size == (side, side):
        return np.asarray(image)
    scale = side / min(image.size)
    size = max(side, round(image.width * scale)), max(side, round(image.height * scale))
    x, y = (size[0] - side) // 2, (size[1] - side) // 2
    return np.asarray(image.resize(size, Image.Resampling.BICUBIC).crop((x, y, x + side, y + side)))


def _split(folder: Path, split: str) -> list[Path]:
    if not folder.is_dir():
        raise UsageError(f"There is no folder {folder}.", "Give a folder of parquet files with labelled pictures.")
    return sorted(folder.glob(f"{split}-*.parquet"))


def _class_names(path: Path) -> dict[str, tuple[str, ...]]:
    """Lines of an id, a tab, and names separated by commas."""
    if not path.is_file():
        return {}
    rows = (line.split("\t", 1) for line in path.read_text(encoding="utf-8").splitlines() if "\t" in line)
    return {wnid: tuple(name.strip() for name in names.split(",")) for wnid, names in rows}


def _labels(path: Path, columns: Sequence[str]) -> list[tuple[str, ...]]:
    parquet = require("pyarrow.parquet", "read photographs")
    missing = {*columns, "webp"} - {*parquet.read_schema(path).names}
    if missing:
        raise UsageError(f"{path.name} has no column {', '.join(sorted(missing))}.", "Check which data set it is of.")
    table = parquet.read_table(path, columns=list(columns))
    return list(zip(*(map(str, table[name].to_pylist()) for name in columns), strict=True))


@lru_cache(maxsize=2)
def _pictures(path: Path) -> Any:
    """The column of encoded pictures of one file."""
    return require("pyarrow.parquet", "read photographs").read_table(path, columns=["webp"])["webp"]
