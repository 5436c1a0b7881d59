"""One library folder: ``catalogue.db``, ``segments/``, ``blobs/``. The face of the package.

Importing this module is cheap; SQLAlchemy and FAISS come with the first ``open`` and the first search.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Self

from lucida.errors import UsageError
from lucida.index.reader import Reader
from lucida.index.records import Compacted, FailedReading, FileState, Problem, Published, Reading
from lucida.index.storage import Checkpoint, no_checkpoint

if TYPE_CHECKING:
    from types import TracebackType

    from lucida.index.database import Database
    from lucida.index.lock import WriterLock
    from lucida.index.publication import Publisher


class Index(Reader):
    """An open library. Use ``Index.open``; close it, or use it as a context manager.

    Writing needs ``write=True``, of which there is one at a time, and one thread of it at a time.
    """

    def __init__(self, folder: Path, database: Database, lock: WriterLock | None, checkpoint: Checkpoint) -> None:
        super().__init__(folder, database)
        self._lock = lock
        self._checkpoint = checkpoint

    @classmethod
    def open(
        cls,
        folder: Path,
        *,
        create: bool = False,
        write: bool = False,
        database: str = "",
        timeout: float = 0.0,
        checkpoint: Checkpoint = no_checkpoint,
    ) -> Index:
        """Open a library.

        Args:
            folder: where it lies.
            create: make it when there is none.
            write: take the writer's lock, and sweep what a writer that died has left.
            database: SQLAlchemy URL of the catalogue, empty for ``catalogue.db`` in the folder.
            timeout: seconds to wait for another writer.
            checkpoint: called with the name of each step of writing; tests stop the process there.

        Raises:
            UsageError: there is no library there and ``create`` is false, or the URL makes no sense.
            LibraryLockedError: another process writes.
            LibraryVersionError: a newer Lucida made it.
            LibraryDamagedError: the catalogue cannot be used.
            StorageFullError: the disk refused to take a new library.
        """
        from lucida.index.opening import open_library

        folder = Path(folder).absolute()
        opened, lock = open_library(
            folder, create=create, write=write, url=database, timeout=timeout, checkpoint=checkpoint
        )
        index = cls(folder, opened, lock, checkpoint)
        if write:
            try:
                index._publisher().sweep()
            except BaseException:
                index.close()
                raise
        return index

    def close(self) -> None:
        super().close()
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def bind_encoder(self, spec: str, fingerprint: str, dimension: int) -> None:
        """Bind the library to an encoder, or check that it is the one it is bound to.

        Raises:
            ModelError: the vectors belong to another encoder.
        """
        from lucida.index import meta

        database = self._publisher().database
        with database.write() as connection:
            meta.bind_encoder(connection, spec, fingerprint, dimension)

    def publish(
        self,
        readings: Sequence[Reading],
        failures: Sequence[FailedReading] = (),
        *,
        before_commit: Callable[[], None] | None = None,
    ) -> Published:
        """Write readings and failures, replacing sources of the same path: all of them, or, after any error, none.

        Args:
            readings: what was read and embedded.
            failures: what could not be read; it replaces an earlier reading of the path.
            before_commit: called last inside the transaction; what it raises undoes everything.

        Raises:
            ModelError: vectors do not fit their passages or the library's encoder.
            StorageFullError: the disk refused; nothing was published, nothing is left behind.
        """
        from lucida.index.merging import settle

        publisher = self._publisher()
        published = publisher.publish(readings, failures, before_commit)
        settle(publisher)
        return published

    def touch(self, source_id: int, file: FileState) -> None:
        """Note a new size and time of a source whose bytes are the same.

        Raises:
            UsageError: there is no such source.
        """
        self._publisher().relocate(source_id, file)

    def move(self, source_id: int, file: FileState) -> None:
        """Note a new path of a source whose bytes are the same. A source that was known by that path is replaced.

        Raises:
            UsageError: there is no such source.
        """
        self._publisher().relocate(source_id, file)

    def remove(self, source_ids: Sequence[int]) -> int:
        """Delete sources with all that came from them; returns how many there were.

        Pages, items and citations go with them; samples made from their items are flagged.
        """
        from lucida.index.merging import settle

        publisher = self._publisher()
        removed = publisher.remove(source_ids)
        settle(publisher)
        return removed

    def compact(self) -> Compacted:
        """Merge segments, drop the vectors of deleted items, and give the space back to the file system.

        Raises:
            LibraryDamagedError: a vector file is not what was written.
            StorageFullError: there is no room for the new files; nothing is lost.
        """
        from lucida.index.compact import compact

        return compact(self._publisher())

    def verify(self, *, repair: bool = False) -> list[Problem]:
        """Hold catalogue, vectors, full text and blobs against each other.

        Args:
            repair: mend what can be mended (needs ``write=True``). The problems are those found before.

        Returns:
            Nothing when all is well.
        """
        from lucida.index.publication import Publisher
        from lucida.index.verify import verify

        if repair or self._lock is not None:
            return verify(self._publisher(), repair=repair)
        looking = Publisher(self._database, self.folder, self._checkpoint, is_writer=False)
        return verify(looking, repair=False)

    def record_sample(self, path: str, parents: Sequence[int]) -> int:
        """Keep a generated sample and the items it was made from; returns the sample's id."""
        from lucida.index import lineage

        with self._publisher().database.write() as connection:
            return lineage.record_sample(connection, path, parents)

    def _publisher(self) -> Publisher:
        if self._lock is None:
            raise UsageError("The library was opened for reading.", "Open it with write=True.")
        from lucida.index.publication import Publisher

        return Publisher(self._database, self.folder, self._checkpoint)
