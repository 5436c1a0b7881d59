"""Repairs. What cannot be mended from the catalogue is thrown away, and its sources are marked to be read again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy import Connection, delete, func, select, update

from lucida.index import fulltext, meta, schema
from lucida.index.reading import chunks
from lucida.index.storage import remove_files

if TYPE_CHECKING:
    from lucida.index.publication import Publisher
    from lucida.index.segments import SegmentInfo


def read_again(publisher: Publisher, source_ids: Sequence[int]) -> None:
    """Make the next ingest read these sources, whatever their files' times and hashes."""
    with publisher.database.write() as connection:
        _mark(connection, source_ids)


def drop_segment(publisher: Publisher, info: SegmentInfo, source_ids: Sequence[int]) -> None:
    """Forget a segment that cannot be used. Its items stay, without vectors until they are read or embedded again."""
    with publisher.database.write() as connection:
        connection.execute(delete(schema.Segment).where(schema.Segment.id == info.id))
        _mark(connection, source_ids)
        meta.advance(connection)
    remove_files([publisher.segments / info.name])


def drop_blob(publisher: Publisher, sha256: str, source_ids: Sequence[int]) -> None:
    """Forget a blob that is gone or altered. Its pictures stay, without a preview until they are read again."""
    with publisher.database.write() as connection:
        connection.execute(update(schema.Picture).where(schema.Picture.blob == sha256).values(blob=None))
        connection.execute(delete(schema.Blob).where(schema.Blob.sha256 == sha256))
        _mark(connection, source_ids)
    publisher.blobs.remove([sha256])


def embed_again(publisher: Publisher) -> None:
    """Have items that lack vectors tried once more, although it was in vain before."""
    with publisher.database.write() as connection:
        for kind, binding in meta.bound(connection).items():
            meta.set_futile(connection, kind, binding.fingerprint, 0)


def rebuild_full_text(publisher: Publisher) -> None:
    """Make the full text anew from the catalogue."""
    with publisher.database.write() as connection:
        fulltext.of(connection).rebuild(connection)


def mend_next_item(publisher: Publisher) -> None:
    """Move the id counter past every item and every tombstone."""
    with publisher.database.write() as connection:
        highest = [connection.scalar(select(func.max(column))) for column in (schema.Item.id, schema.Tombstone.item_id)]
        meta.reserve(connection, max(meta.next_item(connection), *(1 + (last or 0) for last in highest)))


def sweep(publisher: Publisher) -> None:
    """Remove files that no row names."""
    publisher.sweep()


def _mark(connection: Connection, source_ids: Sequence[int]) -> None:
    for chunk in chunks(source_ids):
        stale = update(schema.Source).where(schema.Source.id.in_(chunk)).values(sha256="", mtime_ns=0, size=-1)
        connection.execute(stale)
