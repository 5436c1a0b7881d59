"""Find files below folders: sorted, with ignore rules, through links but never in circles."""

from __future__ import annotations

import contextlib
import logging
import os
import stat
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from lucida.ingest.files.ignoring import Rules, builtin_rules, rules_in
from lucida.types import Failure
from lucida.types.paths import printable

if TYPE_CHECKING:
    from collections.abc import Iterable

_log = logging.getLogger(__name__)

#: Endings of what people keep in folders. Others are passed over in silence, unless the file is named outright.
READABLE_DOCUMENTS = ".pdf .xps .oxps .epub .mobi .azw3 .fb2 .cbz .svg .docx .xlsx .pptx"
READABLE_TEXTS = ".txt .text .log .html .htm .xhtml .md .markdown .rst .adoc .org .tex"
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

    A file that can be reached in several ways goes by its own path: links are followed last, and lead only to what
    lies nowhere else below the root.

    Below a folder, hidden files, the built-in rules, ``.gitignore`` and ``.lucidaignore`` files and ``ignore`` apply,
    and only endings that we read count. A file that is named as a root is always yielded.

    Args:
        roots: files and folders.
        ignore: further patterns in gitignore's syntax, relative to each root.
        exclude: a folder that is passed over wherever it lies: the library's own.

    Yields:
        Files, and a ``Failure`` for each root or folder that cannot be entered.

    Raises:
        UsageError: a pattern in ``ignore`` makes no sense.
    """
    walker = _Walker(exclude)
    for root in roots:
        path = os.path.abspath(os.fspath(root))  # noqa: PTH100 - Path would not keep a name that is not UTF-8 apart
        try:
            status = os.stat(path)  # noqa: PTH116
        except OSError as error:
            yield _unreachable(path, error)
            continue
        if stat.S_ISDIR(status.st_mode):
            rules = builtin_rules(path, ignore)
            yield from walker.below(path, status, rules)
        elif walker.first_time(path, status):
            yield _file_or_failure(path, status)


class _Place(NamedTuple):
    """A file or folder that is still to be looked at, with the rules that let it pass."""

    path: str
    status: os.stat_result
    rules: Rules


class _Walker:
    """Knows what has been met. A stack instead of recursion: folders may be nested deeper than Python's own stack."""

    def __init__(self, exclude: Path | None) -> None:
        self._met: set[tuple[int, int] | str] = set()
        if exclude is not None:
            with contextlib.suppress(OSError):
                self.first_time(os.fspath(exclude), exclude.stat())

    def below(self, root: str, status: os.stat_result, rules: Rules) -> Iterator[FoundFile | Failure]:
        stack, links = [_Place(root, status, rules)], deque[_Place]()
        while stack or links:
            place = stack.pop() if stack else links.popleft()
            # The same by another way, or a link that leads back up: everything is met once.
            if not self.first_time(place.path, place.status):
                continue
            if not stat.S_ISDIR(place.status.st_mode):
                yield _file_or_failure(place.path, place.status)
                continue
            try:
                with os.scandir(place.path) as listing:
                    entries = sorted(listing, key=lambda entry: entry.name)
            except OSError as error:
                yield _unreachable(place.path, error)
                continue
            rules = rules_in(place.path, (entry.name for entry in entries), place.rules)
            folders: list[_Place] = []
            for entry, found in self._passing(entries, rules):
                if entry.is_symlink():
                    links.append(found)
                elif stat.S_ISDIR(found.status.st_mode):
                    folders.append(found)
                elif self.first_time(found.path, found.status):
                    yield _file_or_failure(found.path, found.status)
            stack.extend(reversed(folders))

    def first_time(self, path: str, status: os.stat_result) -> bool:
        """Whether this file or folder has not been met before; remembers it. Hard links are files of their own."""
        linked = stat.S_ISREG(status.st_mode) and status.st_nlink > 1
        key = os.path.realpath(path) if linked else (status.st_dev, status.st_ino)
        if key in self._met:
            return False
        self._met.add(key)
        return True

    def _passing(self, entries: Iterable[os.DirEntry[str]], rules: Rules) -> Iterator[tuple[os.DirEntry[str], _Place]]:
        for entry in entries:
            try:
                status = entry.stat()
            except OSError:
                _log.debug("passed over %s: a link to nowhere", printable(entry.path))
                continue
            is_folder = stat.S_ISDIR(status.st_mode)
            if rules.ignores(entry.path, is_folder=is_folder):
                continue
            if is_folder or _readable(entry, status):
                yield entry, _Place(entry.path, status, rules)
            else:
                _log.debug("passed over %s: not a kind we read", printable(entry.path))


def _readable(entry: os.DirEntry[str], status: os.stat_result) -> bool:
    return stat.S_ISREG(status.st_mode) and Path(entry.name).suffix.lower() in READABLE_SUFFIXES


def _file_or_failure(path: str, status: os.stat_result) -> FoundFile | Failure:
    if stat.S_ISREG(status.st_mode):
        return FoundFile(path, status.st_size, status.st_mtime_ns)
    # Opening a named pipe or a device would wait for ever, or worse.
    return Failure(printable(path), f"{_name(path)} is not a regular file.", "Name a file or a folder.")


def _unreachable(path: str, error: OSError) -> Failure:
    if isinstance(error, FileNotFoundError):
        return Failure(printable(path), f"{_name(path)} does not exist.", "Check the spelling of the path.")
    if isinstance(error, PermissionError):
        return Failure(printable(path), f"{_name(path)} may not be read.", "Give yourself permission, or leave it out.")
    reason = error.strerror or type(error).__name__
    return Failure(printable(path), f"{_name(path)} cannot be opened: {reason}.", "Check the disk, or leave it out.")


def _name(path: str) -> str:
    return printable(os.path.basename(path) or path)  # noqa: PTH119
