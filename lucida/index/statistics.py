"""How much a library holds."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from lucida.index import lists, meta, schema
from lucida.index.database import Database
from lucida.index.records import Statistics
from lucida.index.revision import HEAD


def measure(database: Database) -> Statistics:
    """Count rows, and add up the bytes that the catalogue says its files take."""
    with database.read() as connection:
        failed = select(func.count()).select_from(schema.Source).where(schema.Source.error.is_not(None))
        parts = {
            "catalogue": database.bytes,
            "segments": int(connection.scalar(select(func.sum(schema.Segment.bytes))) or 0),
            "blobs": int(connection.scalar(select(func.sum(schema.Blob.bytes))) or 0),
        }
        return Statistics(
            sources=_count(connection, schema.Source),
            failed=connection.scalar(failed) or 0,
            pages=_count(connection, schema.Page),
            passages=_count(connection, schema.Passage),
            pictures=_count(connection, schema.Picture),
            segments=_count(connection, schema.Segment),
            tombstones=_count(connection, schema.Tombstone),
            bytes=parts,
            encoder=meta.encoder(connection),
            schema=HEAD,
            shared=meta.shared(connection),
            pending=meta.pending(connection),
            lacking=lists.lacking_counts(connection),
        )


def _count(connection: Connection, table: type[schema.Base]) -> int:
    return connection.scalar(select(func.count()).select_from(table)) or 0
