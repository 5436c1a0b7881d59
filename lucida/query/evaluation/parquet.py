"""Labels and encoded pictures from parquet files."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from lucida.errors import DamagedSourceError, UsageError
from lucida.lazy import require

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

#: Columns that hold a picture's bytes and its class, the first that is there wins.
PICTURES = ("image", "webp", "jpg", "jpeg", "png", "bytes", "img")
LABELS = ("wnid", "label", "class", "fine_label", "labels", "name")


def read_table(files: Sequence[Path]) -> tuple[list[str], list[bytes]]:
    """Every row's class and its picture's bytes.

    A class is a string column, or whole numbers, which are named by the file's own notes where a Hugging Face data set
    left any. A picture is a binary column, or a struct with ``bytes``.

    Raises:
        UsageError: a file lacks such columns.
        DamagedSourceError: a file does not parse.
        DependencyError: pyarrow is not installed.
    """
    parquet: Any = require("pyarrow.parquet", "read parquet files")
    labels: list[str] = []
    pictures: list[bytes] = []
    for file in files:
        try:
            schema = parquet.read_schema(file)
            picture, label = _column(schema.names, PICTURES, file), _column(schema.names, LABELS, file)
            table = parquet.read_table(file, columns=[picture, label])
        except (OSError, ValueError) as error:  # pyarrow's own errors derive from these
            raise DamagedSourceError(f"{file} does not parse: {error}.", "Fetch the file again.") from error
        known = _class_names(schema, label)
        labels += [known.get(value, str(value)) for value in table.column(label).to_pylist()]
        pictures += [_bytes(value, file) for value in table.column(picture).to_pylist()]
    return labels, pictures


def read_column(file: Path, name: str) -> list[Any] | None:
    """One column as plain values, None where the file has none of that name.

    Raises:
        DamagedSourceError: the file does not parse.
        DependencyError: pyarrow is not installed.
    """
    parquet: Any = require("pyarrow.parquet", "read parquet files")
    try:
        if name not in parquet.read_schema(file).names:
            return None
        values: list[Any] = parquet.read_table(file, columns=[name]).column(name).to_pylist()
    except (OSError, ValueError) as error:
        raise DamagedSourceError(f"{file} does not parse: {error}.", "Fetch the file again.") from error
    return values


def _column(names: Sequence[str], wanted: Sequence[str], file: Path) -> str:
    found = next((name for name in wanted if name in names), None)
    if found is None:
        raise UsageError(
            f"{file} has none of the columns {', '.join(wanted)}.", f"It has: {', '.join(names)}; rename one of them."
        )
    return found


def _class_names(schema: Any, label: str) -> dict[object, str]:
    """Names of numbered classes, as Hugging Face ``datasets`` leaves them in a file's metadata."""
    try:
        notes = json.loads((schema.metadata or {})[b"huggingface"])
        return dict(enumerate(notes["info"]["features"][label]["names"]))
    except (KeyError, ValueError, TypeError):
        return {}


def _bytes(value: object, file: Path) -> bytes:
    found = value.get("bytes") if isinstance(value, dict) else value
    if not isinstance(found, bytes):
        raise DamagedSourceError(f"{file} has a row without a picture.", "Take it out of the set.")
    return found
