"""Datasets that are to be judged: pictures with labels, their splits, and which of them a model drew.

Read are what ``lucida generate dataset`` writes (ImageFolder with metadata, Hugging Face parquet, WebDataset, or the
folder of a run that holds one of them) and whatever else ``labelled.load`` knows.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from lucida.errors import DamagedSourceError, UsageError
from lucida.query.evaluation.labelled import SUFFIXES, PictureSet, load, open_picture

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL.Image import Image

#: Parts that are for measuring, the first that is there is taken.
_EVALUATION = ("test", "validation", "valid", "val", "dev", "eval")
_SPLITS = frozenset({"train", "training", *_EVALUATION})
#: Forms that are read here, in the order in which a run's folder is looked through.
_FORMS = ("imagefolder", "parquet", "webdataset")


@dataclass(frozen=True, slots=True)
class _Row:
    """One picture before the set is put together."""

    names: tuple[str, ...]
    split: str
    generated: bool
    read: Callable[[], Image]


@dataclass(frozen=True, slots=True, eq=False)
class Dataset:
    """Labelled pictures.

    Attributes:
        pictures: with their classes.
        splits: of each picture, "" where the set is not divided.
        generated: bool (n,), whether a model drew it.
    """

    pictures: PictureSet
    splits: tuple[str, ...]
    generated: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.splits)

    def part(self, kept: NDArray[np.bool_]) -> Dataset:
        """Only the pictures that a mask of shape (n,) keeps."""
        rows = np.flatnonzero(kept)
        splits = tuple(self.splits[row] for row in rows)
        return Dataset(self.pictures.part(rows), splits, self.generated[rows])

    @property
    def evaluation_split(self) -> str | None:
        """The split that is there for measuring, None where there is none."""
        return next((split for split in _EVALUATION if split in self.splits), None)

    def in_split(self, split: str | None) -> NDArray[np.bool_]:
        """Mask of the pictures of a split; None for none of them."""
        return np.array([own == split for own in self.splits], dtype=bool)

    def numbered(self, classes: Sequence[tuple[str, ...]]) -> NDArray[np.int64]:
        """Each picture's class among others, the one that shares a name with its own; -1 where there is none."""
        places = {_plain(name): number for number, names in enumerate(classes) for name in reversed(names)}
        table = [
            next((places[_plain(name)] for name in names if _plain(name) in places), -1)
            for names in self.pictures.names
        ]
        found: NDArray[np.int64] = np.array(table, dtype=np.int64)[self.pictures.labels]
        return found


def read_dataset(path: Path, *, generated: bool) -> Dataset:
    """Read a labelled dataset.

    Args:
        path: a run's folder, one of its formats, or any other labelled set.
        generated: what pictures are of which nothing tells.

    Raises:
        UsageError: there is nothing that can be read so.
        DamagedSourceError: a file does not parse.
        DependencyError: it is parquet, and pyarrow is not installed.
    """
    if not path.exists():
        raise UsageError(f"{path} does not exist.", "Check the path of the dataset.")
    place = _inside(path)
    rows = [row for _, found in _forms(place, generated) for row in found]
    if not rows:
        rows = list(_rows_of(load(place), "", generated))
    return _put_together(path.name, rows)


def _inside(path: Path) -> Path:
    """The folder of a run holds formats; the first that is read here is taken."""
    if not (path / "manifest.json").is_file():
        return path
    for form in _FORMS:
        if (path / form).is_dir():
            return path / form
    raise UsageError(
        f"{path} holds none of the forms {', '.join(_FORMS)}.",
        "Run lucida generate dataset again with --format imagefolder; nothing is drawn anew.",
    )


def _forms(place: Path, generated: bool) -> Iterator[tuple[str, Iterator[_Row]]]:
    """The first form that lies there, with its rows; none for what ``labelled.load`` reads."""
    if not place.is_dir() or (place / "meta.json").is_file():
        return
    tables = sorted(place.glob("*.parquet")) or sorted(place.glob("data/*.parquet"))
    if listed := sorted(place.glob("*/metadata.jsonl")):
        yield "imagefolder", (row for file in listed for row in _listed(file, generated))
    elif tars := sorted(place.glob("*.tar")):
        yield "webdataset", (row for tar in tars for row in _packed(tar, _class_names(place), generated))
    elif tables:
        yield "parquet", (row for table in tables for row in _tabled(table, generated))
    elif splits := [folder for folder in sorted(place.iterdir()) if folder.name.lower() in _SPLITS]:
        yield "folders", (row for folder in splits for row in _rows_of(load(folder), folder.name.lower(), generated))


