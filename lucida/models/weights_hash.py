"""SHA-256 of weights files, taken once per file: hashing hundreds of megabytes takes longer than answering a query."""

from __future__ import annotations

import hashlib
import json
import logging
import os
from typing import TYPE_CHECKING

from lucida.errors import ModelError
from lucida.models.cache import cache_folder, replacing

if TYPE_CHECKING:
    from pathlib import Path

_log = logging.getLogger(__name__)


def sha256_of(path: Path) -> str:
    """Hash a file, or recall its hash if path, size and modification time are those of the last time.

    Raises:
        ModelError: the file cannot be read.
    """
    try:
        state = path.stat()
        stamp: list[str | int] = [os.fspath(path.absolute()), state.st_size, state.st_mtime_ns]
        memo = cache_folder() / f"sha256-{hashlib.sha256(os.fsencode(path.absolute())).hexdigest()[:16]}.json"
        known = _recalled(memo, stamp)
        if known:
            return known
        with path.open("rb") as stream:
            found = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise ModelError(
            f"The model file {path} cannot be read: {error.strerror or error}.", "Install or download the model again."
        ) from error
    _remember(memo, stamp, found)
    return found


def _recalled(memo: Path, stamp: list[str | int]) -> str | None:
    try:
        known = json.loads(memo.read_text(encoding="utf-8"))
        return str(known["sha256"]) if known["stamp"] == stamp else None
    except (OSError, ValueError, TypeError, KeyError):
        return None


def _remember(memo: Path, stamp: list[str | int], sha256: str) -> None:
    try:
        with replacing(memo) as part:
            part.write_text(json.dumps({"stamp": stamp, "sha256": sha256}), encoding="utf-8")
    except ModelError as error:
        _log.debug("the hash of %s is not remembered: %s", stamp[0], error)
