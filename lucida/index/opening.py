"""Opening and creating libraries."""

from __future__ import annotations

from pathlib import Path

from lucida.errors import UsageError
from lucida.index import revision
from lucida.index.blobs import BLOBS
from lucida.index.database import CATALOGUE, Database
from lucida.index.faults import damaged
from lucida.index.lock import WriterLock
from lucida.index.segments import SEGMENTS, SUFFIX
from lucida.index.storage import Checkpoint, storage_errors

#: Readers that find work to do on the schema wait so long for a writer that is probably doing it already.
_UPGRADE_PATIENCE_SECONDS = 10.0


def open_library(
    folder: Path, *, create: bool, write: bool, url: str, timeout: float, checkpoint: Checkpoint
) -> tuple[Database, WriterLock | None]:
    """Open a library's catalogue at the schema this code knows; see ``Index.open`` for arguments and errors."""
    database = Database(folder, url)
    if not create and not (folder.is_dir() and database.exists):
        raise UsageError(
            f"There is no library in {folder}.", "Create one with: lucida ingest PATH, or name another folder."
        )
    lock: WriterLock | None = None
    try:
        if create:
            _make_folders(folder)
        if write:
            lock = WriterLock(folder, timeout)
        _bring_to_head(database, lock, timeout=timeout, checkpoint=checkpoint)
    except BaseException:
        database.close()
        if lock is not None:
            lock.release()
        raise
    return database, lock


def _make_folders(folder: Path) -> None:
    with storage_errors(folder):
        for part in (folder, folder / SEGMENTS, folder / BLOBS):
            part.mkdir(parents=True, exist_ok=True)


def _bring_to_head(database: Database, lock: WriterLock | None, *, timeout: float, checkpoint: Checkpoint) -> None:
    """Upgrade the catalogue, or finish making one whose creation was cut short: there is nothing in it to lose."""
    current = revision.stored(database) if database.exists else None
    if current == revision.HEAD:
        return
    temporary = None if lock else WriterLock(database.folder, max(timeout, _UPGRADE_PATIENCE_SECONDS))
    try:
        # Whoever held the lock before may have done it.
        current = revision.stored(database) if database.exists else None
        if current is None:
            _refuse_to_bury(database)
        if current != revision.HEAD:
            checkpoint("upgrading")
            revision.upgrade(database, checkpoint)
    finally:
        if temporary is not None:
            temporary.release()


def _refuse_to_bury(database: Database) -> None:
    """A fresh catalogue over existing vectors would sweep them: they may still be wanted."""
    vectors = database.folder / SEGMENTS
    if vectors.is_dir() and next(vectors.glob(f"*{SUFFIX}"), None) is not None:
        raise damaged(
            f"The library {database.folder} has vector files, but its catalogue ({CATALOGUE}) is missing or empty.",
            "Restore the catalogue from a backup, or delete the folder and ingest again.",
        )
