"""WebDataset tars: members that share a name up to the first dot make one sample (``0001.jpg``, ``0001.cls``)."""

from __future__ import annotations

import json
import tarfile
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from lucida.errors import DamagedSourceError, UsageError
from lucida.query.evaluation.labelled import SUFFIXES, PictureSet, open_picture

if TYPE_CHECKING:
    from pathlib import Path

    from PIL.Image import Image

_WORDS = ("cls", "txt", "caption", "json")
#: A label or a caption is a line, not a file.
_MOST_BYTES = 100_000


class Sample(NamedTuple):
    """One sample: its picture in the tar, and the texts beside it by their endings."""

    picture: tarfile.TarInfo
    texts: dict[str, str]


def load_tar(path: Path) -> PictureSet:
    """Read labels and captions; pictures are read from the tar when they are asked for.

    Classes come from ``.cls``, else captions from ``.txt`` or from ``.json`` (``caption``, ``label``). Nothing is
    unpacked to disk, so names of members that point elsewhere do no harm.

    Raises:
        UsageError: no sample has both a picture and words.
        DamagedSourceError: the tar does not parse.
    """
    samples = read_samples(path)
    try:
        said = [_first_words(sample.texts) for sample in samples]
    except ValueError as error:
        raise DamagedSourceError(f"The tar {path} does not parse: {error}.", "Fetch the file again.") from error
    kept = [(sample.picture, words) for sample, words in zip(samples, said, strict=True) if words is not None]
    if not kept:
        raise UsageError(f"{path} holds no pictures with labels.", "Give each picture a .cls, .txt or .json beside it.")
    ids = tuple(dict.fromkeys(text for _, (_, text) in kept))
    place = {name: number for number, name in enumerate(ids)}
    labels = np.array([place[text] for _, (_, text) in kept], dtype=np.int64)
    members = [picture for picture, _ in kept]
    captioned = any(kind != "cls" for _, (kind, _) in kept)
    names = tuple((name.replace("_", " "),) for name in ids)
    return PictureSet(path.stem, ids, names, labels, lambda i: read_picture(path, members[i]), captioned)


def read_samples(path: Path) -> list[Sample]:
    """The samples of a tar that have a picture, in order.

    Raises:
        DamagedSourceError: the tar does not parse.
    """
    try:
        with tarfile.open(path) as tar:
            return _samples(tar)
    except (tarfile.TarError, OSError, ValueError) as error:
        raise DamagedSourceError(f"The tar {path} does not parse: {error}.", "Fetch the file again.") from error


def read_picture(path: Path, member: tarfile.TarInfo) -> Image:
    """A sample's picture, RGB.

    Raises:
        DamagedSourceError: it does not decode.
    """
    with path.open("rb") as file:
        file.seek(member.offset_data)
        return open_picture(file.read(member.size), f"{member.name} of {path}")


def _samples(tar: tarfile.TarFile) -> list[Sample]:
    pictures: dict[str, tarfile.TarInfo] = {}
    texts: dict[str, dict[str, str]] = defaultdict(dict)
    for member in tar:
        folder, slash, name = member.name.rpartition("/")
        stem, _, ending = name.partition(".")
        key, ending = folder + slash + stem, ending.lower()
        if not member.isfile():
            continue
        if f".{ending}" in SUFFIXES:
            pictures[key] = member
        elif ending in _WORDS and member.size <= _MOST_BYTES:
            file = tar.extractfile(member)
            texts[key][ending] = file.read().decode("utf-8").strip() if file else ""
    return [Sample(picture, texts[key]) for key, picture in pictures.items()]


def _first_words(texts: dict[str, str]) -> tuple[str, str] | None:
    """The best kind of words that a sample has, and the words."""
    for ending in _WORDS:
        if ending in texts and (text := _text(ending, texts[ending])):
            return ending, text
    return None


def _text(ending: str, text: str) -> str:
    if ending != "json":
        return text
    found = json.loads(text)
    value = next((found[name] for name in ("caption", "text", "label", "class") if found.get(name)), "")
    return str(value)
