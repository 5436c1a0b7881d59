"""Find files below folders: sorted, with ignore rules, through links but never in circles."""

from __future__ import annotations

import logging
import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lucida.ingest.ignoring import Rules, builtin_rules, rules_in
from lucida.types import Failure
from lucida.types.paths import printable

if TYPE_CHECKING:
    from collections.abc import Iterable

_log = logging.getLogger(__name__)

#: Endings of what people keep in folders. Others are passed over in silence, unless the file is named outright.
READABLE_DOCUMENTS = ".pdf .xps .oxps .epub .mobi .azw3 .fb2 .cbz .svg .docx .xlsx .pptx"
READABLE_TEXTS = ".txt .text .log .html .htm .xhtml .md .markdown"
READABLE_PICTURES = ".jpg .jpeg .jpe .jfif .png .webp .gif .bmp .dib .tif .tiff .avif .heic .heif .hif"
READABLE_SUFFIXES = frozenset(f"{READABLE_DOCUMENTS} {READABLE_TEXTS} {READABLE_PICTURES}".split())


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A regular file.

    Attributes:
        path: absolute, as ``os.fsdecode`` gives it: names that are not UTF-8 carry surrogate escapes.
        size: bytes.
        mtime_ns: modification time, nanoseconds since the epoch.
    """

    path: str
    size: int
    mtime_ns: int


def walk(
    roots: Sequence[Path], ignore: Sequence[str] = (), *, exclude: Path | None = None
) -> Iterator[FoundFile | Failure]:
    """Yield every readable file at or below the roots, folders in sorted order, each file once.

    Below a folder, hidden files, the built-in rules, ``.gitignore`` and ``.lucidaignore`` files and ``ignore`` apply,
    and only endings that we read count. A file that is named as a root is always yielded.

    Args:
        roots: files and folders.
        ignore: further patterns in gitignore's syntax, relative to each root.
        exclude: a folder that is passed over wherever it lies: the library's own.

    Yields:
        Files, and a ``Failure`` for each root or folder that cannot be entered.
    """
    seen_files: set[tuple[int, int]] = set()
    seen_folders: set[tuple[int, int]] = set()
    excluded = _identity(exclude) if exclude else None
    if excluded:
        seen_folders.add(excluded)
    for root in roots:
        path = os.path.abspath(os.fspath(root))  # noqa: PTH100 - Path would not keep a name that is not UTF-8 apart
        try:
            status = os.stat(path)  # noqa: PTH116
        except OSError as error:
            yield _unreachable(path, error)
            continue
        if stat.S_ISDIR(status.st_mode):
            rules = builtin_rules(path, ignore)
            yield from _Walker(seen_files, seen_folders).below(path, status, rules)
        elif _first_time(seen_files, status):
            yield from _file_or_failure(path, status)


class _Walker:
    """One root's walk. A stack instead of recursion, since folders may be nested deeper than Python's own stack."""

    def __init__(self, seen_files: set[tuple[int, int]], seen_folders: set[tuple[int, int]]) -> None:
        self._seen_files = seen_files
        self._seen_folders = seen_folders

    def below(self, root: str, status: os.stat_result, rules: Rules) -> Iterator[FoundFile | Failure]:
        stack = [(root, status, rules)]
        while stack:
            folder, status, rules = stack.pop()
            # The same folder by another way, or a link that leads back up: each folder is walked once.
            if not _first_time(self._seen_folders, status):
                continue
            try:
                with os.scandir(folder) as listing:
                    entries = sorted(listing, key=lambda entry: entry.name)
            except OSError as error:
                yield _unreachable(folder, error)
                continue
            rules = rules_in(folder, (entry.name for entry in entries), rules)
            files, folders = self._sorted_out(entries, rules)
            yield from files
            stack.extend(reversed(folders))

    def _sorted_out(
        self, entries: Iterable[os.DirEntry[str]], rules: Rules
    ) -> tuple[list[FoundFile], list[tuple[str, os.stat_result, Rules]]]:
        files: list[FoundFile] = []
        folders: list[tuple[str, os.stat_result, Rules]] = []
        for entry in entries:
            try:
                status = entry.stat()
            except OSError:
                _log.debug("passed over %s: a link to nowhere", printable(entry.path))
                continue
            is_folder = stat.S_ISDIR(status.st_mode)
            if rules.ignores(entry.path, is_folder=is_folder):
                continue
            if is_folder:
                folders.append((entry.path, status, rules))
            elif self._wanted(entry, status):
                files.append(FoundFile(entry.path, status.st_size, status.st_mtime_ns))
        return files, folders

    def _wanted(self, entry: os.DirEntry[str], status: os.stat_result) -> bool:
        if not stat.S_ISREG(status.st_mode) or Path(entry.name).suffix.lower() not in READABLE_SUFFIXES:
            _log.debug("passed over %s: not a kind we read", printable(entry.path))
            return False
        return _first_time(self._seen_files, status)


def _first_time(seen: set[tuple[int, int]], status: os.stat_result) -> bool:
    """Whether this file or folder has not been met before; remembers it. Hard links to one file are kept apart."""
    if stat.S_ISREG(status.st_mode) and status.st_nlink > 1:
        return True
    key = (status.st_dev, status.st_ino)
    if key in seen:
        return False
    seen.add(key)
    return True


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _file_or_failure(path: str, status: os.stat_result) -> Iterator[FoundFile | Failure]:
    if stat.S_ISREG(status.st_mode):
        yield FoundFile(path, status.st_size, status.st_mtime_ns)
    else:
        # Opening a named pipe or a device would wait for ever, or worse.
        yield Failure(printable(path), f"{_name(path)} is not a regular file.", "Name a file or a folder.")


def _unreachable(path: str, error: OSError) -> Failure:
    if isinstance(error, FileNotFoundError):
        return Failure(printable(path), f"{_name(path)} does not exist.", "Check the spelling of the path.")
    if isinstance(error, PermissionError):
        return Failure(printable(path), f"{_name(path)} may not be read.", "Give yourself permission, or leave it out.")
    reason = error.strerror or type(error).__name__
    return Failure(printable(path), f"{_name(path)} cannot be opened: {reason}.", "Check the disk, or leave it out.")


def _name(path: str) -> str:
    return printable(os.path.basename(path) or path)  # noqa: PTH119
