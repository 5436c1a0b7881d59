"""Reads people's own pairs of pictures and captions, in the forms in which such data is usually kept.

A folder whose ``metadata.jsonl`` or ``metadata.csv`` names files and captions (Hugging Face's "imagefolder"), a folder
of pictures with a ``.txt`` beside each, a folder per class, WebDataset archives (``.tar``), parquet files.
"""

from __future__ import annotations

import csv
import json
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lucida.errors import UsageError
from lucida.lazy import require

PICTURES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".bmp", ".gif", ".tif", ".tiff"})
_CAPTIONS = ("caption", "text", "captions", "texts", "label", "class", "name")
_IMAGES = ("image", "picture", "jpg", "jpeg", "png", "webp", "bytes", "img")
_FILES = ("file_name", "filename", "file", "path", "image")
#: A member of an archive that is larger is no picture for training.
_MOST_BYTES = 64 * 2**20
_FORMS = (
    "Give a folder with metadata.jsonl or metadata.csv (file_name, caption), pictures with .txt files beside them, "
    "one folder per class, WebDataset .tar files, or parquet with an image and a caption column."
)


@dataclass(frozen=True, slots=True)
class Pair:
    """A picture and what is said of it.

    Attributes:
        name: where it stands, for reports.
        picture: reads the encoded bytes; raises ``OSError`` when that fails.
        captions: at least one; each says the whole.
    """

    name: str
    picture: Callable[[], bytes]
    captions: tuple[str, ...]


def read_pairs(place: Path) -> Iterator[Pair]:
    """All pairs of a folder or file, in a stable order. Pictures are read when they are asked for.

    Raises:
        UsageError: there is nothing there, or it has none of the known forms.
    """
    if not place.exists():
        raise UsageError(f"There is no {place}.", _FORMS)
    if place.is_file():
        files = [place]
    else:
        files = sorted(path for path in place.rglob("*") if path.suffix in {".tar", ".parquet"})
    if files and all(path.suffix == ".parquet" for path in files):
        return (pair for path in files for pair in _parquet(path))
    if files and all(path.suffix == ".tar" for path in files):
        return (pair for path in files for pair in _archive(path))
    if place.is_file():
        raise UsageError(f"{place} holds no pairs of pictures and captions in a known form.", _FORMS)
    return _folder(place)


def _folder(folder: Path) -> Iterator[Pair]:
    for name, read in (("metadata.jsonl", _json_lines), ("metadata.csv", _csv_rows)):
        if (folder / name).is_file():
            return _listed(folder, folder / name, read)
    pictures = sorted(path for path in folder.rglob("*") if path.suffix.lower() in PICTURES)
    if any(path.with_suffix(".txt").is_file() for path in pictures):
        return (
            Pair(str(path), path.read_bytes, _said(path.with_suffix(".txt").read_text("utf-8", "replace").splitlines()))
            for path in pictures
            if path.with_suffix(".txt").is_file()
        )
    classes = [path for path in pictures if path.parent != folder]
    if not classes:
        raise UsageError(f"{folder} holds no pairs of pictures and captions in a known form.", _FORMS)
    return (Pair(str(path), path.read_bytes, (path.parent.name.replace("_", " "),)) for path in classes)


def _listed(folder: Path, table: Path, read: Callable[[Path], Iterator[tuple[int, dict[str, Any]]]]) -> Iterator[Pair]:
    inside = folder.resolve()
    for number, row in read(table):
        file, caption = _first(row, _FILES), _first(row, _CAPTIONS)
        if not isinstance(file, str) or caption is None:
            raise UsageError(
                f"{table}, line {number} has no file name or no caption.", "Name them file_name and caption."
            )
        path = folder / file
        if not path.resolve().is_relative_to(inside):
            raise UsageError(f"{table}, line {number} points outside its folder: {file}.", "Keep the pictures inside.")
        yield Pair(str(path), path.read_bytes, _said(caption))


