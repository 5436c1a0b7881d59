"""One library folder: ``catalogue.db``, ``segments/``, ``blobs/``. The face of the package.

Importing this module is cheap; SQLAlchemy and FAISS come with the first ``open`` and the first search.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Self

from lucida.errors import UsageError
from lucida.index.choice import DEFAULT, Scale
from lucida.index.reader import Reader
from lucida.index.records import Binding, Compacted, FailedReading, FileState, Problem, Published, Reading, Rule
from lucida.index.storage import Checkpoint, no_checkpoint

if TYPE_CHECKING:
    from types import TracebackType

    import numpy as np
    from numpy.typing import NDArray

    from lucida.index.background import Background
    from lucida.index.database import Database
    from lucida.index.lock import WriterLock
    from lucida.index.publication import Publisher
    from lucida.models.protocols import Vectors


class Index(Reader):
    """An open library. Use ``Index.open``; close it, or use it as a context manager.

    Writing needs ``write=True``, of which there is one at a time, and one thread of it at a time.
    """

    def __init__(
        self, folder: Path, database: Database, lock: WriterLock | None, checkpoint: Checkpoint, scale: Scale
    ) -> None:
        super().__init__(folder, database)
        self._lock = lock
        self._checkpoint = checkpoint
        self._scale = scale
        self._merges: Background | None = None

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
        scale: Scale = DEFAULT,
    ) -> Index:
        """Open a library.

        Args:
            folder: where it lies.
            create: make it when there is none.
            write: take the writer's lock, and sweep what a writer that died has left.
            database: SQLAlchemy URL of the catalogue, empty for ``catalogue.db`` in the folder.
            timeout: seconds to wait for another writer.
            checkpoint: called with the name of each step of writing; tests stop the process there.
            scale: from which sizes on vectors are stored compactly, when they are written.

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
        index = cls(folder, opened, lock, checkpoint, scale)
        if write:
            try:
                index._publisher().sweep()
            except BaseException:
                index.close()
                raise
        return index

    def close(self) -> None:
        """See ``Reader.close``. Large merges that are under way are given up; nothing is lost by that."""
        if self._merges is not None:
            self._merges.close(self._publisher())
            self._merges = None
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
            meta.bind_encoder(connection, Binding(spec, fingerprint, dimension))

    def bind_shared(self, spec: str, fingerprint: str, dimension: int, *, windows: bool) -> None:
        """Bind pictures and windows to a shared encoder, or check that it is the one they are bound to.

        Args:
            spec, fingerprint, dimension: the encoder's.
            windows: whether passages enter its space as windows, because its text tower is not the text encoder.

        Raises:
            ModelError: the vectors belong to another encoder.
        """
        from lucida.index import meta

        database = self._publisher().database
        with database.write() as connection:
            meta.bind_shared(connection, Binding(spec, fingerprint, dimension, windows))

    def add_vectors(self, kind: str, ids: NDArray[np.int64], vectors: Vectors, *, pending: bool = False) -> None:
        """Add vectors of items that lack them, in one crash-safe step.

        Args:
            kind: the list.
            ids: int64 (n,), ascending; in the list "window", as often as the passage has windows.
            vectors: float32 (n, dimension), unit rows.
            pending: they are in the space of the switch that is under way.

        Raises:
            ModelError: the vectors do not fit the list's encoder.
            UsageError: an item is not in the catalogue, or has vectors in the list already.
            StorageFullError: the disk refused; nothing is changed.
        """
        from lucida.index import lists

        publisher = self._publisher()
        if len(ids):
            lists.add(publisher, kind, ids, vectors, pending=pending)
            self._settle(publisher)

    def note_futile(self, kind: str) -> None:
        """Note that every item still lacking in a list has been tried in vain."""
        from lucida.index import lists

        with self._publisher().database.write() as connection:
            lists.note_futile(connection, kind)

    def begin_switch(self, spec: str, fingerprint: str, dimension: int, *, windows: bool) -> None:
        """Begin to move pictures and windows to another encoder's space, or go on where an earlier attempt ended.

        What ``add_vectors(pending=True)`` adds from now on is seen by nobody before ``finish_switch``. What was
        prepared for a third encoder is dropped.
        """
        from lucida.index import switching

        switching.begin(self._publisher(), Binding(spec, fingerprint, dimension, windows))

    def finish_switch(self) -> None:
        """Put the pending encoder and its vectors in force and drop the old ones, in one transaction.

        Raises:
            UsageError: there is no switch under way.
        """
        from lucida.index import switching

        switching.finish(self._publisher())

    def forget_shared(self) -> None:
        """Drop the vectors of pictures and windows, and the binding to their encoder."""
        from lucida.index import switching

        switching.forget(self._publisher())

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
        publisher = self._publisher()
        published = publisher.publish(readings, failures, before_commit)
        self._settle(publisher)
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
        publisher = self._publisher()
        removed = publisher.remove(source_ids)
        self._settle(publisher)
        return removed

    def compact(self) -> Compacted:
        """Merge segments, drop the vectors of deleted items, and give the space back to the file system.

        Raises:
            LibraryDamagedError: a vector file is not what was written.
            StorageFullError: there is no room for the new files; nothing is lost.
        """
        from lucida.index.compact import compact

        publisher = self._publisher()
        if self._merges is not None:
            self._merges.stop(publisher)
        return compact(publisher)

    def finish_merging(self) -> None:
        """Wait for the large merges that are due, and put them in force. Searches are as right without, but slower.

        Raises:
            LibraryDamagedError: a vector file is not what was written.
            StorageFullError: the disk refused; nothing is lost.
        """
        publisher = self._publisher()
        self._settle(publisher)
        while self._merges is not None and self._merges.busy:
            self._merges.collect(publisher, wait=True)
            self._settle(publisher)

    def verify(self, *, repair: bool = False) -> list[Problem]:
        """Hold catalogue, vectors, full text and blobs against each other.

        Args:
            repair: mend what can be mended (needs ``write=True``). The problems are those found before.

        Returns:
            Nothing when all is well.
        """
        from lucida.index.publication import Publisher
        from lucida.index.verify import verify

        if self._merges is not None:
            self._merges.stop(self._publisher())
        if repair or self._lock is not None:
            return verify(self._publisher(), repair=repair)
        looking = Publisher(self._database, self.folder, self._checkpoint, is_writer=False)
        return verify(looking, repair=False)

    def record_sample(self, path: str, parents: Sequence[int]) -> int:
        """Keep a generated sample and the items it was made from; returns the sample's id."""
        return self.record_samples([(path, parents)])[0]

    def record_samples(self, samples: Sequence[tuple[str, Sequence[int]]]) -> list[int]:
        """Keep generated samples, (path, parents) each, in one transaction; returns their ids.

        A path that is known already keeps its row. A sample of which a parent is gone is flagged as orphaned.
        """
        from lucida.index import lineage

        with self._publisher().database.write() as connection:
            return [lineage.record_sample(connection, path, parents) for path, parents in samples]

    def mark(
        self, source_ids: Sequence[int], *, no_derivatives: bool | None = None, licence: str | None = None
    ) -> None:
        """Say by hand what may be done with sources; None leaves what was said, "" takes a licence back."""
        from lucida.index import marks

        with self._publisher().database.write() as connection:
            marks.mark(connection, source_ids, no_derivatives, licence)

    def add_rule(self, rule: Rule) -> None:
        """Say what may be done with all sources whose path fits; what an earlier rule of the glob said goes."""
        from lucida.index import marks

        with self._publisher().database.write() as connection:
            marks.add_rule(connection, rule)

    def _publisher(self) -> Publisher:
        if self._lock is None:
            raise UsageError("The library was opened for reading.", "Open it with write=True.")
        from lucida.index.publication import Publisher

        return Publisher(self._database, self.folder, self._checkpoint, scale=self._scale)

    def _settle(self, publisher: Publisher) -> None:
        from lucida.index.background import Background, settle

        self._merges = self._merges or Background()
        settle(publisher, self._merges)
