"""Moving pictures and windows into another encoder's space, beside the old one, which answers until the end.

The new vectors lie in segments of the new fingerprint, which no search looks at until the binding changes. What has
been done is what has been placed, so a switch that was killed goes on where it ended.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Connection, delete, select

from lucida.errors import UsageError
from lucida.index import kinds, meta
from lucida.index.records import Binding
from lucida.index.schema import Segment
from lucida.index.storage import remove_files

if TYPE_CHECKING:
    from lucida.index.publication import Publisher


def begin(publisher: Publisher, binding: Binding) -> None:
    """See ``Index.begin_switch``."""
    with publisher.database.write() as connection:
        held = meta.shared(connection)
        names = _drop(connection, keep={binding.fingerprint, held.fingerprint if held else ""})
        meta.set_pending(connection, binding)
    publisher.checkpoint("switch-begun")
    remove_files(publisher.segments / name for name in names)


def finish(publisher: Publisher) -> None:
    """See ``Index.finish_switch``."""
    with publisher.database.write() as connection:
        binding = meta.pending(connection)
        if binding is None:
            raise UsageError("There is no switch to finish.", "Begin one with: lucida models switch SPEC.")
        names = _take_over(connection, binding)
        publisher.checkpoint("switch-written")
    publisher.checkpoint("switch-committed")
    remove_files(publisher.segments / name for name in names)
    publisher.checkpoint("switch-done")


def forget(publisher: Publisher) -> None:
    """See ``Index.forget_shared``."""
    with publisher.database.write() as connection:
        names = _take_over(connection, None)
        publisher.checkpoint("switch-written")
    publisher.checkpoint("switch-committed")
    remove_files(publisher.segments / name for name in names)


def _take_over(connection: Connection, binding: Binding | None) -> list[str]:
    meta.set_shared(connection, binding)
    meta.set_pending(connection, None)
    names = _drop(connection, keep={binding.fingerprint} if binding else set())
    if binding is not None and not binding.windows:
        names += _drop(connection, keep=set(), of=(kinds.WINDOW,))
    return names


def _drop(connection: Connection, *, keep: set[str], of: tuple[str, ...] = kinds.SHARED) -> list[str]:
    """Forget segments of these lists but those of the encoders to keep; returns the names of their files."""
    doomed = (Segment.kind.in_(of), Segment.fingerprint.not_in(keep))
    names = list(connection.scalars(select(Segment.name).where(*doomed)))
    connection.execute(delete(Segment).where(*doomed))  # placements and tombstones go with them
    meta.advance(connection)
    return names
