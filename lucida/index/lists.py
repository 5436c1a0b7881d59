"""The lists of vectors beside each other: which items a list lacks, and adding what it lacks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import Connection, Select, func, select

from lucida.errors import UsageError
from lucida.index import kinds, meta
from lucida.index.assembling import part
from lucida.index.reading import chunks
from lucida.index.records import Binding
from lucida.index.schema import Item, Placement, Segment, Tombstone

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lucida.index.publication import Publisher
    from lucida.models.protocols import Vectors


def lacking(connection: Connection, kind: str, *, after: int, limit: int, pending: bool) -> list[int]:
    """See ``Index.lacking``."""
    binding = _binding(connection, kinds.checked(kind), pending=pending)
    query = missing(kind, binding.fingerprint if binding else "").where(Item.id > after)
    return list(connection.scalars(query.order_by(Item.id).limit(limit)))


def missing(kind: str, fingerprint: str) -> Select[Any]:
    """Ids of the items that belong into a list and have no vector by this encoder there."""
    there = (
        select(Placement.item_id)
        .join(Segment)
        .where(Placement.item_id == Item.id, Segment.kind == kind, Segment.fingerprint == fingerprint)
    )
    return select(Item.id).where(Item.kind == kinds.ITEM_KINDS[kind], ~there.exists())


def lacking_counts(connection: Connection) -> dict[str, int]:
    """How many items lack a vector, by list; lists that lack none are left out, and windows where there are none.

    Counted from what the segments say of themselves, which takes no longer for a million items than for ten.
    """
    bound = meta.bound(connection)
    wanted = [kind for kind in kinds.ITEM_KINDS if kind != kinds.WINDOW or kind in bound]
    counts = {kind: lacking_count(connection, kind, bound.get(kind)) for kind in wanted}
    return {kind: count for kind, count in counts.items() if count > 0}


def lacking_count(connection: Connection, kind: str, binding: Binding | None) -> int:
    """How many items lack a vector by this encoder in a list."""
    items = select(func.count()).select_from(Item).where(Item.kind == kinds.ITEM_KINDS[kind])
    of_list = (Segment.kind == kind, Segment.fingerprint == (binding.fingerprint if binding else ""))
    placed = select(func.coalesce(func.sum(Segment.items), 0)).where(*of_list)
    dead = select(func.count()).select_from(Tombstone).join(Segment).where(*of_list)
    total, there, gone = (int(connection.scalar(query) or 0) for query in (items, placed, dead))
    return total - there + gone


def due(connection: Connection) -> dict[str, int]:
    """See ``Index.due``."""
    bound = meta.bound(connection)
    vain = {kind: meta.futile(connection, kind, binding.fingerprint) for kind, binding in bound.items()}
    counts = {kind: count - vain.get(kind, 0) for kind, count in lacking_counts(connection).items()}
    return {kind: count for kind, count in counts.items() if count > 0}


def note_futile(connection: Connection, kind: str) -> None:
    """See ``Index.note_futile``."""
    binding = meta.bound(connection).get(kind)
    if binding is not None:
        meta.set_futile(connection, kind, binding.fingerprint, lacking_count(connection, kind, binding))


def add(publisher: Publisher, kind: str, ids: NDArray[np.int64], vectors: Vectors, *, pending: bool) -> None:
    """See ``Index.add_vectors``."""
    with publisher.database.read() as connection:
        binding = _binding(connection, kinds.checked(kind), pending=pending)
        if binding is None:
            raise UsageError(f"The list {kind} is bound to no encoder.", "Bind it before vectors are added.")
        found = part(kind, binding, [(np.asarray(ids, dtype=np.int64), vectors)])
        due = missing(kind, binding.fingerprint)
        there = {item for chunk in chunks(found.items) for item in connection.scalars(due.where(Item.id.in_(chunk)))}
    if (np.diff(found.ids) < 0).any() or there != set(found.items):
        raise UsageError(
            f"These vectors do not belong into the list {kind}.",
            "Give each item that lacks one its own, ids ascending.",
        )
    publisher.add(found)


def _binding(connection: Connection, kind: str, *, pending: bool) -> Binding | None:
    if not pending:
        return meta.bound(connection).get(kind)
    binding = meta.pending(connection)
    usable = binding is not None and (kind == kinds.PICTURE or (kind == kinds.WINDOW and binding.windows))
    return binding if usable else None
