"""Records as rows of the catalogue, and the deletion of rows with all that came from them."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from lucida.index import fulltext, meta, schema
from lucida.index.packing import clean, pack_regions, pack_words
from lucida.index.reading import chunks
from lucida.index.records import FailedReading, FileState, Reading
from lucida.types import Box, Document, Picture, PictureRole

Values = dict[str, Any]


def pictures_of(document: Document) -> Iterator[Picture]:
    """All pictures of a document, page by page."""
    return (picture for page in document.pages for picture in page.pictures)


def file_values(file: FileState) -> Values:
    """The columns of ``sources`` that say where the file is and what state it was in."""
    shown = file.path.encode("utf-8", "backslashreplace").decode()
    return {
        "path": clean(shown),
        "path_bytes": os.fsencode(file.path),
        "size": file.size,
        "mtime_ns": file.mtime_ns,
        "sha256": file.sha256,
    }


def reading_values(reading: Reading) -> Values:
    """A row of ``sources`` for a source that was read."""
    document = reading.document
    return file_values(reading.file) | {
        "media_type": document.media_type,
        "title": clean(document.title),
        "created": _naive(document.created),
        "ingested": datetime.now(UTC).replace(tzinfo=None),
        "page_count": len(document.pages),
        "item_count": len(document.passages) + sum(1 for _ in pictures_of(document)),
        "error": None,
        "advice": None,
        "warnings": [clean(warning) for warning in document.warnings],
        "details": {clean(key): clean(value) for key, value in document.metadata.items()},
    }


def failure_values(failed: FailedReading) -> Values:
    """A row of ``sources`` for a source that could not be read."""
    return file_values(failed.file) | {
        "media_type": "",
        "title": "",
        "created": None,
        "ingested": datetime.now(UTC).replace(tzinfo=None),
        "page_count": 0,
        "item_count": 0,
        "error": clean(failed.failure.error),
        "advice": clean(failed.failure.advice),
        "warnings": [],
        "details": {},
    }


def _naive(moment: datetime | None) -> datetime | None:
    return moment if moment is None or moment.tzinfo is None else moment.astimezone().replace(tzinfo=None)


def insert_one(connection: Connection, table: type[schema.Base], values: Values) -> int:
    """Insert a row into a table whose key the database gives out; returns the key."""
    key = connection.execute(insert(table).values(values)).inserted_primary_key
    assert key is not None
    return int(key[0])


def put_source(connection: Connection, values: Values, source_id: int | None) -> int:
    """Insert a source, or give an existing one new values; returns its id."""
    if source_id is None:
        return insert_one(connection, schema.Source, values)
    connection.execute(update(schema.Source).where(schema.Source.id == source_id).values(values))
    return source_id


def insert_pages(connection: Connection, source_id: int, document: Document) -> None:
    """Insert the pages with their words and regions packed."""
    rows = [
        {
            "source_id": source_id,
            "number": page.number,
            "width_pt": page.width_pt,
            "height_pt": page.height_pt,
            "origin": page.origin,
            "rotation": page.rotation,
            "skew": page.skew,
            "reader": page.reader,
            "words": pack_words(page.words),
            "regions": pack_regions(page.regions),
            "warnings": [clean(warning) for warning in page.warnings],
        }
        for page in document.pages
    ]
    if rows:
        connection.execute(insert(schema.Page), rows)


def insert_passages(connection: Connection, source_id: int, document: Document, first: int) -> None:
    """Insert the passages as items ``first``, ``first + 1``, ..."""
    rows = list(enumerate(document.passages, start=first))
    if not rows:
        return
    places = [_place(key, "passage", source_id, p.page, p.box, key - first) for key, p in rows]
    connection.execute(insert(schema.Item), places)
    texts = [
        {"item_id": key, "text": clean(p.text), "section": [clean(title) for title in p.section], "region": p.kind}
        for key, p in rows
    ]
    connection.execute(insert(schema.Passage), texts)


def insert_pictures(connection: Connection, source_id: int, document: Document, first: int) -> None:
    """Insert the pictures as items ``first``, ``first + 1``, ...; their blobs must be in the catalogue."""
    rows = list(enumerate(pictures_of(document), start=first))
    if not rows:
        return
    places = [_place(key, "picture", source_id, p.page, p.box, key - first) for key, p in rows]
    connection.execute(insert(schema.Item), places)
    pictures = [
        {
            "item_id": key,
            "role": PictureRole(p.role),
            "caption": clean(p.caption),
            "width_px": p.width_px,
            "height_px": p.height_px,
            "blob": hashlib.sha256(p.image).hexdigest() if p.image else None,
            "perceptual_hash": None if p.perceptual_hash is None else signed(p.perceptual_hash),
            "pixels_sha256": p.pixels_sha256 or None,
        }
        for key, p in rows
    ]
    connection.execute(insert(schema.Picture), pictures)


def signed(bits: int) -> int:
    """A number of 64 bits as databases keep it: in two's complement."""
    return bits - (1 << 64) if bits >= 1 << 63 else bits


