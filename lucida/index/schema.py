"""The catalogue's tables. SQL owns every id; vectors and full text can be rebuilt from here and the sources."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    BigInteger,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeEngine

#: Revisions of the schema that this code can read, oldest first; the last one is what it writes.
REVISIONS = ("0001", "0002")

#: SQLite gives only ``INTEGER PRIMARY KEY`` the speed of a row id; other databases need 64 bits spelled out.
_Id = BigInteger().with_variant(Integer, "sqlite")


class Base(DeclarativeBase):
    """Root of the typed models. Constraints are named, so that migrations can refer to them on every database."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, TypeEngine[Any]]] = {
        int: _Id,
        float: Double(),
        str: Text(),
        bytes: LargeBinary(),
        list[str]: JSON(),
        dict[str, str]: JSON(),
    }


class Source(Base):
    """A file. ``path_bytes`` is what the file system calls it, ``path`` is the same made safe to print."""

    __tablename__ = "sources"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(primary_key=True)
    path: Mapped[str]
    path_bytes: Mapped[bytes] = mapped_column(unique=True)
    size: Mapped[int]
    mtime_ns: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    media_type: Mapped[str]
    title: Mapped[str]
    created: Mapped[datetime | None]
    ingested: Mapped[datetime]
    page_count: Mapped[int]
    item_count: Mapped[int]
    error: Mapped[str | None]
    advice: Mapped[str | None]
    warnings: Mapped[list[str]]
    details: Mapped[dict[str, str]] = mapped_column("metadata")  # declarative classes keep ``metadata`` for themselves


class Page(Base):
    """A page; words and regions are packed (see ``packing``) because they are only ever read whole."""

    __tablename__ = "pages"
    __table_args__ = (UniqueConstraint("source_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("sources.id", ondelete="CASCADE"))
    number: Mapped[int]
    width_pt: Mapped[float]
    height_pt: Mapped[float]
    origin: Mapped[str]
    rotation: Mapped[int]
    skew: Mapped[float]
    reader: Mapped[str]
    words: Mapped[bytes]
    regions: Mapped[bytes]
    warnings: Mapped[list[str]]


class Item(Base):
    """A passage or a picture. Ids are never given out twice; ``Placement`` says where an item's vectors lie."""

    __tablename__ = "items"
    __table_args__ = (Index(None, "source_id", "page"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    source_id: Mapped[int] = mapped_column(ForeignKey("sources.id", ondelete="CASCADE"))
    page: Mapped[int]
    x0: Mapped[float]
    y0: Mapped[float]
    x1: Mapped[float]
    y1: Mapped[float]
    position: Mapped[int]


class Passage(Base):
    """The text half of an item."""

    __tablename__ = "passages"

    item_id: Mapped[int] = mapped_column(ForeignKey("items.id", ondelete="CASCADE"), primary_key=True)
    text: Mapped[str]
    section: Mapped[list[str]]
    region: Mapped[str]


class Picture(Base):
    """The picture half of an item; its preview is a blob.

    ``perceptual_hash`` is a number of 64 bits kept as a signed one, ``pixels_sha256`` the digest of the decoded pixels.
    Both are absent for pictures that were read before they were taken.
    """

    __tablename__ = "pictures"

    item_id: Mapped[int] = mapped_column(ForeignKey("items.id", ondelete="CASCADE"), primary_key=True)
    role: Mapped[str]
    caption: Mapped[str]
    width_px: Mapped[int]
    height_px: Mapped[int]
    blob: Mapped[str | None] = mapped_column(ForeignKey("blobs.sha256", ondelete="SET NULL"), index=True)
    perceptual_hash: Mapped[int | None]
    pixels_sha256: Mapped[bytes | None]


class Blob(Base):
    """A content-addressed file below ``blobs/``. A row lives as long as a picture refers to it."""

    __tablename__ = "blobs"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    bytes: Mapped[int]


class Segment(Base):
    """An immutable file of vectors below ``segments/``.

    ``kind`` is the list it belongs to (see ``kinds``), ``fingerprint`` the encoder that made its vectors, ``count`` how
    many vectors it has, and ``items`` of how many items: a passage may have several windows.
    """

    __tablename__ = "segments"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    dimension: Mapped[int]
    count: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    bytes: Mapped[int]
    fingerprint: Mapped[str]
    items: Mapped[int]


class Placement(Base):
    """Says that the vectors of an item lie in a segment: at most one segment for each list and encoder."""

    __tablename__ = "placements"
    __table_args__ = ({"sqlite_with_rowid": False},)

    item_id: Mapped[int] = mapped_column(ForeignKey("items.id", ondelete="CASCADE"), primary_key=True)
    segment_id: Mapped[int] = mapped_column(
        ForeignKey("segments.id", ondelete="CASCADE"), primary_key=True, autoincrement=False, index=True
    )


class Tombstone(Base):
    """An item that is gone while its vectors still lie in a segment."""

    __tablename__ = "tombstones"

    item_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    segment_id: Mapped[int] = mapped_column(
        ForeignKey("segments.id", ondelete="CASCADE"), primary_key=True, autoincrement=False, index=True
    )


class Meta(Base):
    """What the catalogue knows about itself, one key a row."""

    __tablename__ = "meta"

    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]


class Question(Base):
    """A question that was asked, with the answer given."""

    __tablename__ = "questions"

    id: Mapped[int] = mapped_column(primary_key=True)
    asked: Mapped[datetime]
    question: Mapped[str]
    answer: Mapped[str]
    abstained: Mapped[bool]
    confidence: Mapped[float]


class Citation(Base):
    """The place that an answer rests on. It goes with its page."""

    __tablename__ = "citations"

    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("questions.id", ondelete="CASCADE"), index=True)
    page_id: Mapped[int] = mapped_column(ForeignKey("pages.id", ondelete="CASCADE"), index=True)
    x0: Mapped[float]
    y0: Mapped[float]
    x1: Mapped[float]
    y1: Mapped[float]
    quote: Mapped[str]


class Sample(Base):
    """A generated picture. It outlives its parents, but is flagged once one of them is gone."""

    __tablename__ = "samples"

    id: Mapped[int] = mapped_column(primary_key=True)
    path: Mapped[str]
    made: Mapped[datetime]
    orphaned: Mapped[bool]


class SampleParent(Base):
    """An item that a sample was made from; ``source`` and ``page`` stay readable after the item is deleted."""

    __tablename__ = "sample_parents"

    id: Mapped[int] = mapped_column(primary_key=True)
    sample_id: Mapped[int] = mapped_column(ForeignKey("samples.id", ondelete="CASCADE"), index=True)
    item_id: Mapped[int | None] = mapped_column(ForeignKey("items.id", ondelete="SET NULL"), index=True)
    source: Mapped[str]
    page: Mapped[int]
