"""Previews of pictures as content-addressed files: ``blobs/<first two digits>/<sha256>``."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path

from lucida.index.storage import DurableWriter, remove_files, unnamed

BLOBS = "blobs"


class BlobStore:
    """The files; which of them are wanted is for the catalogue to say."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / BLOBS

    def path(self, sha256: str) -> Path:
        return self.root / sha256[:2] / sha256

    def write(self, writer: DurableWriter, blobs: Mapping[str, bytes]) -> None:
        """Write contents, keyed by their hex digest, through ``writer``. The caller publishes."""
        for sha256, content in blobs.items():
            writer.write(self.path(sha256), lambda take, content=content: take(content))  # type: ignore[misc]

    def read(self, sha256: str) -> bytes | None:
        """The content, or None where there is none."""
        if len(sha256) != 64 or not sha256.isalnum():
            return None
        try:
            return self.path(sha256).read_bytes()
        except FileNotFoundError:
            return None

    def remove(self, names: Iterable[str]) -> int:
        return remove_files(self.path(name) for name in names)

    def unnamed(self, names: set[str]) -> list[Path]:
        """Files that are in none of the rows."""
        return unnamed(self.root, names)

    def fault(self, sha256: str) -> str | None:
        """What is wrong with one blob, as a clause; None when nothing is."""
        content = self.read(sha256)
        if content is None:
            return "its file is missing"
        return None if hashlib.sha256(content).hexdigest() == sha256 else "its file is altered"