def _place(key: int, kind: str, source_id: int, page: int, box: Box, position: int) -> Values:
    return {
        "id": key,
        "kind": kind,
        "source_id": source_id,
        "page": page,
        "x0": box.x0,
        "y0": box.y0,
        "x1": box.x1,
        "y1": box.y1,
        "position": position,
    }


def empty_sources(connection: Connection, source_ids: Sequence[int]) -> set[str]:
    """Delete what came from these sources, but not their own rows; returns the blobs that they referred to.

    Vectors become tombstones, citations go with their pages, samples made from the items are flagged.
    """
    words = fulltext.of(connection)
    blobs: set[str] = set()
    for chunk in chunks(source_ids):
        doomed = select(schema.Item.id).where(schema.Item.source_id.in_(chunk))
        in_doomed, has_blob = schema.Picture.item_id.in_(doomed), schema.Picture.blob.is_not(None)
        blobs.update(connection.scalars(select(schema.Picture.blob).where(in_doomed, has_blob)))
        words.forget(connection, chunk)
        buried = select(schema.Placement.item_id, schema.Placement.segment_id).where(
            schema.Placement.item_id.in_(doomed)
        )
        connection.execute(insert(schema.Tombstone).from_select(["item_id", "segment_id"], buried))
        bereft = select(schema.SampleParent.sample_id).where(schema.SampleParent.item_id.in_(doomed))
        connection.execute(update(schema.Sample).where(schema.Sample.id.in_(bereft)).values(orphaned=True))
        connection.execute(delete(schema.Item).where(schema.Item.source_id.in_(chunk)))
        connection.execute(delete(schema.Page).where(schema.Page.source_id.in_(chunk)))
    return blobs


def drop_unused_blobs(connection: Connection, candidates: Iterable[str]) -> list[str]:
    """Delete those of the blobs' rows that no picture refers to; returns their names: the files go after the commit."""
    used = select(schema.Picture.item_id).where(schema.Picture.blob == schema.Blob.sha256).exists()
    unused: list[str] = []
    for chunk in chunks(candidates):
        names = list(connection.scalars(select(schema.Blob.sha256).where(schema.Blob.sha256.in_(chunk), ~used)))
        connection.execute(delete(schema.Blob).where(schema.Blob.sha256.in_(names)))
        unused += names
    return unused


def delete_sources(connection: Connection, source_ids: Sequence[int]) -> tuple[int, list[str]]:
    """Delete sources and all that came from them; returns how many there were, and the blobs whose files can go."""
    if not source_ids:
        return 0, []
    released = empty_sources(connection, source_ids)
    doomed = (delete(schema.Source).where(schema.Source.id.in_(chunk)) for chunk in chunks(source_ids))
    removed = sum(connection.execute(statement).rowcount for statement in doomed)
    meta.advance(connection)
    return removed, drop_unused_blobs(connection, released)
