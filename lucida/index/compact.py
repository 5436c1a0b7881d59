"""Compaction: few segments without dead vectors, a tight full text, no slack in the catalogue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lucida.index import fulltext, sqlite
from lucida.index.faults import translated
from lucida.index.merging import loads, merge, packs
from lucida.index.records import Compacted

if TYPE_CHECKING:
    from lucida.index.database import Database
    from lucida.index.publication import Publisher


def compact(publisher: Publisher) -> Compacted:
    """See ``Index.compact``."""
    database = publisher.database
    before, bytes_before = _measure(database)
    with database.read() as connection:
        groups = packs(loads(connection), publisher.scale)
    dropped = sum(merge(publisher, group) for group in groups)
    _tighten(database)
    publisher.checkpoint("compacted")
    after, bytes_after = _measure(database)
    return Compacted(before, after, dropped, bytes_before - bytes_after)


def _measure(database: Database) -> tuple[int, int]:
    with database.read() as connection:
        segments = [load.info for load in loads(connection)]
    return len(segments), database.bytes + sum(segment.bytes for segment in segments)


def _tighten(database: Database) -> None:
    with database.write() as connection:
        fulltext.of(connection).optimize(connection)
    if database.file is not None:
        with translated(database.folder):
            sqlite.vacuum(database.engine)
