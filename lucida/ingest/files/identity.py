"""What makes a file's content the same."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

#: Large enough for full speed, small enough that even a slow network drive yields one every few seconds.
_BLOCK_BYTES = 8 << 20


def sha256_of(path: Path, on_block: Callable[[], None] | None = None) -> str:
    """Hex SHA-256 of a file's bytes, streamed.

    Args:
        path: the file.
        on_block: told after each block of 8 MiB, as a sign of life.

    Raises:
        OSError: the file cannot be read.
    """
    digest = hashlib.sha256()
    with path.open("rb", buffering=0) as file:
        while block := file.read(_BLOCK_BYTES):
            digest.update(block)
            if on_block is not None:
                on_block()
    return digest.hexdigest()
