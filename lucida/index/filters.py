"""Which items pass a filter."""

from __future__ import annotations

import fnmatch
import os
import re
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select

from lucida.errors import UsageError
from lucida.index.reading import chunks
from lucida.index.records import Filter
from lucida.index.schema import Item, Picture, Source
from lucida.types import PictureRole

if TYPE_CHECKING:
    from numpy.typing import NDArray

KINDS = ("passage", "picture", "page")
_FURTHEST_NS = 2**62


def select_items(connection: Connection, where: Filter) -> NDArray[np.int64] | None:
    """See ``Index.select``."""
    if where.empty:
        return None
    query = _of_kind(select(Item.id), where.kind)
    if where.path is None and where.media_type is None and where.since is None and where.until is None:
        return _ids(connection, query)
    sources = _sources(connection, where)
    parts = [_ids(connection, query.where(Item.source_id.in_(chunk))) for chunk in chunks(sources)]
    return np.sort(np.concatenate(parts)) if parts else np.empty(0, dtype=np.int64)


def _ids(connection: Connection, query: Select[Any]) -> NDArray[np.int64]:
    """Ids that a query for ``Item.id`` gives, ascending.

    A source's ids follow each other, so the database is asked for the ends of each run, not for a million rows.
    """
    ends = query.with_only_columns(Item.source_id, func.min(Item.id), func.max(Item.id), func.count(Item.id))
    runs = np.array(connection.execute(ends.group_by(Item.source_id)).all(), dtype=np.int64).reshape(-1, 4)
    whole = runs[:, 2] - runs[:, 1] + 1 == runs[:, 3]
    first, counts = runs[whole, 1], runs[whole, 3]
    offsets = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    rest = (query.where(Item.source_id.in_(chunk)) for chunk in chunks(runs[~whole, 0].tolist()))
    others = (np.fromiter(connection.scalars(some), dtype=np.int64) for some in rest)
    return np.sort(np.concatenate([np.repeat(first, counts) + offsets, *others]))


def _of_kind(query: Select[Any], kind: str | None) -> Select[Any]:
    if kind is None:
        return query
    if kind not in KINDS:
        raise UsageError(f"There is no kind {kind!r}.", f"Choose one of: {', '.join(KINDS)}.")
    if kind == "passage":
        return query.where(Item.kind == "passage")
    whole_page = Picture.role == PictureRole.PAGE
    return query.join(Picture).where(whole_page if kind == "page" else ~whole_page)


def _sources(connection: Connection, where: Filter) -> list[int]:
    query = select(Source.id, Source.path_bytes).where(*_conditions(where))
    rows = connection.execute(query)
    if where.path is None:
        return [row.id for row in rows]
    # Databases differ in what their globs match, and paths are bytes: the comparison is made here.
    matches = re.compile(fnmatch.translate(where.path)).match
    whole = "/" in where.path
    paths = ((row.id, os.fsdecode(row.path_bytes)) for row in rows)
    return [key for key, path in paths if matches(path if whole else path.rpartition("/")[2])]


def _conditions(where: Filter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if where.media_type is not None and where.media_type.endswith("/*"):
        conditions.append(Source.media_type.startswith(where.media_type[:-1], autoescape=True))
    elif where.media_type is not None:
        conditions.append(Source.media_type == where.media_type)
    if where.since is not None:
        earliest = _nanoseconds(where.since)
        own, files = Source.created >= _naive(where.since), Source.mtime_ns >= earliest
        conditions.append(_dated(own, files))
    if where.until is not None:
        # A file's time is finer than a datetime: the bound covers its whole microsecond.
        latest = _nanoseconds(where.until) + 999
        own, files = Source.created <= _naive(where.until), Source.mtime_ns <= latest
        conditions.append(_dated(own, files))
    return conditions


def _dated(own: ColumnElement[bool], files: ColumnElement[bool]) -> ColumnElement[bool]:
    return or_(and_(Source.created.is_not(None), own), and_(Source.created.is_(None), files))


def _naive(moment: datetime) -> datetime:
    return moment if moment.tzinfo is None else moment.astimezone().replace(tzinfo=None)


def _nanoseconds(moment: datetime) -> int:
    """Nanoseconds since the epoch of a local time; far bounds, which the platform cannot place, count as furthest."""
    try:
        exact = round(moment.timestamp() * 1_000_000) * 1000
    except (OverflowError, ValueError, OSError):
        exact = _FURTHEST_NS if moment.year > 1970 else -_FURTHEST_NS
    return min(max(exact, -_FURTHEST_NS), _FURTHEST_NS)
