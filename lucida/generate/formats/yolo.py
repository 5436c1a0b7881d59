"""YOLO: for detection where every picture's boxes are known, else for classification.

Detection has ``images/<split>/``, ``labels/<split>/*.txt`` (class, centre and size in fractions) and ``data.yaml``. An
empty file of labels says that there is nothing, so pictures whose boxes nobody knows must not be in it; for them there
is the layout of classification, ``<split>/<class>/``.
"""

from __future__ import annotations

import json
from pathlib import Path

from lucida.generate.formats.entry import Collection, place
from lucida.generate.formats.naming import folders


def write(folder: Path, collection: Collection) -> None:
    """Write the splits below a folder."""
    if collection.entries and all(entry.boxes for entry in collection.entries):
        _detection(folder, collection)
    else:
        _classification(folder, collection)


def _detection(folder: Path, collection: Collection) -> None:
    for split, entries in collection.splits():
        (folder / "labels" / split).mkdir(parents=True, exist_ok=True)
        for entry in entries:
            place(entry, folder / "images" / split / entry.name)
            lines = []
            for label, box in entry.boxes:
                middle = (box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2
                numbers = *middle, box.x1 - box.x0, box.y1 - box.y0
                lines.append(" ".join([str(collection.number(label)), *(f"{number:.6f}" for number in numbers)]))
            target = folder / "labels" / split / f"{Path(entry.name).stem}.txt"
            target.write_text("\n".join(lines) + "\n", encoding="utf-8")
    _describe(folder, collection)


def _describe(folder: Path, collection: Collection) -> None:
    # JSON strings are YAML strings, whatever a class is called.
    lines = ["path: ."]
    for split, _ in collection.splits():
        name = "val" if split == "validation" else split
        lines.append(f"{name}: {json.dumps(f'images/{split}')}")
    lines += ["names:", *(f"  {number}: {json.dumps(name)}" for number, name in enumerate(collection.classes))]
    (folder / "data.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _classification(folder: Path, collection: Collection) -> None:
    rooms = folders(collection.classes)
    for split, entries in collection.splits():
        name = "val" if split == "validation" else split
        for entry in entries:
            place(entry, folder / name / rooms[entry.label] / entry.name)