def _listed(file: Path, generated: bool) -> Iterator[_Row]:
    """A split of an ImageFolder: its ``metadata.jsonl`` names files, labels and origins."""
    split = file.parent.name.lower()
    for at, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            row = json.loads(line)
            path = file.parent / row["file_name"]
            label = str(row.get("label", path.parent.name))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise DamagedSourceError(
                f"{file}:{at} does not name a picture: {error!r}.", "Write the set anew."
            ) from error
        if path.suffix.lower() in SUFFIXES:
            drawn = _was_made(row, generated)
            yield _Row((label,), split, drawn, partial(open_picture, path, str(path)))


def _packed(tar: Path, names: Sequence[str], generated: bool) -> Iterator[_Row]:
    """A WebDataset shard: ``.json`` has label and origin, else ``.cls`` has the class or its number."""
    from lucida.query.evaluation.webdataset import read_picture, read_samples

    split, _, number = tar.stem.rpartition("-")
    for sample in read_samples(tar):
        try:
            facts: dict[str, Any] = json.loads(sample.texts.get("json") or "{}")
            said = str(facts.get("label") or sample.texts.get("cls") or "")
        except (ValueError, AttributeError) as error:
            raise DamagedSourceError(f"{tar} has facts that do not parse: {error}.", "Write the set anew.") from error
        if "label" not in facts and said.isdecimal() and int(said) < len(names):
            said = names[int(said)]
        if said:
            drawn = _was_made(facts, generated)
            named = split.lower() if number.isdecimal() else tar.stem.lower()
            yield _Row((said,), named, drawn, partial(read_picture, tar, sample.picture))


def _was_made(facts: Mapping[str, Any], generated: bool) -> bool:
    """Whether a picture was drawn, or made from another by rules; both are what a dataset adds to real ones."""
    return bool(facts.get("augmented")) or bool(facts.get("generated", generated))


def _class_names(place: Path) -> list[str]:
    file = place / "classes.txt"
    return file.read_text(encoding="utf-8").splitlines() if file.is_file() else []


def _tabled(file: Path, generated: bool) -> Iterator[_Row]:
    """A parquet file, whose name begins with its split; a fact that was written as text counts as what it says."""
    from lucida.query.evaluation.parquet import read_column, read_table

    labels, pictures = read_table([file])
    origins = read_column(file, "generated") or [None] * len(labels)
    augmented = read_column(file, "augmented") or [None] * len(labels)
    origins = [
        "true" if str(made).lower() == "true" else origin for made, origin in zip(augmented, origins, strict=True)
    ]
    split = file.stem.partition("-")[0].lower()
    for number, (label, picture, origin) in enumerate(zip(labels, pictures, origins, strict=True)):
        drawn = generated if origin is None else str(origin).lower() == "true"
        yield _Row((label,), split, drawn, partial(open_picture, picture, f"{number} of {file.name}"))


def _rows_of(pictures: PictureSet, split: str, generated: bool) -> Iterator[_Row]:
    for number, label in enumerate(pictures.labels.tolist()):
        yield _Row(pictures.names[label], split, generated, partial(pictures.read, number))


def _put_together(name: str, rows: Sequence[_Row]) -> Dataset:
    known = {row.names[0]: row.names for row in rows}
    ids = tuple(sorted(known))
    place = {label: number for number, label in enumerate(ids)}
    labels = np.array([place[row.names[0]] for row in rows], dtype=np.int64)
    pictures = PictureSet(name, ids, tuple(known[label] for label in ids), labels, lambda i: rows[i].read())
    return Dataset(pictures, tuple(row.split for row in rows), np.array([row.generated for row in rows], dtype=bool))


def _plain(name: str) -> str:
    return " ".join(name.replace("_", " ").replace("-", " ").casefold().split())
