"""Lines in a folder that say what is done: each on the disk before the next thing begins.

The first line says what was asked for. A line is written after the files that it names, so that a run that is killed,
however it is killed, goes on behind the last whole line: what stands there is done, and nothing else is.
"""

from __future__ import annotations

import fcntl
import io
import json
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from lucida.errors import UsageError
from lucida.generate.making.files import refusals, sync_folder


class Ledger:
    """A run's lines, open for writing. One process at a time has them.

    Args:
        folder: of the run; made if need be.
        name: of the file in it.
        version: of what its lines say.

    Attributes:
        head: the first line, None before ``begin``.
        rows: the lines after it, in order.

    Raises:
        UsageError: the folder holds other things, another run is at work in it, or the file is damaged or of another
            version.
        StorageFullError: it cannot be written.
    """

    def __init__(self, folder: Path, name: str, version: int) -> None:
        self.folder, self._name, self._version = folder, name, version
        self.head: dict[str, Any] | None = None
        self.rows: list[dict[str, Any]] = []
        if folder.exists() and not folder.is_dir():
            raise UsageError(f"{folder} is a file.", "Name a folder that is new or empty with --out.")
        path = folder / name
        if not path.exists() and folder.is_dir() and any(folder.iterdir()):
            raise UsageError(f"{folder} holds other things.", "Name a folder that is new or empty with --out.")
        with refusals(folder):
            folder.mkdir(parents=True, exist_ok=True)
            self._file: io.FileIO = io.FileIO(path, "a+")  # unbuffered: what was refused is not tried again later
        try:
            self._lock()
            self._read()
        except BaseException:
            self._file.close()
            raise

    def begin(self, head: Mapping[str, Any]) -> None:
        """Write the first line.

        Raises:
            StorageFullError: the disk refused.
        """
        self.head = {"kind": "order", "version": self._version, **head}
        self._append(self.head)
        with refusals(self.folder):
            sync_folder(self.folder)

    def add(self, row: Mapping[str, Any]) -> None:
        """Note something whose files are in place.

        Raises:
            StorageFullError: the disk refused; it is done again next time.
        """
        self._append(row)
        self.rows.append(dict(row))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def _lock(self) -> None:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise UsageError(
                f"Another run is at work in {self.folder}.", "Wait until it is done, or name another folder."
            ) from None

    def _read(self) -> None:
        self._file.seek(0)
        content = self._file.readall()
        whole = content.rfind(b"\n") + 1  # a line that a kill cut short is done again
        rows = [self._parsed(line) for line in content[:whole].splitlines()]
        with refusals(self.folder):
            os.ftruncate(self._file.fileno(), whole)
        if rows:
            head = rows[0]
            if head.get("kind") != "order" or head.get("version") != self._version:
                raise UsageError(
                    f"{self.folder / self._name} is of another version.", "Name another folder with --out."
                )
            self.head, self.rows = head, rows[1:]

    def _parsed(self, line: bytes) -> dict[str, Any]:
        try:
            row = json.loads(line)
        except ValueError:
            row = None
        if not isinstance(row, dict):
            raise UsageError(f"{self.folder / self._name} is damaged.", "Name another folder with --out.")
        return row

    def _append(self, row: Mapping[str, Any]) -> None:
        start = self._file.seek(0, os.SEEK_END)
        left = memoryview(json.dumps(row, ensure_ascii=False).encode() + b"\n")
        try:
            with refusals(self.folder):
                while left:
                    left = left[self._file.write(left) :]
                os.fsync(self._file.fileno())
        except BaseException:
            # What a full disk took of a line must not stand before the next one.
            with suppress(OSError):
                os.ftruncate(self._file.fileno(), start)
            raise
