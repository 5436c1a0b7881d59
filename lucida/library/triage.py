"""Decides, before a file is read, whether it has to be: unchanged, touched, moved, or new."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from lucida.index import FileState, Index
from lucida.ingest.files.identity import sha256_of
from lucida.ingest.files.walk import FoundFile


class Verdict(StrEnum):
    """What to do with a file that was found."""

    UNCHANGED = "unchanged"  # same size and time, or the same bytes under a new time
    MOVED = "moved"  # the bytes of a source whose own path is gone
    READ = "read"


@dataclass(frozen=True, slots=True)
class _Known:
    source_id: int
    state: FileState
    failed: bool


class Triage:
    """Compares found files with the catalogue: size and time first, then SHA-256, only where it can decide something.

    A file is hashed here only if its path is known with other size or time, or if its size equals that of a source
    that has vanished. Everything else is either skipped without opening it, or hashed by the worker that reads it.
    """

    def __init__(self, index: Index, *, retry_failed: bool) -> None:
        self._index = index
        self._retry_failed = retry_failed
        self._known = {path: _Known(*entry) for path, entry in index.file_states().items()}
        self._by_size: dict[int, list[str]] = defaultdict(list)
        for path, known in self._known.items():
            self._by_size[known.state.size].append(path)

    def judge(self, file: FoundFile) -> Verdict:
        """Decide about one file; records new times and paths in the catalogue where only those changed."""
        known = self._known.get(file.path)
        if known is None:
            return self._judge_new(file)
        if known.failed and self._retry_failed:
            return Verdict.READ
        if (known.state.size, known.state.mtime_ns) == (file.size, file.mtime_ns):
            return Verdict.UNCHANGED
        if known.failed or known.state.size != file.size or not known.state.sha256:
            return Verdict.READ
        digest = _digest(file)
        if digest != known.state.sha256:
            return Verdict.READ
        self._index.touch(known.source_id, FileState(file.path, file.size, file.mtime_ns, digest))
        return Verdict.UNCHANGED

    def _judge_new(self, file: FoundFile) -> Verdict:
        vanished = [path for path in self._by_size[file.size] if self._is_gone(path)]
        digest = _digest(file) if vanished else ""
        for path in vanished:
            known = self._known[path]
            if digest and known.state.sha256 == digest and not known.failed:
                state = FileState(file.path, file.size, file.mtime_ns, digest)
                self._index.move(known.source_id, state)
                self._by_size[file.size].remove(path)
                self._known[file.path] = _Known(known.source_id, state, failed=False)
                del self._known[path]
                return Verdict.MOVED
        return Verdict.READ

    def _is_gone(self, path: str) -> bool:
        return not os.path.lexists(path)

    def vanished_below(self, roots: list[Path]) -> Iterator[int]:
        """Ids of sources below the roots whose files are no more.

        A root that is itself gone says nothing: more likely its drive is unplugged than all its files deleted.
        """
        roots = [root for root in roots if root.is_dir()]
        for path, known in self._known.items():
            if any(Path(path).is_relative_to(root) for root in roots) and self._is_gone(path):
                yield known.source_id


def _digest(file: FoundFile) -> str:
    """The file's SHA-256, or nothing where it cannot be read: the reader will say why."""
    try:
        return sha256_of(Path(file.path))
    except OSError:
        return ""
