"""What databases and disks complain about, said in the house's own errors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import DatabaseError, DBAPIError, OperationalError, ProgrammingError

from lucida.errors import LibraryDamagedError, LibraryError, LibraryLockedError
from lucida.index.storage import storage_full

#: SQLite's names for "the disk took no more"; a quota or a file size limit shows as a failed write.
_FULL = ("SQLITE_FULL", "SQLITE_IOERR_WRITE", "SQLITE_IOERR_FSYNC", "SQLITE_IOERR_TRUNCATE", "SQLITE_IOERR_SHMSIZE")
_BUSY = ("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_PROTOCOL")
_REFUSED = ("SQLITE_CANTOPEN", "SQLITE_READONLY", "SQLITE_PERM", "SQLITE_AUTH")


def damaged(what: str, advice: str = "Run: lucida verify --repair.") -> LibraryDamagedError:
    """The error for parts that do not agree. ``what`` is a sentence."""
    return LibraryDamagedError(what, advice)


@contextmanager
def translated(folder: Path) -> Iterator[None]:
    """Turn the database driver's errors into ours, whatever the database.

    Raises:
        StorageFullError: no space, quota or file size limit reached.
        LibraryLockedError: another process kept the database busy for longer than the time-out.
        LibraryDamagedError: the file is no database, is malformed, or lacks tables.
        LibraryError: the database cannot be opened or reached.
    """
    try:
        yield
    except DBAPIError as error:
        if (ours := _translate(folder, error)) is None:
            raise
        raise ours from error


def _translate(folder: Path, error: DBAPIError) -> LibraryError | None:
    name = getattr(error.orig, "sqlite_errorname", "")
    why = str(error.orig).rstrip(".")
    if name in _FULL or getattr(error.orig, "sqlstate", "") == "53100":
        return storage_full(folder, why)
    if name.startswith(_BUSY):
        return LibraryLockedError(
            f"The catalogue of {folder} is busy: {why}.", "Try again when the other process is done."
        )
    if name.startswith(_REFUSED) or (not name and isinstance(error, OperationalError)):
        return LibraryError(
            f"The catalogue of {folder} cannot be opened: {why}.", "Check that it exists and that you may write to it."
        )
    if isinstance(error, OperationalError | ProgrammingError) or type(error) is DatabaseError:
        return damaged(
            f"The catalogue of {folder} cannot be used: {why}.",
            "Restore catalogue.db from a backup, or delete the library and ingest again.",
        )
    return None
