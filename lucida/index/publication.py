"""Publishing readings: files first, then one SQL transaction that makes all of it visible, or none.

A process that dies before the commit leaves files that no row names; they are swept by the next writer. One that dies
after it may leave files that no row names any more; they are swept too. At no point does a row name a file that is
not durable on disk.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from sqlalchemy import Connection, insert, select, update

from lucida.errors import LibraryError, ModelError, UsageError
from lucida.index import fulltext, meta, schema, writing
from lucida.index.blobs import BlobStore
from lucida.index.reading import chunks
from lucida.index.records import FailedReading, FileState, Published, Reading
from lucida.index.segments import SEGMENTS, SUFFIX, fault_of, write_segment
from lucida.index.storage import Checkpoint, DurableWriter, Stored, remove_files, unnamed
from lucida.index.vectors import segment_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lucida.index.database import Database
    from lucida.models.protocols import Vectors


@dataclass(frozen=True, slots=True)
class NewSegment:
    """A vector file that is durable on disk, but in no row yet."""

    name: str
    kind: str
    dimension: int
    count: int
    stored: Stored

    def insert(self, connection: Connection) -> int:
        """Name it in the catalogue; returns the row's id."""
        values = {
            "name": self.name,
            "kind": self.kind,
            "dimension": self.dimension,
            "count": self.count,
            "sha256": self.stored.sha256,
            "bytes": self.stored.bytes,
        }
        return writing.insert_one(connection, schema.Segment, values)


@dataclass(frozen=True, slots=True)
class _Numbered:
    """A reading with the ids its items will have: passages from ``first`` on, then pictures."""

    reading: Reading
    first: int

    @property
    def first_picture(self) -> int:
        return self.first + len(self.reading.document.passages)

    @property
    def end(self) -> int:
        return self.first_picture + sum(1 for _ in writing.pictures_of(self.reading.document))


class Publisher:
    """Writes to a library whose writer's lock is held.

    Args:
        database: the catalogue.
        folder: the library's.
        checkpoint: see ``storage.Checkpoint``.
        is_writer: false for a verification that only looks.
    """

    def __init__(self, database: Database, folder: Path, checkpoint: Checkpoint, *, is_writer: bool = True) -> None:
        self.database = database
        self.folder = folder
        self.segments = folder / SEGMENTS
        self.blobs = BlobStore(folder)
        self.checkpoint = checkpoint
        self.is_writer = is_writer

    def publish(
        self, readings: Sequence[Reading], failures: Sequence[FailedReading], before_commit: Callable[[], None] | None
    ) -> Published:
        """See ``Index.publish``."""
        latest = {os.fsencode(reading.file.path): reading for reading in readings}
        broken = {os.fsencode(failed.file.path): failed for failed in failures}
        broken = {path: failed for path, failed in broken.items() if path not in latest}
        if not latest and not broken:
            return Published()
        with self.swept_on_failure():
            self.checkpoint("begun")
            with self.database.read() as connection:
                numbered = _number(latest.values(), meta.next_item(connection))
                encoder = meta.encoder(connection)
                blobs = self._new_blobs(connection, numbered)
            vectors = _vectors(numbered, None if encoder is None else encoder[2])
            segment = None if vectors is None else self.write_segment("passage", *vectors)
            self._write_blobs(blobs)
            with self.database.write() as connection:
                published, unused = _insert(connection, numbered, list(broken.values()), segment, blobs)
                self.checkpoint("rows-written")
                if before_commit is not None:
                    before_commit()
            self.checkpoint("committed")
            self.blobs.remove(unused)
            self.checkpoint("done")
        return published

    def relocate(self, source_id: int, file: FileState) -> None:
        """See ``Index.touch`` and ``Index.move``."""
        with self.database.write() as connection:
            other = select(schema.Source.id).where(
                schema.Source.path_bytes == os.fsencode(file.path), schema.Source.id != source_id
            )
            unused = writing.delete_sources(connection, list(connection.scalars(other)))[1]
            moved = update(schema.Source).where(schema.Source.id == source_id).values(writing.file_values(file))
            if not connection.execute(moved).rowcount:
                raise UsageError(f"There is no source {source_id} in the library.", "List them with: lucida show.")
        self.blobs.remove(unused)

    def remove(self, source_ids: Sequence[int]) -> int:
        """See ``Index.remove``."""
        with self.database.write() as connection:
            removed, unused = writing.delete_sources(connection, source_ids)
            self.checkpoint("removal-written")
        self.checkpoint("removal-committed")
        self.blobs.remove(unused)
        return removed

    def write_segment(self, kind: str, ids: NDArray[np.int64], vectors: Vectors) -> NewSegment:
        """Write vectors to a new file and make it durable. Its name is new, so it can replace nothing."""
        name = secrets.token_hex(12) + SUFFIX
        writer = DurableWriter(self.folder, self.checkpoint, "segment")
        try:
            stored = write_segment(writer, self.segments / name, ids, vectors)
            writer.publish()
        finally:
            writer.discard()
        return NewSegment(name, kind, vectors.shape[1], len(ids), stored)

    def sweep(self) -> int:
        """Remove files that no row names; returns how many there were."""
        return remove_files(self.strays())

    def strays(self) -> list[Path]:
        """Files that no row names."""
        with self.database.read() as connection:
            segments = {row.name for row in segment_rows(connection)}
            blobs = set(connection.scalars(select(schema.Blob.sha256)))
        return unnamed(self.segments, segments) + self.blobs.unnamed(blobs)

    @contextmanager
    def swept_on_failure(self) -> Iterator[None]:
        """Remove the files that the block made, unless a row names them, when it raises."""
        try:
            yield
        except BaseException:
            # The catalogue says which files count: whether the commit went through is not for us to guess.
            with suppress(LibraryError):
                self.sweep()
            raise

    def _new_blobs(self, connection: Connection, numbered: Sequence[_Numbered]) -> dict[str, bytes]:
        pictures = (picture for entry in numbered for picture in writing.pictures_of(entry.reading.document))
        images = {hashlib.sha256(picture.image).hexdigest(): picture.image for picture in pictures if picture.image}
        for chunk in chunks(list(images)):
            for known in connection.scalars(select(schema.Blob.sha256).where(schema.Blob.sha256.in_(chunk))):
                images.pop(known)
        return images

    def _write_blobs(self, blobs: dict[str, bytes]) -> None:
        if not blobs:
            return
        writer = DurableWriter(self.folder, self.checkpoint, "blob")
        try:
            self.blobs.write(writer, blobs)
            writer.publish()
        finally:
            writer.discard()


