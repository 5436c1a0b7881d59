"""Do catalogue, vectors, full text and blobs agree? Each check yields findings; a finding knows how to mend itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from sqlalchemy import ColumnElement, Connection, func, select

from lucida.errors import LibraryDamagedError
from lucida.index import fulltext, kinds, mending, meta, schema, sqlite
from lucida.index.lists import missing
from lucida.index.lock import writing
from lucida.index.packing import unpack_regions, unpack_words
from lucida.index.records import Problem
from lucida.index.segments import Segment, SegmentInfo
from lucida.index.vectors import segment_rows

if TYPE_CHECKING:
    from lucida.index.publication import Publisher

_ATTEMPTS = 3
_REPAIR = "Run: lucida verify --repair."
_REREAD = "Run: lucida verify --repair, then ingest the same folders again: the sources concerned are read anew."
_EMBED = "Run: lucida verify --repair, or ingest again: what can be embedded is."
_BACKUP = "Restore catalogue.db from a backup, or ingest into a new library."


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem and what mends it; None where nothing can."""

    problem: Problem
    mend: Callable[[Publisher], None] | None = None


def verify(publisher: Publisher, *, repair: bool) -> list[Problem]:
    """See ``Index.verify``."""
    findings = _steady_findings(publisher)
    if repair:
        for finding in findings:
            if finding.mend is not None:
                finding.mend(publisher)
        mending.embed_again(publisher)
    return [finding.problem for finding in findings]


def _steady_findings(publisher: Publisher) -> list[Finding]:
    """Findings that are not merely a writer's files coming and going while we look."""
    for _ in range(_ATTEMPTS):
        before = _generation(publisher)
        findings = list(_findings(publisher))
        if not findings or publisher.is_writer or _generation(publisher) == before:
            break
    return findings


def _generation(publisher: Publisher) -> int:
    with publisher.database.read() as connection:
        return meta.generation(connection)


def _findings(publisher: Publisher) -> Iterator[Finding]:
    database = publisher.database
    with database.read() as connection:
        if faults := _integrity(connection):
            yield from faults
            return
        yield from _rows(connection)
        yield from _segments(publisher, connection)
        yield from _vectorless(connection)
        yield from _blobs(publisher, connection)
    # FTS5 takes its own integrity check for a write.
    with database.read() if database.read_only else database.write() as connection:
        yield from _full_text(connection, deep=not database.read_only)
    yield from _strays(publisher)


def _integrity(connection: Connection) -> list[Finding]:
    if connection.dialect.name != "sqlite":
        return []
    faults = sqlite.integrity_faults(connection)
    return [Finding(Problem(f"The catalogue is damaged: {fault}.", _BACKUP, repairable=False)) for fault in faults]


def _rows(connection: Connection) -> Iterator[Finding]:
    """Items without their other half, packed pages that cannot be unpacked, an id counter that lags behind."""
    item, passage, picture = schema.Item, schema.Passage, schema.Picture
    no_text = ~select(passage.item_id).where(passage.item_id == item.id).exists()
    no_picture = ~select(picture.item_id).where(picture.item_id == item.id).exists()
    half = ((item.kind == "passage") & no_text) | ((item.kind == "picture") & no_picture)
    yield from _reread("have items that lack their text or picture", _sources_of(connection, half))
    broken = [source_id for source_id, words, regions in _packed(connection) if not _unpacks(words, regions)]
    yield from _reread("have pages whose words cannot be unpacked", sorted(set(broken)))
    if (connection.scalar(select(func.max(item.id))) or 0) >= meta.next_item(connection):
        problem = Problem("The catalogue would give out item ids twice.", _REPAIR, repairable=True)
        yield Finding(problem, mending.mend_next_item)


def _packed(connection: Connection) -> Iterator[tuple[int, bytes, bytes]]:
    query = select(schema.Page.source_id, schema.Page.words, schema.Page.regions)
    for row in connection.execution_options(yield_per=200).execute(query):
        yield row.source_id, row.words, row.regions


def _unpacks(words: bytes, regions: bytes) -> bool:
    try:
        unpack_words(words)
        unpack_regions(regions)
    except (ValueError, TypeError):
        return False
    return True


