"""Rows of the catalogue as plain records."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from sqlalchemy import Connection, Row, Select, func, select

from lucida.index.packing import unpack_regions, unpack_words
from lucida.index.records import FileState, ItemRow, PageRow, SourceRow
from lucida.index.schema import Item, Page, Passage, Picture, Source
from lucida.types import Box, PictureRole, RegionKind, TextOrigin

if TYPE_CHECKING:
    from numpy.typing import NDArray

T = TypeVar("T")

#: Values per ``IN (...)``; databases limit how many a statement may carry.
_CHUNK = 5000


def chunks(values: Iterable[T], size: int = _CHUNK) -> Iterator[list[T]]:
    """Lists of at most ``size`` values, in order."""
    rest = iter(values)
    while chunk := list(islice(rest, size)):
        yield chunk


def sources(connection: Connection, *, failed: bool | None = None) -> list[SourceRow]:
    """All sources by path; only those that failed, or only those that did not."""
    query = select(Source.__table__).order_by(Source.path_bytes)
    if failed is not None:
        query = query.where(Source.error.is_not(None) if failed else Source.error.is_(None))
    return [_source(row) for row in connection.execute(query)]


def source(connection: Connection, source_id: int) -> SourceRow | None:
    """One source, None when there is none of that id."""
    row = connection.execute(select(Source.__table__).where(Source.id == source_id)).one_or_none()
    return None if row is None else _source(row)


def _source(row: Row[Any]) -> SourceRow:
    return SourceRow(
        id=row.id,
        path=os.fsdecode(row.path_bytes),
        size=row.size,
        mtime_ns=row.mtime_ns,
        sha256=row.sha256,
        media_type=row.media_type,
        title=row.title,
        created=row.created,
        ingested=row.ingested.replace(tzinfo=UTC),
        pages=row.page_count,
        items=row.item_count,
        error=row.error,
        advice=row.advice,
        warnings=tuple(row.warnings),
        metadata=dict(row.details),
    )


def file_states(connection: Connection) -> dict[str, tuple[int, FileState, bool]]:
    """See ``Index.file_states``."""
    query = select(Source.id, Source.path_bytes, Source.size, Source.mtime_ns, Source.sha256, Source.error.is_not(None))
    rows = (
        (os.fsdecode(raw), key, size, mtime, sha, bad) for key, raw, size, mtime, sha, bad in connection.execute(query)
    )
    return {path: (key, FileState(path, size, mtime, sha), bool(bad)) for path, key, size, mtime, sha, bad in rows}


def pages(connection: Connection, source_id: int, number: int | None = None) -> list[PageRow]:
    """The pages of a source in order, or the one with that number."""
    query = select(Page.__table__, Source.path_bytes, Source.media_type).join(Source).where(Page.source_id == source_id)
    if number is not None:
        query = query.where(Page.number == number)
    return [_page(row) for row in connection.execute(query.order_by(Page.number))]


def _page(row: Row[Any]) -> PageRow:
    return PageRow(
        id=row.id,
        source_id=row.source_id,
        source=os.fsdecode(row.path_bytes),
        media_type=row.media_type,
        number=row.number,
        width_pt=row.width_pt,
        height_pt=row.height_pt,
        origin=TextOrigin(row.origin),
        rotation=row.rotation,
        skew=row.skew,
        reader=row.reader,
        words=unpack_words(row.words),
        regions=unpack_regions(row.regions),
        warnings=tuple(row.warnings),
    )


def items(connection: Connection, ids: Sequence[int]) -> list[ItemRow]:
    """Items in the order of ``ids``; those that do not exist are left out."""
    found: dict[int, ItemRow] = {}
    for chunk in chunks(dict.fromkeys(int(item) for item in ids)):
        found |= {row.id: _item(row) for row in connection.execute(_items().where(Item.id.in_(chunk)))}
    return [found[int(item)] for item in ids if int(item) in found]


def passages_of(connection: Connection, source_id: int, page: int | None = None) -> list[ItemRow]:
    """The passages of a source, or of one of its pages, in reading order."""
    query = _items().where(Item.source_id == source_id, Item.kind == "passage")
    if page is not None:
        query = query.where(Item.page == page)
    return [_item(row) for row in connection.execute(query.order_by(Item.position))]


def passage_count(connection: Connection) -> int:
    """How many passages there are."""
    return connection.scalar(select(func.count()).select_from(Passage)) or 0


def picture_count(connection: Connection) -> int:
    """How many pictures there are."""
    return connection.scalar(select(func.count()).select_from(Picture)) or 0


def picture_hashes(
    connection: Connection, item_ids: Sequence[int] | None = None
) -> tuple[NDArray[np.int64], NDArray[np.uint64]]:
    """See ``Index.picture_hashes``."""
    columns = select(Picture.item_id, Picture.perceptual_hash).where(Picture.perceptual_hash.is_not(None))
    columns = columns.order_by(Picture.item_id)
    asked = [columns] if item_ids is None else [columns.where(Picture.item_id.in_(c)) for c in chunks(sorted(item_ids))]
    pairs = np.array([tuple(row) for query in asked for row in connection.execute(query)], dtype=np.int64)
    pairs = pairs.reshape(-1, 2)
    return pairs[:, 0].copy(), pairs[:, 1].copy().view(np.uint64)


def pixel_digests(connection: Connection) -> dict[int, bytes]:
    """See ``Index.pixel_digests``."""
    columns = select(Picture.item_id, Picture.pixels_sha256).where(Picture.pixels_sha256.is_not(None))
    return {item: digest for item, digest in connection.execute(columns.order_by(Picture.item_id)) if digest}


def _items() -> Select[Any]:
    joined = select(
        Item.__table__,
        Source.path_bytes,
        Source.media_type,
        Passage.text,
        Passage.section,
        Passage.region,
        Picture.role,
        Picture.caption,
        Picture.blob,
        Picture.width_px,
        Picture.height_px,
    )
    return joined.join(Source).outerjoin(Passage).outerjoin(Picture)


def _item(row: Row[Any]) -> ItemRow:
    return ItemRow(
        id=row.id,
        kind=row.kind,
        source_id=row.source_id,
        source=os.fsdecode(row.path_bytes),
        media_type=row.media_type,
        page=row.page,
        box=Box(row.x0, row.y0, row.x1, row.y1),
        text=row.text if row.text is not None else (row.caption or ""),
        section=tuple(row.section or ()),
        region=RegionKind(row.region) if row.region else None,
        order=row.position,
        role=PictureRole(row.role) if row.role else None,
        blob=row.blob,
        width_px=row.width_px or 0,
        height_px=row.height_px or 0,
    )