def _number(readings: Iterable[Reading], first: int) -> list[_Numbered]:
    numbered = []
    for reading in readings:
        numbered.append(_Numbered(reading, first))
        first = numbered[-1].end
    return numbered


def _vectors(numbered: Sequence[_Numbered], dimension: int | None) -> tuple[NDArray[np.int64], Vectors] | None:
    """Ids and vectors of all passages that have some, ids ascending.

    Raises:
        ModelError: the vectors do not fit the passages, the library's encoder, or are no unit vectors.
    """
    ids, rows = [], []
    for entry in numbered:
        vectors, count = entry.reading.passage_vectors, len(entry.reading.document.passages)
        if vectors is None or not count:
            continue
        if vectors.ndim != 2 or len(vectors) != count or vectors.shape[1] != (dimension or vectors.shape[1]):
            raise _unfit(f"their shape is {vectors.shape} where ({count}, {dimension or 'dimension'}) is due")
        dimension = vectors.shape[1]
        ids.append(np.arange(entry.first, entry.first + count, dtype=np.int64))
        rows.append(np.asarray(vectors, dtype=np.float32))
    if not rows:
        return None
    joined = np.concatenate(rows)
    if fault := fault_of(joined):
        raise _unfit(fault)
    return np.concatenate(ids), joined


def _unfit(why: str) -> ModelError:
    return ModelError(f"The encoder's vectors cannot be stored: {why}.", "Check the encoder with: lucida doctor.")


def _insert(
    connection: Connection,
    numbered: Sequence[_Numbered],
    failures: Sequence[FailedReading],
    segment: NewSegment | None,
    blobs: dict[str, bytes],
) -> tuple[Published, list[str]]:
    paths = [os.fsencode(entry.reading.file.path) for entry in numbered] + [os.fsencode(f.file.path) for f in failures]
    known = _known(connection, paths)
    released = writing.empty_sources(connection, [source_id for source_id, _ in known.values()])
    segment_id = None if segment is None else segment.insert(connection)
    if blobs:
        connection.execute(insert(schema.Blob), [{"sha256": name, "bytes": len(blob)} for name, blob in blobs.items()])
    for failed in failures:
        writing.put_source(
            connection, writing.failure_values(failed), known.get(os.fsencode(failed.file.path), (None,))[0]
        )
    for entry in numbered:
        _insert_reading(connection, entry, known.get(os.fsencode(entry.reading.file.path), (None,))[0], segment_id)
    if numbered:
        meta.reserve(connection, numbered[-1].end)
        fulltext.of(connection).add(connection, numbered[0].first, numbered[-1].end - 1)
    meta.advance(connection)
    updated = sum(1 for entry in numbered if known.get(os.fsencode(entry.reading.file.path), (0, False))[1])
    pages = sum(len(entry.reading.document.pages) for entry in numbered)
    items = sum(entry.end - entry.first for entry in numbered)
    published = Published(len(numbered) - updated, updated, pages, items)
    return published, writing.drop_unused_blobs(connection, released)


def _known(connection: Connection, paths: Sequence[bytes]) -> dict[bytes, tuple[int, bool]]:
    """Sources that are there already: path -> (id, whether it was read)."""
    columns = select(schema.Source.path_bytes, schema.Source.id, schema.Source.error.is_(None))
    return {
        path: (source_id, bool(read))
        for chunk in chunks(paths)
        for path, source_id, read in connection.execute(columns.where(schema.Source.path_bytes.in_(chunk)))
    }


def _insert_reading(connection: Connection, entry: _Numbered, source_id: int | None, segment_id: int | None) -> None:
    document = entry.reading.document
    key = writing.put_source(connection, writing.reading_values(entry.reading), source_id)
    writing.insert_pages(connection, key, document)
    with_vectors = segment_id if entry.reading.passage_vectors is not None else None
    writing.insert_passages(connection, key, document, entry.first, with_vectors)
    writing.insert_pictures(connection, key, document, entry.first_picture)
