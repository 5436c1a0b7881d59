"""A file of labels that grows line by line, and that a later run goes on with where this one ends."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from lucida.errors import StorageFullError, UsageError
from lucida.library.labelling import Labelled
from lucida.query.classify import Guess
from lucida.types import Failure
from lucida.types.paths import json_path

#: Lines between two moments at which all that is written is sure to be in the file.
_SYNC_EVERY = 200


class LabelFile:
    """JSON lines: first the labels and the encoder, then a picture each; files that failed are tried again next time.

    Args:
        path: where it is, or is to be.
        labels, fingerprint, none: what it must have been begun with.

    Raises:
        UsageError: it is no such file, or was begun with other labels or another encoder.
        StorageFullError: it cannot be written.
    """

    def __init__(self, path: Path, labels: Sequence[str], fingerprint: str, *, none: bool) -> None:
        self._path = path
        self._head = {"labels": list(labels), "encoder": fingerprint, "none": none}
        #: What earlier runs have labelled.
        self.earlier: list[Labelled] = []
        self._file: IO[str] | None = None
        self._pending = 0
        self._begin(self._read())

    @property
    def done(self) -> frozenset[str]:
        """Paths that need not be looked at again."""
        return frozenset(row.source for row in self.earlier)

    def write(self, row: Labelled | Failure) -> None:
        """Add one picture, or one that failed."""
        if isinstance(row, Failure):
            self._add({"source": json_path(row.source), "error": row.error, "advice": row.advice})
        else:
            self._add(row.to_json())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def _read(self) -> int:
        """Take in what is there; returns the length of its whole lines, in bytes."""
        try:
            content = self._path.read_bytes()
        except FileNotFoundError:
            return 0
        except OSError as error:
            raise UsageError(f"{self._path} cannot be read: {error.strerror}.", "Name another file.") from error
        whole = content.rfind(b"\n") + 1  # a line that a kill cut short is done again
        rows = [self._parsed(line) for line in content[:whole].splitlines()]
        if rows and rows[0] != self._head:
            raise UsageError(
                f"{self._path} was begun with other labels or another encoder.", "Name another file, or delete it."
            )
        self.earlier = [_labelled(row) for row in rows[1:] if "label" in row]
        return whole

    def _parsed(self, line: bytes) -> dict[str, Any]:
        try:
            row = json.loads(line)
        except ValueError:
            row = None
        if not isinstance(row, dict):
            raise UsageError(f"{self._path} holds something other than labels.", "Name another file.")
        return row

    def _begin(self, length: int) -> None:
        try:
            self._file = self._path.open("a", encoding="utf-8")
            os.truncate(self._path, length)
        except OSError as error:
            raise StorageFullError(
                f"{self._path} cannot be written: {error.strerror}.", "Name another place."
            ) from error
        if not length:
            self._add(self._head)

    def _add(self, row: dict[str, Any]) -> None:
        if self._file is None:
            return
        try:
            self._file.write(json.dumps(row, ensure_ascii=False) + "\n")
            self._pending += 1
            if self._pending >= _SYNC_EVERY:
                self._file.flush()
                self._pending = 0
        except OSError as error:
            raise StorageFullError(
                f"{self._path} cannot be written: {error.strerror}.", "Make room, then go on."
            ) from error


def _labelled(row: dict[str, Any]) -> Labelled:
    labels = tuple((entry["label"], entry["probability"]) for entry in row["labels"])
    return Labelled(row["source"], row["page"], Guess(row["label"], row["probability"], labels, row["none"]))
