"""Merging segments, so that their number stays small and the vectors of deleted items go.

Publishing merges by size tiers, as log-structured stores do: when ``FAN`` segments of one tier have come together they
become one of the next, so that a vector is rewritten only a logarithmic number of times. No merge makes a segment of
more than ``MAX_BYTES`` of vectors, which bounds the memory it takes. Each merge is a publication of its own.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from sqlalchemy import Connection, delete, func, select, update

from lucida.index import meta, schema
from lucida.index.assembling import Part
from lucida.index.publication import Publisher
from lucida.index.segments import Segment, SegmentInfo
from lucida.index.storage import remove_files
from lucida.index.vectors import segment_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lucida.models.protocols import Vectors

FAN = 8
MAX_BYTES = 128 << 20
_SMALLEST = 64


@dataclass(frozen=True, slots=True)
class Load:
    """A segment with the number of its items that are gone."""

    info: SegmentInfo
    dead: int

    @property
    def live(self) -> int:
        """Vectors that are still wanted; where items have several, an estimate."""
        return max(self.info.count - round(self.dead * self.info.spread), 0)


def loads(connection: Connection) -> list[Load]:
    """All segments, oldest first."""
    counts = select(schema.Tombstone.segment_id, func.count()).group_by(schema.Tombstone.segment_id)
    dead = {row[0]: row[1] for row in connection.execute(counts)}
    return [Load(info, dead.get(info.id, 0)) for info in segment_rows(connection)]


def tiers(segments: Iterable[Load]) -> list[list[Load]]:
    """What publishing should merge: the oldest ``FAN`` of a tier, and segments of which most is dead."""
    groups: dict[tuple[str, str, int, int], list[Load]] = defaultdict(list)
    found = []
    for load in segments:
        if load.dead * 2 * load.info.spread > load.info.count:
            found.append([load])
        elif load.live < _limit(load):
            tier = int(math.log(max(load.live / _SMALLEST, 1), FAN))
            groups[load.info.kind, load.info.fingerprint, load.info.dimension, tier].append(load)
    return found + [group[:FAN] for group in groups.values() if len(group) >= FAN and _fits(group[:FAN])]


def packs(segments: Iterable[Load]) -> list[list[Load]]:
    """What compaction should merge: everything, into as few segments as ``MAX_BYTES`` allows."""
    groups: dict[tuple[str, str, int], list[list[Load]]] = defaultdict(lambda: [[]])
    for load in segments:
        bins = groups[load.info.kind, load.info.fingerprint, load.info.dimension]
        if bins[-1] and not _fits([*bins[-1], load]):
            bins.append([])
        bins[-1].append(load)
    every = [group for bins in groups.values() for group in bins]
    return [group for group in every if len(group) > 1 or group[0].dead]


def settle(publisher: Publisher) -> None:
    """Merge what has come due since the last publication."""
    while True:
        with publisher.database.read() as connection:
            groups = tiers(loads(connection))
        if not groups:
            return
        for group in groups:
            merge(publisher, group)


def _limit(load: Load) -> int:
    return MAX_BYTES // (4 * load.info.dimension)


def _fits(group: Sequence[Load]) -> bool:
    return sum(load.live for load in group) <= _limit(group[0])


def merge(publisher: Publisher, group: Sequence[Load]) -> int:
    """Put the live vectors of some segments into one new segment; returns how many dead ones went.

    Raises:
        LibraryDamagedError: a segment is not what was written; nothing is changed.
        StorageFullError: the disk refused; nothing is changed.
    """
    old = [load.info.id for load in group]
    with publisher.swept_on_failure():
        with publisher.database.read() as connection:
            buried = select(schema.Tombstone.item_id).where(schema.Tombstone.segment_id.in_(old))
            dead = np.fromiter(connection.scalars(buried), dtype=np.int64)
        ids, vectors = _collect(publisher, group, dead)
        info = group[0].info
        joined = [Part(info.kind, info.fingerprint, ids, vectors)] if len(ids) else []
        segments = publisher.write_segments(joined)
        publisher.checkpoint("merge-written")
        with publisher.database.write() as connection:
            for segment in segments:
                moved = update(schema.Placement).where(schema.Placement.segment_id.in_(old))
                connection.execute(moved.values(segment_id=segment.insert(connection)))
            connection.execute(delete(schema.Tombstone).where(schema.Tombstone.segment_id.in_(old)))
            connection.execute(delete(schema.Segment).where(schema.Segment.id.in_(old)))
            meta.advance(connection)
            publisher.checkpoint("merge-rows-written")
        publisher.checkpoint("merge-committed")
        remove_files(publisher.segments / load.info.name for load in group)
        publisher.checkpoint("merge-done")
    return len(dead)


def _collect(publisher: Publisher, group: Sequence[Load], dead: NDArray[np.int64]) -> tuple[NDArray[np.int64], Vectors]:
    """Ids (ascending) and vectors of what lives in the group."""
    ids, rows = [], []
    for load in group:
        segment = Segment(publisher.segments, load.info)
        segment.check()  # a merge would give a damaged vector a fresh, valid hash
        live = ~np.isin(segment.ids, dead)
        ids.append(segment.ids[live])
        rows.append(segment.vectors(live))
    joined = np.concatenate(ids)
    order = np.argsort(joined, kind="stable")
    return joined[order], np.concatenate(rows)[order]
