"""Pictures with labels or captions, read from the usual forms: parquet, a folder per class, WebDataset, packed arrays.

Nothing is decoded before it is asked for, and no form needs more than the bytes of its pictures in memory.
"""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from lucida.errors import DamagedSourceError, UsageError
from lucida.query.evaluation.parquet import read_table

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray
    from PIL.Image import Image

SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".bmp", ".gif", ".tif", ".tiff"})


@dataclass(frozen=True, slots=True)
class PictureSet:
    """Pictures, each of one class (or concept).

    Attributes:
        name: what to call the set in a report.
        ids: of the classes.
        names: what each class is called, the best name first; all are taken for its prompts.
        labels: int64 (n,), the class of each picture.
        read: gives picture number i, RGB.
        captioned: classes are captions of single things, asked for one by one, rather than labels to choose from.
        leading: how many of each class's names are names proper; the others are looser keywords.
    """

    name: str
    ids: tuple[str, ...]
    names: tuple[tuple[str, ...], ...]
    labels: NDArray[np.int64]
    read: Callable[[int], Image]
    captioned: bool = False
    leading: tuple[int, ...] = ()

    def __len__(self) -> int:
        return len(self.labels)

    def first(self, count: int, *, seed: int = 0) -> PictureSet:
        """A random part of so many pictures, in their own order; the whole set where it is no larger."""
        if len(self) <= count:
            return self
        rows = np.sort(np.random.default_rng(seed).choice(len(self), count, replace=False))
        return self.part(rows)

    def part(self, rows: NDArray[np.integer]) -> PictureSet:
        """Only these pictures."""
        read = self.read
        return PictureSet(
            self.name,
            self.ids,
            self.names,
            self.labels[rows],
            lambda i: read(int(rows[i])),
            self.captioned,
            self.leading,
        )


def load(
    path: Path,
    *,
    split: str | None = None,
    style: str | None = None,
    without: Sequence[str] = (),
    only: str | None = None,
) -> PictureSet:
    """Read whatever form lies at ``path``.

    Args:
        path: a packed set's folder, a folder of parquet files or one of them, a WebDataset tar, or a folder with one
            folder of pictures per class.
        split: beginning of the parquet files' names, e.g. "val"; by default "val" or "test" where there is such a
            file, else all.
        style, without, only: see ``load_packed``.

    Raises:
        UsageError: nothing there that can be read so.
        DamagedSourceError: a file does not parse.
    """
    if not path.exists():
        raise UsageError(f"{path} does not exist.", "Check the path after --data.")
    if (path / "meta.json").is_file():
        from lucida.query.evaluation.packed import load_packed

        return load_packed(path, style, without, only)
    if path.suffix == ".tar":
        from lucida.query.evaluation.webdataset import load_tar

        return load_tar(path)
    if path.suffix == ".parquet" or (path.is_dir() and any(path.glob("*.parquet"))):
        return _load_parquet(path, split)
    return _load_folders(path)


def open_picture(data: bytes | Path, where: str) -> Image:
    """Decode one picture to RGB; transparency is laid on white.

    Raises:
        DamagedSourceError: it does not decode.
    """
    from PIL import Image, ImageOps

    try:
        with Image.open(io.BytesIO(data) if isinstance(data, bytes) else data) as picture:
            upright = ImageOps.exif_transpose(picture)
            if not upright.has_transparency_data:
                return upright.convert("RGB")
            ground = Image.new("RGBA", upright.size, "white")
            return Image.alpha_composite(ground, upright.convert("RGBA")).convert("RGB")
    except (OSError, ValueError, SyntaxError) as error:
        raise DamagedSourceError(f"The picture {where} does not decode: {error}.", "Take it out of the set.") from error


def _load_folders(path: Path) -> PictureSet:
    """One folder per class, its name the class's (underscores for spaces)."""
    folders = sorted(entry for entry in path.iterdir() if entry.is_dir()) if path.is_dir() else []
    files = [[file for file in sorted(entry.rglob("*")) if file.suffix.lower() in SUFFIXES] for entry in folders]
    kept = [(entry, found) for entry, found in zip(folders, files, strict=True) if found]
    if not kept:
        raise UsageError(
            f"{path} holds no labelled pictures.",
            "Give a folder with a folder of pictures per class, parquet files, a WebDataset tar or a packed set.",
        )
    flat = [file for _, found in kept for file in found]
    labels = np.repeat(np.arange(len(kept)), [len(found) for _, found in kept]).astype(np.int64)
    ids = tuple(entry.name for entry, _ in kept)
    names = _names_of(ids, path / "classes.tsv")
    return PictureSet(path.name, ids, names, labels, lambda i: open_picture(flat[i], str(flat[i])))


def _load_parquet(path: Path, split: str | None) -> PictureSet:
    files = [path] if path.is_file() else _of_split(sorted(path.glob("*.parquet")), split)
    labels, pictures = read_table(files)
    ids = tuple(sorted(set(labels)))
    place = {name: number for number, name in enumerate(ids)}
    folder = path.parent if path.is_file() else path
    numbers = np.array([place[label] for label in labels], dtype=np.int64)
    name = f"{folder.name}/{files[0].stem}" if len(files) == 1 else folder.name
    names = _names_of(ids, folder / "classes.tsv")
    return PictureSet(name, ids, names, numbers, lambda i: open_picture(pictures[i], f"{i} of {name}"))


def _of_split(files: Sequence[Path], split: str | None) -> list[Path]:
    for beginning in [split] if split else ["val", "test"]:
        found = [file for file in files if file.name.startswith(beginning)]
        if found:
            return found
    if split:
        raise UsageError(
            f"No parquet file begins with {split!r}.", f"There are: {', '.join(file.name for file in files[:6])}."
        )
    return list(files)


def _names_of(ids: Sequence[str], table: Path) -> tuple[tuple[str, ...], ...]:
    """What classes are called: by ``classes.tsv`` (``id<TAB>name, name``) where there is one, else by their ids."""
    known: dict[str, tuple[str, ...]] = {}
    if table.is_file():
        for at, line in enumerate(table.read_text(encoding="utf-8").splitlines(), start=1):
            name, tab, words = line.partition("\t")
            called = tuple(word.strip() for word in words.split(",") if word.strip())
            if line.strip() and not (tab and called):
                raise UsageError(
                    f"{table}:{at} is not an id, a tab and names.", "Write lines such as: cat<TAB>cat, puss."
                )
            known[name] = called
    return tuple(known.get(name) or (name.replace("_", " ").replace("-", " ").strip(),) for name in ids)


def read_json(path: Path) -> dict[str, Any]:
    """A JSON object from a file.

    Raises:
        DamagedSourceError: it is none.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DamagedSourceError(f"{path} does not parse: {error}.", "Make the set again.") from error
    if not isinstance(found, dict):
        raise DamagedSourceError(f"{path} holds no JSON object.", "Make the set again.")
    return found
