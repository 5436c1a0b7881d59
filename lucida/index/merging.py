"""Merging segments, so that their number stays small and the vectors of deleted items go.

Publishing merges by size tiers, as log-structured stores do: when ``FAN`` segments of one tier have come together they
become one of the next, so that a vector is rewritten only a logarithmic number of times. No merge makes a segment of
more than ``Scale.limit`` vectors, which bounds the memory it takes. Each merge is a publication of its own.

A merge has two halves. ``prepare`` reads the old files and makes the new one, which takes long where the result is a
compact index, and touches nothing that others see; ``commit`` is one transaction. What dies between the two becomes a
tombstone of the new segment. So ``background`` can prepare while the library is written.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from sqlalchemy import Connection, delete, func, insert, select, update

from lucida.index import meta, schema
from lucida.index.assembling import Part
from lucida.index.building import Pulse, Share, build, shares
from lucida.index.choice import Scale
from lucida.index.faults import damaged
from lucida.index.publication import NewSegment, Publisher
from lucida.index.segments import Segment, SegmentInfo
from lucida.index.storage import remove_files
from lucida.index.vectors import segment_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

FAN = 8
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


@dataclass(frozen=True, slots=True)
class Due:
    """Segments that should become one.

    Attributes:
        group: those that are to be merged.
        overdue: as many again wait, or nearly all is dead: it should not be put off any longer.
    """

    group: list[Load]
    overdue: bool

    def is_large(self, scale: Scale) -> bool:
        """Whether the result is a compact index, which takes long to build."""
        return scale.compact(sum(load.live for load in self.group))


def tiers(segments: Iterable[Load], scale: Scale) -> list[Due]:
    """What publishing should merge: the oldest ``FAN`` of a tier, and segments of which most is dead."""
    groups: dict[tuple[str, str, int, int], list[Load]] = defaultdict(list)
    found = []
    for load in segments:
        if load.live * 2 < load.info.count:
            found.append(Due([load], load.live * 4 < load.info.count))
        elif load.live * 2 <= scale.limit(load.info.dimension):
            tier = int(math.log(max(load.live / _SMALLEST, 1), FAN))
            groups[load.info.kind, load.info.fingerprint, load.info.dimension, tier].append(load)
    full = [group for group in groups.values() if len(group) >= FAN]
    return found + [Due(_fitting(group, scale), len(group) >= 2 * FAN) for group in full]


def packs(segments: Iterable[Load], scale: Scale) -> list[list[Load]]:
    """What compaction should merge: everything, into as few segments as the limit allows."""
    groups: dict[tuple[str, str, int], list[list[Load]]] = defaultdict(lambda: [[]])
    for load in segments:
        bins = groups[load.info.kind, load.info.fingerprint, load.info.dimension]
        if bins[-1] and not _fits([*bins[-1], load], scale):
            bins.append([])
        bins[-1].append(load)
    every = [group for bins in groups.values() for group in bins]
    return [group for group in every if len(group) > 1 or group[0].dead]


def due(publisher: Publisher) -> list[Due]:
    """What publishing should merge now."""
    with publisher.database.read() as connection:
        return tiers(loads(connection), publisher.scale)


def _fitting(group: Sequence[Load], scale: Scale) -> list[Load]:
    """The oldest of a full tier: ``FAN``, or as many as one segment may hold; two at least."""
    count = min(FAN, len(group))
    while count > 2 and not _fits(group[:count], scale):
        count -= 1
    return list(group[:count])


def _fits(group: Sequence[Load], scale: Scale) -> bool:
    return sum(load.live for load in group) <= scale.limit(group[0].info.dimension)


@dataclass(frozen=True, slots=True)
class Plan:
    """A merge that was decided on: the segments, and ids int64 (n,) of what is dead in them."""

    group: list[Load]
    dead: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A merge whose new file is durable on disk; None where nothing was left alive."""

    plan: Plan
    segment: NewSegment | None


def plan(publisher: Publisher, group: Sequence[Load]) -> Plan:
    """Note what is dead now."""
    buried = select(schema.Tombstone.item_id).where(schema.Tombstone.segment_id.in_([load.info.id for load in group]))
    with publisher.database.read() as connection:
        return Plan(list(group), np.fromiter(connection.scalars(buried), dtype=np.int64))