def _segments(publisher: Publisher, connection: Connection) -> Iterator[Finding]:
    for info in segment_rows(connection):
        if (fault := _segment_fault(publisher, connection, info)) is not None:
            here = select(schema.Placement.item_id).where(schema.Placement.segment_id == info.id)
            sources = _sources_of(connection, schema.Item.id.in_(here))
            what = f"{fault} {len(sources)} sources have their vectors there."
            # Pictures and windows are embedded from what the library holds; passages' sources are read again.
            again = sources if info.kind == kinds.PASSAGE else []
            mend = partial(mending.drop_segment, info=info, source_ids=again)
            yield Finding(Problem(what, _REREAD if again else _EMBED, repairable=True), mend)


def _vectorless(connection: Connection) -> Iterator[Finding]:
    """Pictures and windows that are due a vector, have none, and have not been tried in vain."""
    for kind, binding in meta.bound(connection).items():
        if kind not in kinds.SHARED:
            continue
        due = missing(kind, binding.fingerprint).subquery()
        count = connection.scalar(select(func.count()).select_from(due)) or 0
        if count > meta.futile(connection, kind, binding.fingerprint):
            what = f"{count} {kinds.ITEM_KINDS[kind]}s have no vector in the space of {binding.spec}."
            yield Finding(Problem(what, _EMBED, repairable=True), mending.embed_again)


def _segment_fault(publisher: Publisher, connection: Connection, info: SegmentInfo) -> str | None:
    """What is wrong with one segment, as a sentence."""
    try:
        segment = Segment(publisher.segments, info)
        segment.check()
    except FileNotFoundError:
        return f"The vector file {info.name} is missing."
    except LibraryDamagedError as error:
        return error.message
    live = connection.scalars(select(schema.Placement.item_id).where(schema.Placement.segment_id == info.id))
    dead = connection.scalars(select(schema.Tombstone.item_id).where(schema.Tombstone.segment_id == info.id))
    named = np.sort(np.fromiter((*live, *dead), dtype=np.int64))
    if not np.array_equal(named, np.unique(segment.ids)):
        return f"The vector file {info.name} holds other items than the catalogue says."
    bound = [meta.bound(connection).get(info.kind), meta.pending(connection) if info.kind in kinds.SHARED else None]
    owner = next((binding for binding in bound if binding and binding.fingerprint == info.fingerprint), None)
    if owner is None:
        return f"The vector file {info.name} belongs to an encoder that the library does not use."
    if owner.dimension != info.dimension:
        return f"The vector file {info.name} has {info.dimension} dimensions, the library's encoder {owner.dimension}."
    return None


def _blobs(publisher: Publisher, connection: Connection) -> Iterator[Finding]:
    for sha256 in connection.scalars(select(schema.Blob.sha256)).all():
        if (fault := publisher.blobs.fault(sha256)) is not None:
            shown = select(schema.Picture.item_id).where(schema.Picture.blob == sha256)
            sources = _sources_of(connection, schema.Item.id.in_(shown))
            problem = Problem(f"The picture {sha256} cannot be shown: {fault}.", _REREAD, repairable=True)
            yield Finding(problem, partial(mending.drop_blob, sha256=sha256, source_ids=sources))


def _full_text(connection: Connection, *, deep: bool) -> Iterator[Finding]:
    for fault in fulltext.of(connection).faults(connection, deep=deep):
        problem = Problem(f"The full text does not agree with the catalogue: {fault}.", _REPAIR, repairable=True)
        yield Finding(problem, mending.rebuild_full_text)


def _strays(publisher: Publisher) -> Iterator[Finding]:
    """Files that no row names. While somebody else writes, some are about to be named, so then nothing is said."""
    if publisher.is_writer or not writing(publisher.folder):
        for path in publisher.strays():
            what = f"{path.relative_to(publisher.folder)} belongs to nothing in the catalogue."
            yield Finding(Problem(what, _REPAIR, repairable=True), mending.sweep)


def _sources_of(connection: Connection, condition: ColumnElement[bool]) -> list[int]:
    return list(connection.scalars(select(schema.Item.source_id).where(condition).distinct()))


def _reread(what: str, source_ids: Sequence[int]) -> Iterator[Finding]:
    if source_ids:
        problem = Problem(f"{len(source_ids)} sources {what}.", _REREAD, repairable=True)
        yield Finding(problem, partial(mending.read_again, source_ids=source_ids))