def _json_lines(table: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    with table.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except ValueError as error:
                raise UsageError(
                    f"{table}, line {number} is not JSON: {error}.", "Correct or delete the line."
                ) from error
            if not isinstance(row, dict):
                raise UsageError(f"{table}, line {number} is no object.", 'Write {"file_name": ..., "caption": ...}.')
            yield number, row


def _csv_rows(table: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    with table.open(encoding="utf-8-sig", newline="") as lines:
        for number, row in enumerate(csv.DictReader(lines), start=2):
            yield number, dict(row)


def _archive(path: Path) -> Iterator[Pair]:
    """WebDataset: members that share all but their extension belong together, and follow one another."""
    try:
        with tarfile.open(path) as tar:
            key, parts = "", dict[str, bytes]()
            for member in tar:
                if not member.isfile() or member.size > _MOST_BYTES:
                    continue
                stem, _, extension = member.name.rpartition("/")[2].partition(".")
                now = f"{member.name.rpartition('/')[0]}/{stem}"
                if now != key:
                    yield from _sample(path, key, parts)
                    key, parts = now, {}
                handle = tar.extractfile(member)
                parts["." + extension.lower()] = handle.read() if handle else b""
            yield from _sample(path, key, parts)
    except tarfile.TarError as error:
        raise UsageError(f"{path} is not a whole tar archive: {error}.", "Write it again.") from error


def _sample(archive: Path, key: str, parts: dict[str, bytes]) -> Iterator[Pair]:
    picture = next((content for extension, content in parts.items() if extension in PICTURES), None)
    caption: Any = parts.get(".txt", b"").decode("utf-8", "replace").splitlines() or None
    if caption is None and ".json" in parts:
        try:
            caption = _first(json.loads(parts[".json"]), _CAPTIONS)
        except (ValueError, AttributeError):
            caption = None
    if picture is not None and caption is not None:
        yield Pair(f"{archive}:{key.lstrip('/')}", lambda: picture, _said(caption))


def _parquet(path: Path) -> Iterator[Pair]:
    parquet = require("pyarrow.parquet", "read parquet files")
    try:
        file = parquet.ParquetFile(path)
    except (OSError, ValueError) as error:
        raise UsageError(f"{path} is not a parquet file: {error}.", "Write it again.") from error
    names = file.schema_arrow.names
    image = next((name for name in (*_IMAGES, *names) if name in names and _is_binary(file, name)), None)
    caption = next((name for name in _CAPTIONS if name in names), None)
    if image is None or caption is None:
        raise UsageError(
            f"{path} has no column of pictures or none of captions (it has: {', '.join(names)}).",
            "Name them image (bytes) and caption.",
        )
    start = 0
    for batch in file.iter_batches(batch_size=256, columns=[image, caption]):
        rows = batch.to_pydict()
        for number, (content, said) in enumerate(zip(rows[image], rows[caption], strict=True), start=start):
            encoded = content.get("bytes") if isinstance(content, dict) else content
            yield Pair(f"{path}:{number}", _giver(encoded), _said(said))
        start += batch.num_rows


def _giver(content: bytes | None) -> Callable[[], bytes]:
    def give() -> bytes:
        if content is None:
            raise OSError("there are no bytes")
        return content

    return give


def _is_binary(file: Any, name: str) -> bool:
    types = require("pyarrow.types", "read parquet files")
    kind = file.schema_arrow.field(name).type
    if types.is_struct(kind):
        return any(kind.field(i).name == "bytes" for i in range(kind.num_fields))
    return bool(types.is_binary(kind) or types.is_large_binary(kind))


def _first(row: dict[str, Any], names: tuple[str, ...]) -> Any:
    return next((row[name] for name in names if row.get(name) not in (None, "")), None)


def _said(captions: Any) -> tuple[str, ...]:
    given = captions if isinstance(captions, list) else [captions]
    return tuple(text for text in (" ".join(str(entry).split()) for entry in given) if text)
