"""Publishing readings: files first, then one SQL transaction that makes all of it visible, or none.

A process that dies before the commit leaves files that no row names; they are swept by the next writer. One that dies
after it may leave files that no row names any more; they are swept too. At no point does a row name a file that is
not durable on disk.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, insert, select, update

from lucida.errors import LibraryError, UsageError
from lucida.index import fulltext, meta, schema, writing
from lucida.index.assembling import Numbered, Part, number, parts, placed
from lucida.index.blobs import BlobStore
from lucida.index.choice import DEFAULT, Scale
from lucida.index.reading import chunks
from lucida.index.records import FailedReading, FileState, Published, Reading
from lucida.index.segments import SEGMENTS, SUFFIX, write_index, write_segment
from lucida.index.storage import Checkpoint, DurableWriter, Stored, remove_files, unnamed
from lucida.index.vectors import segment_rows

if TYPE_CHECKING:
    from lucida.index.database import Database


@dataclass(frozen=True, slots=True)
class NewSegment:
    """A vector file that is durable on disk, but in no row yet."""

    name: str
    kind: str
    fingerprint: str
    dimension: int
    count: int
    items: int
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
            "fingerprint": self.fingerprint,
            "items": self.items,
        }
        return writing.insert_one(connection, schema.Segment, values)


class Publisher:
    """Writes to a library whose writer's lock is held.

    Args:
        database: the catalogue.
        folder: the library's.
        checkpoint: see ``storage.Checkpoint``.
        is_writer: false for a verification that only looks.
        scale: from which sizes on vectors are stored compactly.
    """

    def __init__(
        self,
        database: Database,
        folder: Path,
        checkpoint: Checkpoint,
        *,
        is_writer: bool = True,
        scale: Scale = DEFAULT,
    ) -> None:
        self.database = database
        self.folder = folder
        self.segments = folder / SEGMENTS
        self.blobs = BlobStore(folder)
        self.checkpoint = checkpoint
        self.is_writer = is_writer
        self.scale = scale

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
                numbered = number(latest.values(), meta.next_item(connection))
                bound = meta.bound(connection)
                blobs = self._new_blobs(connection, numbered)
            found = parts(numbered, bound)
            segments = self.write_segments(found)
            self._write_blobs(blobs)
            with self.database.write() as connection:
                published, unused = _insert(connection, numbered, list(broken.values()), blobs)
                place(connection, found, segments)
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

    def add(self, found: Part) -> None:
        """Put vectors of items that are in the catalogue already into a list, where they have none.

        Raises:
            StorageFullError: the disk refused; nothing is changed.
        """
        with self.swept_on_failure():
            segments = self.write_segments([found])
            with self.database.write() as connection:
                place(connection, [found], segments)
                meta.advance(connection)
                self.checkpoint("addition-rows-written")
            self.checkpoint("addition-committed")

    def write_segments(self, found: Sequence[Part]) -> list[NewSegment]:
        """Write vectors to new files, one for each part, and make them durable. The names are new: nothing is replaced.

        Returns:
            The segments, in the order of the parts.
        """
        if not found:
            return []
        writer = DurableWriter(self.folder, self.checkpoint, "segment")
        try:
            made = [self._written(writer, entry) for entry in found]
            writer.publish()
        finally:
            writer.discard()
        return made

    def write_built(self, kind: str, fingerprint: str, index: Any, items: int) -> NewSegment:
        """Write an index that was built (see ``building``) to a new file, and make it durable.

        Args:
            kind: the list that it is for.
            fingerprint: of the encoder that made its vectors.
            index: FAISS' object.
            items: of how many items it holds vectors.
        """
        name = secrets.token_hex(12) + SUFFIX
        writer = DurableWriter(self.folder, self.checkpoint, "segment")
        try:
            stored = write_index(writer, self.segments / name, index)
            writer.publish()
        finally:
            writer.discard()
        return NewSegment(name, kind, fingerprint, index.d, index.ntotal, items, stored)

    def _written(self, writer: DurableWriter, found: Part) -> NewSegment:
        name = secrets.token_hex(12) + SUFFIX
        stored = write_segment(writer, self.segments / name, found.ids, found.vectors)
        dimension, count = found.vectors.shape[1], len(found.ids)
        return NewSegment(name, found.kind, found.fingerprint, dimension, count, len(found.items), stored)

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

    def _new_blobs(self, connection: Connection, numbered: Sequence[Numbered]) -> dict[str, bytes]:
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


def place(connection: Connection, found: Sequence[Part], segments: Sequence[NewSegment]) -> None:
    """Name segments in the catalogue, and say which items have their vectors there."""
    rows = list(placed(found, [segment.insert(connection) for segment in segments]))
    if rows:
        connection.execute(insert(schema.Placement), rows)


def _insert(
    connection: Connection,
    numbered: Sequence[Numbered],
    failures: Sequence[FailedReading],
    blobs: dict[str, bytes],
) -> tuple[Published, list[str]]:
    paths = [os.fsencode(entry.reading.file.path) for entry in numbered] + [os.fsencode(f.file.path) for f in failures]
    known = _known(connection, paths)
    released = writing.empty_sources(connection, [source_id for source_id, _ in known.values()])
    if blobs:
        connection.execute(insert(schema.Blob), [{"sha256": name, "bytes": len(blob)} for name, blob in blobs.items()])
    for failed in failures:
        writing.put_source(
            connection, writing.failure_values(failed), known.get(os.fsencode(failed.file.path), (None,))[0]
        )
    for entry in numbered:
        _insert_reading(connection, entry, known.get(os.fsencode(entry.reading.file.path), (None,))[0])
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


def _insert_reading(connection: Connection, entry: Numbered, source_id: int | None) -> None:
    document = entry.reading.document
    key = writing.put_source(connection, writing.reading_values(entry.reading), source_id)
    writing.insert_pages(connection, key, document)
    writing.insert_passages(connection, key, document, entry.first)
    writing.insert_pictures(connection, key, document, entry.first_picture)
