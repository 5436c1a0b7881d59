"""Boxes that stand beside a picture in other people's forms: YOLO's text files and COCO's JSON."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from lucida.errors import SourceError
from lucida.types import Box

#: How far up from a picture COCO's files are looked for, and how large one may be.
_UP, _LARGEST = 2, 200_000_000
_NAME = re.compile(r"""^\s*(?:(\d+)\s*:|-)\s*["']?(.*?)["']?\s*$""")


def boxes_beside(picture: Path) -> tuple[tuple[str, Box], ...] | None:
    """The (label, box) pairs that a file beside a picture tells of; None where none does.

    Looked for are ``NAME.txt`` beside it or in ``labels/`` where it lies in ``images/`` (YOLO: class, middle and size
    in fractions), and COCO's JSON in its folder, the two above, and their ``annotations/``.

    Raises:
        SourceError: there is such a file, and it makes no sense.
    """
    for place in _yolo_places(picture):
        if place.is_file():
            return _yolo(place)
    for place in _coco_places(picture):
        found = _coco(place, place.stat().st_mtime_ns)
        if picture.name in found:
            return found[picture.name]
    return None


def _yolo_places(picture: Path) -> list[Path]:
    places = [picture.with_suffix(".txt")]
    parts = picture.parts
    if "images" in parts:
        at = len(parts) - 1 - parts[::-1].index("images")
        places.append(Path(*parts[:at], "labels", *parts[at + 1 :]).with_suffix(".txt"))
    return places


def _yolo(path: Path) -> tuple[tuple[str, Box], ...] | None:
    names, found = _class_names(path), []
    try:
        rows = [line.split() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
        if rows and not all(len(row) == 5 and row[0].isdigit() for row in rows):
            return None  # a text of another kind that happens to lie there
        for number, *edges in rows:
            x, y, width, height = map(float, edges)
            box = Box.from_px(x - width / 2, y - height / 2, x + width / 2, y + height / 2, 1.0, 1.0)
            found.append((names.get(int(number), number), box))
    except (OSError, ValueError) as error:
        raise SourceError(
            f"The boxes in {path.name} cannot be read: {error}.", "Write class, middle and size."
        ) from error
    return tuple(found)


def _class_names(labels: Path) -> dict[int, str]:
    """Names of classes from ``classes.txt`` or the list of ``names`` in ``data.yaml``, in the folders above."""
    for folder in labels.parents[: _UP + 2]:
        plain, described = folder / "classes.txt", folder / "data.yaml"
        if plain.is_file():
            return dict(enumerate(plain.read_text(encoding="utf-8").splitlines()))
        if described.is_file():
            return _yaml_names(described.read_text(encoding="utf-8"))
    return {}


def _yaml_names(text: str) -> dict[int, str]:
    """The names in one of the three ways in which ``data.yaml`` lists them: a flow list, a block list, a map."""
    _, _, rest = text.partition("names:")
    first, *lines = rest.splitlines() or [""]
    if "[" in first:
        inner = first.partition("[")[2].partition("]")[0]
        return {number: name.strip().strip("\"'") for number, name in enumerate(inner.split(","))}
    found: dict[int, str] = {}
    for line in lines:
        match = _NAME.match(line)
        if match is None:
            break
        found[int(match[1]) if match[1] else len(found)] = match[2]
    return found


def _coco_places(picture: Path) -> list[Path]:
    folders = [folder for above in picture.parents[: _UP + 1] for folder in (above, above / "annotations")]
    files = [file for folder in folders if folder.is_dir() for file in sorted(folder.glob("*.json"))]
    return [file for file in files if file.stat().st_size <= _LARGEST]


@lru_cache(maxsize=16)
def _coco(path: Path, _mtime_ns: int) -> dict[str, tuple[tuple[str, Box], ...]]:
    """Boxes by the name of the picture; empty where the JSON is of another kind."""
    try:
        document: Any = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(document, dict) or not {"images", "annotations", "categories"} <= set(document):
            return {}
        names = {row["id"]: str(row["name"]) for row in document["categories"]}
        images = {row["id"]: row for row in document["images"]}
        found: dict[str, list[tuple[str, Box]]] = {Path(row["file_name"]).name: [] for row in images.values()}
        for row in document["annotations"]:
            image = images[row["image_id"]]
            x, y, width, height = map(float, row["bbox"])
            box = Box.from_px(x, y, x + width, y + height, image["width"], image["height"])
            found[Path(image["file_name"]).name].append((names[row["category_id"]], box))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SourceError(
            f"The boxes in {path.name} cannot be read: {error!r}.", "Write them in COCO's form."
        ) from error
    return {name: tuple(boxes) for name, boxes in found.items()}
