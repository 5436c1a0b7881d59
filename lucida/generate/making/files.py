"""Files of a run: written whole or not at all, and still there after a power cut."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from lucida.errors import StorageFullError

TEMPORARY = ".tmp-"


@contextmanager
def refusals(folder: Path) -> Iterator[None]:
    """Turn refused writes into our own error.

    Raises:
        StorageFullError: the disk is full, a limit is reached, or writing is not allowed.
    """
    try:
        yield
    except OSError as error:
        raise StorageFullError(
            f"{folder} could not be written: {error.strerror or error}.",
            "Make room, then run the same command again; what was finished is kept and not done twice.",
        ) from error


def write_whole(folder: Path, files: Mapping[Path, bytes]) -> None:
    """Write files that appear together: all under temporary names, synced, then renamed, then their folders synced.

    Args:
        folder: of the run, for messages.
        files: content by path.

    Raises:
        StorageFullError: the disk refused; temporary files are gone.
    """
    waiting: list[tuple[Path, Path]] = []
    try:
        with refusals(folder):
            for path, content in files.items():
                path.parent.mkdir(parents=True, exist_ok=True)
                part = path.with_name(f"{TEMPORARY}{path.name}")
                waiting.append((part, path))
                with part.open("wb") as file:
                    file.write(content)
                    file.flush()
                    os.fsync(file.fileno())
            for part, path in waiting:
                part.replace(path)
            for parent in {path.parent for path in files}:
                sync_folder(parent)
    finally:
        for part, _ in waiting:
            with suppress(OSError):
                part.unlink()


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
