"""The process that reads files for the pool: one at a time, under a memory limit, away from everybody else.

Started with the number of a file descriptor, a connected socket, as its argument. It speaks with its parent in pickled
objects of this package's own plain types; nothing from outside is ever unpickled.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import resource
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TypeAlias

from lucida.config import ReadOptions
from lucida.errors import LucidaError
from lucida.ingest.identity import sha256_of
from lucida.models.protocols import OcrEngine
from lucida.types import Document, Failure
from lucida.types.paths import printable

Reader: TypeAlias = Callable[[Path, ReadOptions, OcrEngine | None, Callable[[int, int], None]], Document]


@dataclass(frozen=True, slots=True)
class Setup:
    """What a worker is told once. ``reader`` is ``module:function``, called for each file."""

    options: ReadOptions
    ocr: OcrEngine | None
    reader: str


@dataclass(frozen=True, slots=True)
class PageRead:
    """Sent after each page; also the sign of life that the parent waits for."""

    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """Sent once per file. ``size`` and ``mtime_ns`` are of the bytes that were read."""

    sha256: str
    size: int
    mtime_ns: int
    document: Document | None
    failure: Failure | None


def serve(connection: Connection) -> None:
    """Read files until the parent says None or goes away."""
    setup: Setup = connection.recv()
    limit_memory(setup.options.memory_mb)
    module, _, function = setup.reader.partition(":")
    reader: Reader = getattr(importlib.import_module(module), function)

    def on_page(done: int, total: int) -> None:
        connection.send(PageRead(done, total))

    while (path := connection.recv()) is not None:
        connection.send(_steady(path, setup, reader, on_page))


def limit_memory(megabytes: int) -> None:
    """Let the address space grow by so much and no further: then allocations fail, and the file with them.

    The limit holds for the OCR engine's processes as well. Address space rather than resident memory, because the
    kernel enforces no limit on the latter, and a parent that polls comes too late for a bomb.
    """
    with contextlib.suppress(OSError, ValueError):  # systems without this limit still have the parent's time limit
        used = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (used + megabytes * 1_000_000, resource.RLIM_INFINITY))


def _steady(path: str, setup: Setup, reader: Reader, on_page: Callable[[int, int], None]) -> Outcome:
    """Read a file that may be changing: if it changed meanwhile, read it once more and take that."""
    outcome = _attempt(path, setup, reader, on_page)
    if _changed_since(path, outcome):
        outcome = _attempt(path, setup, reader, on_page)
        if _changed_since(path, outcome):
            sentence = f"{printable(Path(path).name)} keeps changing while it is read."
            failure = Failure(printable(path), sentence, "Ingest again when the program that writes it is done.")
            return Outcome("", outcome.size, outcome.mtime_ns, None, failure)
    return outcome


def _attempt(path: str, setup: Setup, reader: Reader, on_page: Callable[[int, int], None]) -> Outcome:
    digest, size, mtime_ns = "", 0, 0
    file = Path(path)
    try:
        status = file.stat()
        size, mtime_ns = status.st_size, status.st_mtime_ns
        with contextlib.suppress(OSError):  # the reader meets the same obstacle, and words it better
            digest = sha256_of(file)
        document = reader(file, setup.options, setup.ocr, on_page)
    except LucidaError as error:
        failure = Failure(printable(path), printable(error.message), printable(error.advice))
        return Outcome(digest, size, mtime_ns, None, failure)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        sentence = f"{printable(file.name)} cannot be read: {reason}."
        failure = Failure(printable(path), sentence, "Check the file, then ingest again.")
        return Outcome(digest, size, mtime_ns, None, failure)
    return Outcome(digest, size, mtime_ns, document, None)


def _changed_since(path: str, outcome: Outcome) -> bool:
    try:
        status = os.stat(path)  # noqa: PTH116 - names that are not UTF-8 pass through as they are
    except OSError:
        return False
    return (status.st_size, status.st_mtime_ns) != (outcome.size, outcome.mtime_ns)


def main() -> None:
    """Entry point of the process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides when work ends
    with contextlib.suppress(OSError):
        os.nice(3)  # reading ahead must not starve the process that embeds and commits
    with Connection(int(sys.argv[1])) as connection, contextlib.suppress(EOFError, BrokenPipeError, ConnectionError):
        serve(connection)
