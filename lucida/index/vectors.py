"""The set of open segments, kept in step with the catalogue."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from sqlalchemy import Connection, select

from lucida.errors import ModelError
from lucida.index import meta, schema
from lucida.index.faults import damaged
from lucida.index.segments import SEGMENTS, Segment, SegmentInfo, search_segments

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lucida.index.database import Database
    from lucida.models.protocols import Vectors

_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class _State:
    generation: int
    segments: dict[str, Segment]
    dead: NDArray[np.int64]


def segment_rows(connection: Connection) -> list[SegmentInfo]:
    """All segments that the catalogue names, oldest first."""
    columns = (getattr(schema.Segment, name) for name in SegmentInfo.__slots__)
    return [SegmentInfo(*row) for row in connection.execute(select(*columns).order_by(schema.Segment.id))]


class VectorStore:
    """Searches what the catalogue names at the moment of the call."""

    def __init__(self, folder: Path, database: Database) -> None:
        self.root = folder / SEGMENTS
        self._database = database
        self._state = _State(-1, {}, np.empty(0, dtype=np.int64))
        self._lock = threading.Lock()

    def nearest(self, query: Vectors, k: int, *, among: NDArray[np.int64] | None = None) -> list[tuple[int, float]]:
        """See ``Index.nearest``."""
        row = np.ascontiguousarray(query, dtype=np.float32).reshape(1, -1)
        state = self._current()
        if not state.segments or k < 1 or (among is not None and not len(among)):
            return []
        segments = list(state.segments.values())
        if row.shape[1] != segments[0].info.dimension:
            raise ModelError(
                f"The query has {row.shape[1]} dimensions, the library's vectors have {segments[0].info.dimension}.",
                "Search with the encoder that the library was made with; lucida status names it.",
            )
        return search_segments(segments, row, k, dead=state.dead, among=among)

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
            rows = segment_rows(connection)
            dead = np.array(connection.scalars(select(schema.Tombstone.item_id)).all(), dtype=np.int64)
        known = self._state.segments
        return _State(generation, {row.name: known.get(row.name) or Segment(self.root, row) for row in rows}, dead)

    def forget(self) -> None:
        """Close all segments."""
        with self._lock:
            self._state = _State(-1, {}, np.empty(0, dtype=np.int64))
