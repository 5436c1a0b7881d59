"""What every format is given: pictures with labels, splits and, where they are known, boxes."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lucida.types import Box


@dataclass(frozen=True, slots=True)
class Entry:
    """One picture of a dataset.

    Attributes:
        file: where it lies.
        name: its file name in the dataset, no other's.
        label: its class.
        split: "train", "validation", ...
        width_px, height_px: its size.
        boxes: (label, box) each, where the composition knows them; boxes in fractions of the picture.
        facts: further columns, plain JSON: where it comes from, its seed, its licence.
    """

    file: Path
    name: str
    label: str
    split: str
    width_px: int
    height_px: int
    boxes: tuple[tuple[str, Box], ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Collection:
    """A whole dataset: its classes in order, and its entries."""

    classes: tuple[str, ...]
    entries: tuple[Entry, ...]

    def splits(self) -> Iterator[tuple[str, list[Entry]]]:
        """Each split that has entries, in the order in which they first come."""
        for split in dict.fromkeys(entry.split for entry in self.entries):
            yield split, [entry for entry in self.entries if entry.split == split]

    def number(self, label: str) -> int:
        """The place of a class, from 0."""
        return self.classes.index(label)


def facts_of(entries: Iterable[Entry]) -> list[str]:
    """Names of all facts, in the order in which they first come."""
    return list(dict.fromkeys(name for entry in entries for name in entry.facts))


def place(entry: Entry, target: Path) -> None:
    """Put an entry's file somewhere: as a hard link, which takes no room, or as a copy on another disk."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with suppress(OSError):
        os.link(entry.file, target)
        return
    shutil.copyfile(entry.file, target)


def pixel_box(entry: Entry, box: Box) -> Sequence[float]:
    """A box as left, top, width and height in pixels."""
    left, top = box.x0 * entry.width_px, box.y0 * entry.height_px
    sides = left, top, box.x1 * entry.width_px - left, box.y1 * entry.height_px - top
    return [round(side, 2) for side in sides]
