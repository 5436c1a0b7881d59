"""Rows that the index takes in and gives out. Plain data: nobody outside ``index`` sees an ORM object."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from lucida.types import Box, Document, Failure, PictureRole, Region, RegionKind, TextOrigin, Word

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from lucida.models.protocols import Vectors


class Binding(NamedTuple):
    """The encoder that vectors belong to. ``windows``: whether passages enter its space as windows of their own."""

    spec: str
    fingerprint: str
    dimension: int
    windows: bool = False


@dataclass(frozen=True, slots=True)
class FileState:
    """A file as last seen on disk.

    Attributes:
        path: absolute, as ``os.fsdecode`` gives it: names that are not UTF-8 carry surrogate escapes.
        size: bytes.
        mtime_ns: modification time, nanoseconds since the epoch.
        sha256: hex digest of the bytes, or empty when nobody has read them.
    """

    path: str
    size: int
    mtime_ns: int
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """A source that was read and embedded, ready to be published.

    Attributes:
        file: the file's state when it was read.
        document: what was read.
        passage_vectors: float32 (len(document.passages), dimension), unit rows; None publishes full text alone.
        picture_vectors: float32 (number of pictures over all pages, dimension), unit rows; a row of zeros says that
            this picture has no vector. None where no picture has one.
        window_vectors: unit rows, float32 (m, dimension), and the passage that each belongs to, int64 (m,), ascending.
            None where passages have no windows.
    """

    file: FileState
    document: Document
    passage_vectors: Vectors | None
    picture_vectors: Vectors | None = None
    window_vectors: tuple[Vectors, NDArray[np.int64]] | None = None


@dataclass(frozen=True, slots=True)
class FailedReading:
    """A source that could not be read: kept in the catalogue, shown by ``status``, retried on request."""

    file: FileState
    failure: Failure


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A source in the catalogue. ``error`` is None for sources that were read."""

    id: int
    path: str
    size: int
    mtime_ns: int
    sha256: str
    media_type: str
    title: str
    created: datetime | None
    ingested: datetime
    pages: int
    items: int
    error: str | None
    advice: str | None
    warnings: tuple[str, ...] = ()
    metadata: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ItemRow:
    """A passage or a picture in the catalogue.

    ``order`` counts passages within the source, from 0. A picture's size is that at its source's own resolution.
    """

    id: int
    kind: str
    source_id: int
    source: str
    media_type: str
    page: int
    box: Box
    text: str
    section: tuple[str, ...]
    region: RegionKind | None
    order: int
    role: PictureRole | None = None
    blob: str | None = None
    width_px: int = 0
    height_px: int = 0


@dataclass(frozen=True, slots=True)
class PageRow:
    """A page in the catalogue, with its words and regions."""

    id: int
    source_id: int
    source: str
    media_type: str
    number: int
    width_pt: float
    height_pt: float
    origin: TextOrigin
    rotation: int
    skew: float
    reader: str
    words: tuple[Word, ...]
    regions: tuple[Region, ...]
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Filter:
    """Narrows a search. All conditions given must hold; the empty filter lets everything pass.

    Attributes:
        kind: "passage", "picture" or "page" (pictures of whole pages); None for any.
        path: shell glob (``*``, ``?``, ``[...]``; ``*`` crosses folders) held against the whole path, or, when it
            has no slash, against the file's name.
        media_type: IANA name or a prefix with ``/*``, e.g. ``application/pdf`` or ``image/*``.
        since, until: naive local bounds (inclusive) on the source's own date, or on its file's where it has none.
    """

    kind: str | None = None
    path: str | None = None
    media_type: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    @property
    def empty(self) -> bool:
        return self == Filter()


@dataclass(frozen=True, slots=True)
class Problem:
    """One disagreement that ``verify`` found. ``repairable`` says whether ``--repair`` can mend it."""

    what: str
    advice: str
    repairable: bool


@dataclass(frozen=True, slots=True)
class Published:
    """What one publication wrote: sources that are new, sources that replaced themselves, pages and items."""

    added: int = 0
    updated: int = 0
    pages: int = 0
    items: int = 0


@dataclass(frozen=True, slots=True)
class Compacted:
    """What compaction did. ``bytes_freed`` counts vector files and, on SQLite, the catalogue file."""

    segments_before: int
    segments_after: int
    tombstones_dropped: int
    bytes_freed: int


@dataclass(frozen=True, slots=True)
class Statistics:
    """How much a library holds.

    Attributes:
        sources: all of them, those that failed included.
        failed: sources that could not be read.
        pages, passages, pictures, segments: counts.
        tombstones: deleted items whose vectors still lie in a segment.
        bytes: size on disk by part: "catalogue", "segments", "blobs".
        encoder: that the passages' vectors belong to, None before the first.
        schema: revision of the catalogue's schema.
        shared: the encoder that the vectors of pictures and windows belong to, None before the first.
        pending: the encoder that an unfinished switch is on its way to.
        lacking: items without a vector by list ("passage", "picture", "window"), where there are any.
    """

    sources: int
    failed: int
    pages: int
    passages: int
    pictures: int
    segments: int
    tombstones: int
    bytes: dict[str, int]
    encoder: Binding | None
    schema: str
    shared: Binding | None = None
    pending: Binding | None = None
    lacking: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rule:
    """What is said of all sources whose path fits a glob; None says nothing of that kind."""

    pattern: str
    no_derivatives: bool | None = None
    licence: str | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """What may be done with a source: whether nothing may be made from it, and under which licence it stands."""

    no_derivatives: bool = False
    licence: str = ""


@dataclass(frozen=True, slots=True)
class SampleParent:
    """An item that a generated sample was made from."""

    item_id: int
    source: str
    page: int
