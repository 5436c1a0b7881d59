"""The manifest: everything that a run did, in one JSON file from which it can be done again."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from lucida.errors import UsageError
from lucida.generate.making.files import write_whole
from lucida.generate.making.job import shortfalls, tallies
from lucida.generate.making.order import Order

NAME = "manifest.json"
VERSION = 1


@dataclass(frozen=True, slots=True, eq=False)
class Manifest:
    """What was made.

    Attributes:
        made_by: version of Lucida.
        order: what was ordered.
        draws: each drawing with its condition, settings and samples, as the journal has it.
        real: real examples in the dataset, plain JSON.
        splits: split of each picture of the dataset, by its path.
        orphans: paths of samples of which a parent is gone.
        notes: what people should know.
        augmented: pictures made from real examples by rules, plain JSON; ``of`` is the example's path.
    """

    made_by: str
    order: Order
    draws: Sequence[Mapping[str, Any]]
    real: Sequence[Mapping[str, Any]] = ()
    splits: Mapping[str, str] = field(default_factory=dict)
    orphans: Sequence[str] = ()
    notes: Sequence[str] = ()
    augmented: Sequence[Mapping[str, Any]] = ()

    def samples(self) -> list[dict[str, Any]]:
        """Every sample: path, label, seed, accepted, reasons, parents; and its split, where it has one."""
        splits, orphans = dict(self.splits), set(self.orphans)
        rows = []
        for draw in self.draws:
            for sample in draw["samples"]:
                row = {key: sample[key] for key in ("path", "seed", "accepted", "reasons", "scores")}
                row |= {"label": draw["label"], "parents": draw["parents"]}
                row |= {"split": splits[sample["path"]]} if sample["path"] in splits else {}
                rows.append(row | ({"orphaned": True} if sample["path"] in orphans else {}))
        return rows

    def seconds(self) -> dict[str, float]:
        """What drawing, gates and writing took in all."""
        parts = ("drawing", "gates", "writing")
        return {part: round(sum(draw["seconds"][part] for draw in self.draws), 3) for part in parts}

    def shortfalls(self) -> list[str]:
        """A sentence for each class that did not get what it wants."""
        return shortfalls(self.order, tallies(self.order, [dict(draw) for draw in self.draws]))

    def to_json(self) -> dict[str, Any]:
        return {
            "version": VERSION,
            "lucida": self.made_by,
            "order": self.order.to_json(),
            "samples": self.samples(),
            "real": [dict(row) for row in self.real],
            "augmented": [dict(row) for row in self.augmented],
            "seconds": self.seconds(),
            "shortfalls": self.shortfalls(),
            "notes": list(self.notes),
            "splits": dict(self.splits),
            "orphans": list(self.orphans),
            "draws": [dict(draw) for draw in self.draws],
        }

    def write(self, folder: Path) -> Path:
        """Write it into the run's folder.

        Raises:
            StorageFullError: the disk refused; an earlier manifest stays.
        """
        path = folder / NAME
        content = json.dumps(self.to_json(), ensure_ascii=False, indent=1).encode() + b"\n"
        write_whole(folder, {path: content})
        return path

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a manifest, or the one in a folder.

        Raises:
            UsageError: there is none, it is no manifest, or of a newer Lucida.
        """
        path = path / NAME if path.is_dir() else path
        try:
            document = json.loads(path.read_text(encoding="utf-8"))
            version = document["version"]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise UsageError(
                f"{path} is no manifest of generated pictures.", "Name the manifest.json that a run wrote."
            ) from error
        if version != VERSION:
            raise UsageError(f"{path} is of version {version}, which this Lucida does not know.", "Upgrade Lucida.")
        order = Order.from_json(document["order"])
        lists = {key: document[key] for key in ("draws", "real", "splits", "orphans", "notes")}
        return cls(document["lucida"], order, **lists, augmented=document.get("augmented", ()))
