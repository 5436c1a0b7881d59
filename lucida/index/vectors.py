"""The set of open segments, kept in step with the catalogue."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from sqlalchemy import Connection, select

from lucida.errors import ModelError
from lucida.index import kinds, meta, schema
from lucida.index.faults import damaged
from lucida.index.records import Binding
from lucida.index.segments import SEGMENTS, Segment, SegmentInfo, search_segments

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lucida.index.database import Database
    from lucida.models.protocols import Vectors

_ATTEMPTS = 5
#: Rows of vectors that are handed out at a time when all are asked for.
_BLOCK = 8192


@dataclass(frozen=True, slots=True)
class _State:
    """One committed state: bindings and segments by list, without those that a switch is still preparing."""

    generation: int = -1
    bound: dict[str, Binding] = field(default_factory=dict)
    lists: dict[str, list[Segment]] = field(default_factory=dict)
    #: Ascending.
    dead: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, dtype=np.int64))

    @property
    def open(self) -> dict[str, Segment]:
        return {segment.info.name: segment for segments in self.lists.values() for segment in segments}


def segment_rows(connection: Connection) -> list[SegmentInfo]:
    """All segments that the catalogue names, oldest first."""
    columns = (getattr(schema.Segment, name) for name in SegmentInfo.__slots__)
    return [SegmentInfo(*row) for row in connection.execute(select(*columns).order_by(schema.Segment.id))]


def in_force(info: SegmentInfo, bound: dict[str, Binding]) -> bool:
    """Whether a segment's vectors are by the encoder that its list is bound to."""
    return info.kind in bound and bound[info.kind].fingerprint == info.fingerprint


class VectorStore:
    """Searches what the catalogue names at the moment of the call."""

    def __init__(self, folder: Path, database: Database) -> None:
        self.root = folder / SEGMENTS
        self._database = database
        self._state = _State()
        self._lock = threading.Lock()

    def nearest(
        self,
        query: Vectors,
        k: int,
        *,
        among: NDArray[np.int64] | None = None,
        kind: str = kinds.PASSAGE,
        fingerprint: str | None = None,
    ) -> list[tuple[int, float]]:
        """See ``Index.nearest``."""
        row = np.ascontiguousarray(query, dtype=np.float32).reshape(1, -1)
        state = self._current()
        segments = state.lists.get(kinds.checked(kind), [])
        if not segments or k < 1 or (among is not None and not len(among)):
            return []
        _check(row, fingerprint, state.bound[kind])
        return search_segments(segments, row, k, dead=state.dead, among=among)

    def vectors(self, item_ids: NDArray[np.int64], kind: str) -> tuple[NDArray[np.int64], Vectors]:
        """See ``Index.vectors``."""
        state = self._current()
        segments = state.lists.get(kinds.checked(kind), [])
        wanted = _without(np.asarray(item_ids, dtype=np.int64), state.dead)
        found = [(segment, segment.rows_of(wanted)) for segment in segments]
        width = state.bound[kind].dimension if kind in state.bound else 0
        ids = [np.empty(0, dtype=np.int64), *(segment.ids[rows] for segment, rows in found)]
        rows = [np.empty((0, width), dtype=np.float32), *(_unit(segment, rows) for segment, rows in found)]
        joined = np.concatenate(ids)
        order = np.argsort(joined, kind="stable")
        return joined[order], np.concatenate(rows)[order]

    def all_vectors(self, kind: str) -> Iterator[tuple[NDArray[np.int64], Vectors]]:
        """See ``Index.all_vectors``."""
        state = self._current()
        for segment in state.lists.get(kinds.checked(kind), []):
            ids = segment.ids
            live = np.flatnonzero(~np.isin(ids, state.dead))
            for start in range(0, len(live), _BLOCK):
                rows = live[start : start + _BLOCK]
                yield ids[rows], _unit(segment, rows)

    def _current(self) -> _State:
        with self._lock:
            for _ in range(_ATTEMPTS):
                try:
                    self._state = self._refreshed()
                except FileNotFoundError as error:
                    missing = error.filename  # deleted by a compaction since we read its name, or truly gone
                else:
                    return self._state
        raise damaged(f"The vector file {missing} is missing.")

    def _refreshed(self) -> _State:
        with self._database.read() as connection:
            generation = meta.generation(connection)
            if generation == self._state.generation:
                return self._state
            bound = meta.bound(connection)
            rows = [row for row in segment_rows(connection) if in_force(row, bound)]
            dead = np.array(connection.scalars(select(schema.Tombstone.item_id).distinct()).all(), dtype=np.int64)
            dead.sort()
        known = self._state.open
        lists: dict[str, list[Segment]] = {}
        for row in rows:
            lists.setdefault(row.kind, []).append(known.get(row.name) or Segment(self.root, row))
        return _State(generation, bound, lists, dead)

    def forget(self) -> None:
        """Close all segments."""
        with self._lock:
            self._state = _State()


def _without(item_ids: NDArray[np.int64], dead: NDArray[np.int64]) -> NDArray[np.int64]:
    """The distinct ids that are not dead, ascending.

    numpy's own set functions load its masked arrays at the first call, and a cold search would wait for that.
    """
    wanted = np.sort(item_ids)
    wanted = wanted[np.diff(wanted, prepend=wanted[:1] - 1) != 0]
    places = np.searchsorted(dead, wanted)
    known = places < len(dead)
    known[known] = dead[places[known]] == wanted[known]
    alive: NDArray[np.int64] = wanted[~known]
    return alive


def _unit(segment: Segment, rows: NDArray[np.int64]) -> Vectors:
    """Stored vectors; what was rounded is brought back to unit length."""
    vectors = segment.vectors(rows)
    if not segment.exact and len(rows):
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors


def _check(row: Vectors, fingerprint: str | None, binding: Binding) -> None:
    if row.shape[1] != binding.dimension:
        raise ModelError(
            f"The query has {row.shape[1]} dimensions, the library's vectors have {binding.dimension}.",
            "Search with the encoder that the library was made with; lucida status names it.",
        )
    if fingerprint is not None and fingerprint != binding.fingerprint:
        raise ModelError(
            f"The library's vectors were made by {binding.spec}, the query's by another encoder.",
            "Search again; if that does not help, name the library's encoder in lucida.toml.",
        )
