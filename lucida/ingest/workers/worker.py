"""The process that reads files for the pool: one at a time, under a memory limit, away from everybody else.

Started with the number of a file descriptor, a connected socket, as its argument. It speaks with its parent in pickled
objects of this package's own plain types; nothing from outside is ever unpickled.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import resource
import signal
import stat
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TypeAlias

from lucida.config import ReadOptions
from lucida.errors import LucidaError
from lucida.ingest.files.identity import sha256_of
from lucida.models.protocols import OcrEngine
from lucida.types import Document, Failure
from lucida.types.paths import printable

#: A process that has kept more than this share of its allowance after a file makes way for a fresh one, so that what
#: one file left behind (fragmented heaps, caches, leaks in parsers) is not held against the next.
_RETIRING_SHARE = 0.25

Reader: TypeAlias = Callable[[Path, ReadOptions, OcrEngine | None, Callable[[int, int], None]], Document]


@dataclass(frozen=True, slots=True)
class Setup:
    """What a worker is told once. ``reader`` is ``module:function``, called for each file."""

    options: ReadOptions
    ocr: OcrEngine | None
    reader: str


@dataclass(frozen=True, slots=True)
class Ready:
    """Sent once, when files may come. ``problem`` says why they may not: the setup makes no sense over here."""

    problem: str = ""


@dataclass(frozen=True, slots=True)
class Alive:
    """Sent while a large file is hashed, a sign of life."""


@dataclass(frozen=True, slots=True)
class Begun:
    """Sent before a file is parsed, so that its hash is known even if the parser takes this process down."""

    sha256: str


@dataclass(frozen=True, slots=True)
class PageRead:
    """Sent after each page, a sign of life too."""

    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """Sent once per file.

    Attributes:
        sha256: hex digest of the bytes that were read, empty when they could not be.
        size, mtime_ns: of the file when it was read.
        document, failure: exactly one of them.
        retiring: the process has grown so much that it ends itself after this file.
    """

    sha256: str
    size: int
    mtime_ns: int
    document: Document | None
    failure: Failure | None
    retiring: bool = False


Message: TypeAlias = Ready | Alive | Begun | PageRead | Outcome


def serve(connection: Connection) -> None:
    """Read files until the parent says None or goes away."""
    try:
        setup: Setup = connection.recv()
        module, _, function = setup.reader.partition(":")
        reader: Reader = getattr(importlib.import_module(module), function)
    except (ImportError, AttributeError, TypeError, ValueError) as error:
        connection.send(Ready(f"{type(error).__name__}: {error}"))
        return
    # Pages are tens of thousands of small tuples in no circles: looking for circles as often as by default costs about
    # a tenth of the reading time and finds none.
    gc.set_threshold(20_000, 10, 10)
    limit_memory(setup.options.memory_mb)
    connection.send(Ready())
    grown_up = _resident_mb() + setup.options.memory_mb * _RETIRING_SHARE
    while (path := connection.recv()) is not None:
        outcome = _steady(path, setup, reader, connection.send)
        retiring = _resident_mb() > grown_up
        connection.send(replace(outcome, retiring=retiring))
        if retiring:
            return


def limit_memory(megabytes: int) -> None:
    """Let the address space grow by so much and no further: then allocations fail, and the file with them.

    The limit holds for the OCR engine's processes as well. Address space rather than resident memory, because the
    kernel enforces no limit on the latter, and a parent that polls comes too late for a bomb.
    """
    with contextlib.suppress(OSError, ValueError):  # systems without this limit still have the parent's time limit
        used = _pages_used()[0] * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (used + megabytes * 1_000_000, resource.RLIM_INFINITY))


def _resident_mb() -> float:
    """Memory in use now; 0 where the system does not say, which only means that nobody retires."""
    try:
        return _pages_used()[1] * resource.getpagesize() / 1e6
    except (OSError, ValueError):
        return 0.0


def _pages_used() -> tuple[int, int]:
    """Memory pages mapped and resident, from ``proc(5)``."""
    mapped, resident = Path("/proc/self/statm").read_text(encoding="ascii").split()[:2]
    return int(mapped), int(resident)


def _steady(path: str, setup: Setup, reader: Reader, tell: Callable[[Message], None]) -> Outcome:
    """Read a file that may be changing: if it changed meanwhile, read it once more and take that."""
    outcome = _attempt(path, setup, reader, tell)
    if _changed_since(path, outcome):
        outcome = _attempt(path, setup, reader, tell)
        if _changed_since(path, outcome):
            sentence = f"{printable(Path(path).name)} keeps changing while it is read."
            failure = Failure(printable(path), sentence, "Ingest again when the program that writes it is done.")
            return Outcome("", outcome.size, outcome.mtime_ns, None, failure)
    return outcome


def _attempt(path: str, setup: Setup, reader: Reader, tell: Callable[[Message], None]) -> Outcome:
    digest, size, mtime_ns = "", 0, 0
    file = Path(path)
    try:
        status = file.stat()
        size, mtime_ns = status.st_size, status.st_mtime_ns
        if stat.S_ISREG(status.st_mode):  # reading a pipe might wait for ever
            with contextlib.suppress(OSError):  # the reader meets the same obstacle, and words it better
                digest = sha256_of(file, lambda: tell(Alive()))
        tell(Begun(digest))
        document = reader(file, setup.options, setup.ocr, lambda done, total: tell(PageRead(done, total)))
    except (BrokenPipeError, ConnectionError):
        raise  # the parent has gone; there is nobody left to read for
    except LucidaError as error:
        sentence, advice = printable(error.message), printable(error.advice)
    except FileNotFoundError:
        sentence = f"{printable(file.name)} has vanished."
        advice = "Run ingest again; with --prune it is forgotten."
    except OSError as error:
        reason = error.strerror or type(error).__name__
        sentence, advice = f"{printable(file.name)} cannot be read: {reason}.", "Check the file, then ingest again."
    except MemoryError:
        sentence = f"{printable(file.name)} needs more memory than a worker may use."
        advice = "Split it, or scale its pictures down."
    else:
        return Outcome(digest, size, mtime_ns, document, None)
    return Outcome(digest, size, mtime_ns, None, Failure(printable(path), sentence, advice))


def _changed_since(path: str, outcome: Outcome) -> bool:
    try:
        status = os.stat(path)  # noqa: PTH116 - names that are not UTF-8 pass through as they are
    except OSError:
        return False
    return (status.st_size, status.st_mtime_ns) != (outcome.size, outcome.mtime_ns)


def _follow(parent: int) -> None:
    """End this process and its children when the parent is no more: nobody else would, if it was killed."""
    while os.getppid() == parent:
        time.sleep(1.0)
    os.killpg(0, signal.SIGKILL)  # the pool gives every worker a group of its own


def main() -> None:
    """Entry point of the process."""
    threading.Thread(target=_follow, args=(os.getppid(),), daemon=True).start()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides when work ends
    with contextlib.suppress(OSError):
        os.nice(3)  # reading ahead must not starve the process that embeds and commits
    with Connection(int(sys.argv[1])) as connection, contextlib.suppress(EOFError, BrokenPipeError, ConnectionError):
        serve(connection)
