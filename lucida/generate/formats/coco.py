"""COCO: ``<split>/`` with the pictures, ``annotations/instances_<split>.json`` with the boxes.

Where a picture's boxes are known, they are its annotations. Where nobody knows them, it has none, and its class stands
with the picture as ``category_id``: a box around everything would teach detectors something false.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from lucida.generate.formats.entry import Collection, Entry, pixel_box, place


def write(folder: Path, collection: Collection) -> None:
    """Write pictures and annotations below a folder."""
    categories = [{"id": number, "name": name} for number, name in enumerate(collection.classes, start=1)]
    (folder / "annotations").mkdir(parents=True, exist_ok=True)
    for split, entries in collection.splits():
        images: list[dict[str, Any]] = []
        annotations: list[dict[str, Any]] = []
        for number, entry in enumerate(entries, start=1):
            place(entry, folder / split / entry.name)
            images.append(_image(number, entry, collection))
            for label, box in entry.boxes:
                left, top, width, height = pixel_box(entry, box)
                annotations.append({
                    "id": len(annotations) + 1,
                    "image_id": number,
                    "category_id": collection.number(label) + 1,
                    "bbox": [left, top, width, height],
                    "area": round(width * height, 2),
                    "iscrowd": 0,
                })  # fmt: skip
        document = {"images": images, "annotations": annotations, "categories": categories}
        path = folder / "annotations" / f"instances_{split}.json"
        path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")


def _image(number: int, entry: Entry, collection: Collection) -> dict[str, Any]:
    size = {"width": entry.width_px, "height": entry.height_px}
    label = {"category_id": collection.number(entry.label) + 1}
    return {"id": number, "file_name": entry.name, **size, **label, **entry.facts}
