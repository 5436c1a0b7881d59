"""One writer at a time. The lock belongs to a living process: when it dies, however it dies, the lock is free.

POSIX record locks are used because forked workers do not inherit them (with ``flock`` an orphaned worker would keep
the library locked). They do not exclude threads of one process, and vanish when the process closes *any* descriptor
of the file, so a table of this process's own locks is kept beside them.
"""

from __future__ import annotations

import fcntl
import json
import os
import socket
import threading
import time
from datetime import datetime
from pathlib import Path
from typing import Any

from lucida.errors import LibraryLockedError
from lucida.index.storage import storage_errors

LOCK_NAME = "writer.lock"
_POLL_SECONDS = 0.05

_held: dict[str, int] = {}  # lock file -> id of the process that holds it (a forked child inherits the table)
_guard = threading.Lock()


class WriterLock:
    """Held from construction until ``release``.

    Args:
        folder: the library's.
        timeout: seconds to wait for another writer to finish.

    Raises:
        LibraryLockedError: somebody else is writing; the message names the process.
        StorageFullError: the lock file cannot be created.
    """

    def __init__(self, folder: Path, timeout: float = 0.0) -> None:
        self._path = folder / LOCK_NAME
        self._key = os.path.realpath(self._path)
        deadline = time.monotonic() + timeout
        while (descriptor := self._acquire()) is None:
            if time.monotonic() >= deadline:
                raise _locked(folder)
            time.sleep(_POLL_SECONDS)
        self._descriptor: int | None = descriptor
        _sign(descriptor)

    def _acquire(self) -> int | None:
        with _guard:
            if _held.get(self._key) == os.getpid():
                return None
            with storage_errors(self._path.parent):
                descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
            try:
                fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                os.close(descriptor)
                return None
            _held[self._key] = os.getpid()
            return descriptor

    def release(self) -> None:
        """Let the next writer in. Doing it twice is no error."""
        with _guard:
            if self._descriptor is None:
                return
            _held.pop(self._key, None)
            os.ftruncate(self._descriptor, 0)
            os.close(self._descriptor)
            self._descriptor = None


def writing(folder: Path) -> bool:
    """Whether some process holds the writer's lock right now."""
    path = folder / LOCK_NAME
    with _guard:
        if _held.get(os.path.realpath(path)) == os.getpid():
            return True
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        except OSError:
            return False
        try:
            fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return True
        finally:
            os.close(descriptor)
        return False


def _sign(descriptor: int) -> None:
    note = {"pid": os.getpid(), "host": socket.gethostname(), "since": datetime.now().isoformat(timespec="seconds")}
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, json.dumps(note).encode(), 0)


def _locked(folder: Path) -> LibraryLockedError:
    holder = _holder(folder / LOCK_NAME)
    who = f"process {holder['pid']} on {holder['host']}, since {holder['since']}" if holder else "another process"
    return LibraryLockedError(
        f"The library {folder} is being written by {who}.", "Wait until it is done, or end that process, and try again."
    )


def _holder(path: Path) -> dict[str, Any] | None:
    try:
        with _guard:
            if _held.get(os.path.realpath(path)) == os.getpid():
                return {"pid": os.getpid(), "host": socket.gethostname(), "since": "this program opened it"}
            note = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return note if isinstance(note, dict) and {"pid", "host", "since"} <= note.keys() else None