def merge(publisher: Publisher, group: Sequence[Load]) -> int:
    """Put the live vectors of some segments into one new segment; returns how many dead ones went.

    Raises:
        LibraryDamagedError: a segment is not what was written; nothing is changed.
        StorageFullError: the disk refused; nothing is changed.
    """
    planned = plan(publisher, group)
    with publisher.swept_on_failure():
        commit(publisher, prepare(publisher, planned, lambda: None))
    return len(planned.dead)


def prepare(publisher: Publisher, planned: Plan, pulse: Pulse) -> Prepared:
    """Make the new file. Reads no row and writes none.

    Args:
        publisher: whose library it is.
        planned: what to merge.
        pulse: called now and then; raises to give up.

    Raises:
        LibraryDamagedError: a segment is not what was written.
        StorageFullError: the disk refused.
    """
    segments = _checked(publisher, planned, pulse)
    parts = shares(segments, planned.dead)
    count = sum(len(part.rows) for part in parts)
    made = None
    if publisher.scale.compact(count):
        info = planned.group[0].info
        items = len(np.unique(np.concatenate([part.segment.ids[part.rows] for part in parts])))
        index = build(parts, publisher.scale, pulse)
        made = publisher.write_built(info.kind, info.fingerprint, index, items)
    elif count:
        [made] = publisher.write_segments([_joined(planned.group[0].info, parts)])
    publisher.checkpoint("merge-written")
    return Prepared(planned, made)


def _checked(publisher: Publisher, planned: Plan, pulse: Pulse) -> list[Segment]:
    """The planned segments, each read whole: a merge would give a damaged vector a fresh, valid hash."""
    try:
        segments = [Segment(publisher.segments, load.info) for load in planned.group]
        for segment in segments:
            pulse()
            segment.check()
    except FileNotFoundError as error:
        raise damaged(f"The vector file {error.filename} is missing.") from error
    return segments


def in_force(publisher: Publisher, planned: Plan) -> bool:
    """Whether every segment of a plan is still one of the library's."""
    with publisher.database.read() as connection:
        return _all_there(connection, [load.info.id for load in planned.group])


def _all_there(connection: Connection, keys: list[int]) -> bool:
    return len(connection.scalars(select(schema.Segment.id).where(schema.Segment.id.in_(keys))).all()) == len(keys)


def commit(publisher: Publisher, prepared: Prepared) -> bool:
    """Put a prepared segment in the place of the old ones.

    Returns:
        False, and nothing is changed, if one of the old segments or the new file has gone meanwhile.
    """
    infos = [load.info for load in prepared.plan.group]
    new = [publisher.segments / prepared.segment.name] if prepared.segment else []
    with publisher.database.write() as connection:
        replaced = all(path.exists() for path in new) and _replace(connection, [info.id for info in infos], prepared)
        if replaced:
            meta.advance(connection)
            publisher.checkpoint("merge-rows-written")
    if not replaced:
        remove_files(new)
        return False
    publisher.checkpoint("merge-committed")
    remove_files(publisher.segments / info.name for info in infos)
    publisher.checkpoint("merge-done")
    return True


def _replace(connection: Connection, old: list[int], prepared: Prepared) -> bool:
    if not _all_there(connection, old):
        return False
    of_old = schema.Tombstone.segment_id.in_(old)
    buried = np.fromiter(connection.scalars(select(schema.Tombstone.item_id).where(of_old)), dtype=np.int64)
    late = np.setdiff1d(buried, prepared.plan.dead).tolist()
    connection.execute(delete(schema.Tombstone).where(of_old))
    if prepared.segment is not None:
        key = prepared.segment.insert(connection)
        moved = update(schema.Placement).where(schema.Placement.segment_id.in_(old))
        connection.execute(moved.values(segment_id=key))
        if late:
            connection.execute(insert(schema.Tombstone), [{"item_id": item, "segment_id": key} for item in late])
    connection.execute(delete(schema.Segment).where(schema.Segment.id.in_(old)))
    return True


def _joined(info: SegmentInfo, parts: Sequence[Share]) -> Part:
    """All vectors of some segments, ids ascending."""
    ids = np.concatenate([part.segment.ids[part.rows] for part in parts])
    order = np.argsort(ids, kind="stable")
    vectors = np.concatenate([part.segment.vectors(part.rows) for part in parts])
    return Part(info.kind, info.fingerprint, ids[order], vectors[order])
