"""Writes a dataset in formats by their names; each appears whole, or what was there before stays."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from importlib import import_module
from pathlib import Path

from lucida.errors import UsageError
from lucida.generate.formats.entry import Collection
from lucida.generate.making.files import TEMPORARY, refusals

FORMATS = ("imagefolder", "webdataset", "parquet", "coco", "yolo")


def check_formats(names: Iterable[str]) -> tuple[str, ...]:
    """The names, each once.

    Raises:
        UsageError: one is unknown.
    """
    found = tuple(dict.fromkeys(names))
    for name in found:
        if name not in FORMATS:
            raise UsageError(f"There is no format {name!r}.", f"Choose of: {', '.join(FORMATS)}.")
    return found


def write_formats(folder: Path, names: Iterable[str], collection: Collection) -> list[Path]:
    """Write a dataset below a folder, one subfolder per format.

    Returns:
        The subfolders.

    Raises:
        UsageError: a format is unknown.
        DependencyError: a package that a format needs is not installed.
        StorageFullError: the disk refused; formats that were whole before still are.
    """
    written = []
    for name in check_formats(names):
        write: Callable[[Path, Collection], None] = import_module(f"lucida.generate.formats.{name}").write
        target, part = folder / name, folder / f"{TEMPORARY}{name}"
        with refusals(folder):
            shutil.rmtree(part, ignore_errors=True)
            part.mkdir(parents=True)
            try:
                write(part, collection)
                shutil.rmtree(target, ignore_errors=True)
                part.rename(target)
            finally:
                shutil.rmtree(part, ignore_errors=True)
        written.append(target)
    return written
