"""Files that appear whole or not at all: written under a temporary name, synced, renamed, their folder synced."""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from lucida.errors import LibraryError, StorageFullError

#: Called with the name of every step that a crash could separate from the next. Tests put a killer here.
Checkpoint = Callable[[str], None]

TEMPORARY = ".tmp-"

_FORBIDDEN = (errno.EACCES, errno.EPERM, errno.EROFS)


def no_checkpoint(_step: str) -> None:
    """What production passes: nothing happens between steps."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A file that was written: its size in bytes and the hex digest of its content."""

    bytes: int
    sha256: str


def storage_full(folder: Path, why: str) -> StorageFullError:
    """The error for a disk that took no more."""
    return StorageFullError(
        f"The library {folder} could not be written: {why}.",
        "Free some space or lift the limit, then run the same command again; what was stored before is intact.",
    )


@contextmanager
def storage_errors(folder: Path) -> Iterator[None]:
    """Turn refused writes into our own errors.

    Raises:
        StorageFullError: disk full, quota or file size limit reached, medium failing.
        LibraryError: writing is not allowed, or the medium is read-only.
    """
    try:
        yield
    except OSError as error:
        if error.errno in _FORBIDDEN:
            raise LibraryError(
                f"The library {folder} may not be written: {error.strerror}.",
                "Check that you may write to it, or name another library with --library.",
            ) from error
        raise storage_full(folder, error.strerror or str(error)) from error


class DurableWriter:
    """Writes files into one library folder.

    Files are made durable in groups: every content is written and synced first, then all are renamed, then each folder
    is synced once. ``publish`` must be called before any row names the files.

    Args:
        folder: the library's, for messages.
        checkpoint: see ``Checkpoint``.
        kind: names the steps: "<kind>-written", "<kind>-synced", "<kind>-renamed", "<kind>-published".
    """

    def __init__(self, folder: Path, checkpoint: Checkpoint, kind: str) -> None:
        self._folder = folder
        self._checkpoint = checkpoint
        self._kind = kind
        self._waiting: list[tuple[Path, Path]] = []

    def write(self, path: Path, chunks: Callable[[Callable[[bytes], None]], None]) -> Stored:
        """Write one file under a temporary name beside ``path``.

        Args:
            path: where it will appear.
            chunks: is given a function that takes the next bytes, and calls it until all are handed over.

        Raises:
            StorageFullError: the disk refused; the temporary file is gone.
        """
        with storage_errors(self._folder):
            path.parent.mkdir(parents=True, exist_ok=True)
            temporary = path.with_name(f"{TEMPORARY}{secrets.token_hex(8)}")
            self._waiting.append((temporary, path))
            digest, size = hashlib.sha256(), 0
            with temporary.open("xb", buffering=1 << 20) as file:

                def take(chunk: bytes) -> None:
                    nonlocal size
                    file.write(chunk)
                    digest.update(chunk)
                    size += len(chunk)

                chunks(take)
            self._checkpoint(f"{self._kind}-written")
        return Stored(size, digest.hexdigest())

    def publish(self) -> None:
        """Sync and rename everything written so far."""
        with storage_errors(self._folder):
            for temporary, _ in self._waiting:
                _sync(temporary)
            self._checkpoint(f"{self._kind}-synced")
            for temporary, path in self._waiting:
                temporary.replace(path)
            self._checkpoint(f"{self._kind}-renamed")
            for parent in {path.parent for _, path in self._waiting}:
                _sync(parent)
                _sync(parent.parent)  # the folder itself may be new
        self._waiting.clear()
        self._checkpoint(f"{self._kind}-published")

    def discard(self) -> None:
        """Remove temporary files that were not published. Never fails: what stays is swept later."""
        for temporary, _ in self._waiting:
            with suppress(OSError):
                temporary.unlink()
        self._waiting.clear()


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def remove_files(paths: Iterable[Path]) -> int:
    """Remove files that no row names any more; returns how many went. A file that resists is swept later."""
    count = 0
    for path in paths:
        with suppress(OSError):
            path.unlink()
            count += 1
    return count


def unnamed(root: Path, names: set[str]) -> list[Path]:
    """Files below ``root`` whose name is not in ``names``: left by a crash, of no use to anybody."""
    return [Path(base) / file for base, _, files in os.walk(root) for file in files if file not in names]
