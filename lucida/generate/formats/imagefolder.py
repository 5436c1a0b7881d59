"""Hugging Face's ImageFolder: ``<split>/<class>/<name>`` with a ``metadata.jsonl`` per split.

``load_dataset("imagefolder", data_dir=...)`` reads it, and so does torchvision's ``ImageFolder`` per split.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from lucida.generate.formats.entry import Collection, Entry, place
from lucida.generate.formats.naming import folders


def write(folder: Path, collection: Collection) -> None:
    """Write the splits below a folder."""
    rooms = folders(collection.classes)
    for split, entries in collection.splits():
        lines = []
        for entry in entries:
            name = f"{rooms[entry.label]}/{entry.name}"
            place(entry, folder / split / name)
            lines.append(json.dumps(_row(entry, name), ensure_ascii=False))
        (folder / split / "metadata.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _row(entry: Entry, name: str) -> dict[str, Any]:
    row: dict[str, Any] = {"file_name": name, "label": entry.label, **entry.facts}
    if entry.boxes:
        row["objects"] = [{"label": label, "box": list(box)} for label, box in entry.boxes]
    return row
