"""Hugging Face parquet: ``data/<split>-00000-of-00001.parquet`` with the pictures inside, features in the schema.

``load_dataset`` reads the folder, and so does every parquet reader.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lucida.generate.formats.entry import Collection, Entry, facts_of
from lucida.lazy import require

#: Rows that are held in memory, and stand together in the file.
GROUP = 256
_PURPOSE = "write parquet"


def write(folder: Path, collection: Collection) -> None:
    """Write one file per split.

    Raises:
        DependencyError: pyarrow is not installed.
    """
    arrow, parquet = require("pyarrow", _PURPOSE), require("pyarrow.parquet", _PURPOSE)
    target = folder / "data"
    target.mkdir(parents=True, exist_ok=True)
    names = facts_of(collection.entries)
    schema = _schema(arrow, collection, names)
    for split, entries in collection.splits():
        with parquet.ParquetWriter(target / f"{split}-00000-of-00001.parquet", schema) as writer:
            for start in range(0, len(entries), GROUP):
                rows = [_row(entry, collection, names) for entry in entries[start : start + GROUP]]
                writer.write_table(arrow.Table.from_pylist(rows, schema=schema))


def _schema(arrow: Any, collection: Collection, names: Sequence[str]) -> Any:
    picture = arrow.struct([("bytes", arrow.binary()), ("path", arrow.string())])
    fields = [("image", picture), ("label", arrow.int64()), *((name, arrow.string()) for name in names)]
    boxed = any(entry.boxes for entry in collection.entries)
    fields += [("objects", arrow.string())] if boxed else []
    features: dict[str, Any] = {
        "image": {"_type": "Image"},
        "label": {"_type": "ClassLabel", "names": list(collection.classes)},
        **{name: {"_type": "Value", "dtype": "string"} for name, _ in fields[2:]},
    }
    return arrow.schema(fields, metadata={"huggingface": json.dumps({"info": {"features": features}})})


def _row(entry: Entry, collection: Collection, names: Sequence[str]) -> dict[str, Any]:
    row: dict[str, Any] = {
        "image": {"bytes": entry.file.read_bytes(), "path": entry.name},
        "label": collection.number(entry.label),
        **{name: _text(entry.facts.get(name)) for name in names},
    }
    if entry.boxes:
        row["objects"] = json.dumps([{"label": label, "box": list(box)} for label, box in entry.boxes])
    return row


def _text(value: Any) -> str | None:
    """A fact as a column of one type holds it."""
    return value if value is None or isinstance(value, str) else json.dumps(value, ensure_ascii=False)
