"""The catalogue's tables. SQL owns every id; vectors and full text can be rebuilt from here and the sources."""

from __future__ import annotations

from typing import Any, ClassVar, TypeVar

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    DateTime,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.schema import SchemaItem
from sqlalchemy.types import TypeEngine

#: Revisions of the schema that this code can read, oldest first; the last one is what it writes.
REVISIONS = ("0001", "0002", "0003")

T = TypeVar("T")

#: SQLite gives only ``INTEGER PRIMARY KEY`` the speed of a row id; other databases need 64 bits spelled out.
_INT = BigInteger().with_variant(Integer, "sqlite")
_STR, _BYTES, _TIME, _BOOL = Text(), LargeBinary(), DateTime(), Boolean()
_FLOAT: TypeEngine[float] = Double()
_SHA256 = String(64)
_JSON: TypeEngine[Any] = JSON()


class Base:
    """A table whose columns are the class's attributes, as in ``select(Item.id).where(Item.kind == "picture")``.

    SQLAlchemy's own declarative classes do the same and more, and importing its object mapper would take a cold search
    a fifth of its time. Rows are read as rows here, so nothing of it is missed.
    """

    #: Constraints are named, so that migrations can refer to them on every database.
    metadata: ClassVar[MetaData] = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    __table__: ClassVar[Table]

    def __init_subclass__(cls, *, table: str, parts: tuple[SchemaItem, ...] = (), **options: Any) -> None:
        """Make the table.

        Args:
            table: its name in the database.
            parts: constraints and indexes over several columns.
            options: what ``Table`` takes beside.
        """
        columns = {key: value for key, value in vars(cls).items() if isinstance(value, Column)}
        for key, column in columns.items():
            column.key = key
            column.name = column.name or key
        cls.__table__ = Table(table, Base.metadata, *columns.values(), *parts, **options)

    @classmethod
    def __clause_element__(cls) -> Table:
        """The table itself, for statements that take it whole (``insert``, ``join``)."""
        return cls.__table__


# What these give is said to be less than it is: as ``Column``, type checkers would refuse it as a class's attribute.


def _column(kind: TypeEngine[T], *parts: SchemaItem, **options: Any) -> ColumnElement[T]:
    return Column(kind, *parts, nullable=False, **options)


def _optional(kind: TypeEngine[T], *parts: SchemaItem, **options: Any) -> ColumnElement[T | None]:
    return Column(kind, *parts, nullable=True, **options)


def _key(*parts: SchemaItem, **options: Any) -> ColumnElement[int]:
    return Column(_INT, *parts, primary_key=True, **options)


class Source(Base, table="sources", sqlite_autoincrement=True):
    """A file. ``path_bytes`` is what the file system calls it, ``path`` is the same made safe to print."""

    id = _key()
    path = _column(_STR)
    path_bytes = _column(_BYTES, unique=True)
    size = _column(_INT)
    mtime_ns = _column(_INT)
    sha256 = _column(_SHA256)
    media_type = _column(_STR)
    title = _column(_STR)
    created = _optional(_TIME)
    ingested = _column(_TIME)
    page_count = _column(_INT)
    item_count = _column(_INT)
    error = _optional(_STR)
    advice = _optional(_STR)
    warnings: ColumnElement[list[str]] = _column(_JSON)
    details: ColumnElement[dict[str, str]] = _column(_JSON, name="metadata")


class Page(Base, table="pages", parts=(UniqueConstraint("source_id", "number"),)):
    """A page; words and regions are packed (see ``packing``) because they are only ever read whole."""

    id = _key()
    source_id = _column(_INT, ForeignKey("sources.id", ondelete="CASCADE"))
    number = _column(_INT)
    width_pt = _column(_FLOAT)
    height_pt = _column(_FLOAT)
    origin = _column(_STR)
    rotation = _column(_INT)
    skew = _column(_FLOAT)
    reader = _column(_STR)
    words = _column(_BYTES)
    regions = _column(_BYTES)
    warnings: ColumnElement[list[str]] = _column(_JSON)


class Item(Base, table="items", parts=(Index(None, "source_id", "page"),), sqlite_autoincrement=True):
    """A passage or a picture. Ids are never given out twice; ``Placement`` says where an item's vectors lie."""

    id = _key()
    kind = _column(_STR)
    source_id = _column(_INT, ForeignKey("sources.id", ondelete="CASCADE"))
    page = _column(_INT)
    x0 = _column(_FLOAT)
    y0 = _column(_FLOAT)
    x1 = _column(_FLOAT)
    y1 = _column(_FLOAT)
    position = _column(_INT)


class Passage(Base, table="passages"):
    """The text half of an item."""

    item_id = _key(ForeignKey("items.id", ondelete="CASCADE"))
    text = _column(_STR)
    section: ColumnElement[list[str]] = _column(_JSON)
    region = _column(_STR)


class Picture(Base, table="pictures"):
    """The picture half of an item; its preview is a blob.

    ``perceptual_hash`` is a number of 64 bits kept as a signed one, ``pixels_sha256`` the digest of the decoded pixels.
    Both are absent for pictures that were read before they were taken.
    """

    item_id = _key(ForeignKey("items.id", ondelete="CASCADE"))
    role = _column(_STR)
    caption = _column(_STR)
    width_px = _column(_INT)
    height_px = _column(_INT)
    blob = _optional(_SHA256, ForeignKey("blobs.sha256", ondelete="SET NULL"), index=True)
    perceptual_hash = _optional(_INT)
    pixels_sha256 = _optional(_BYTES)


class Blob(Base, table="blobs"):
    """A content-addressed file below ``blobs/``. A row lives as long as a picture refers to it."""

    sha256 = _column(_SHA256, primary_key=True)
    bytes = _column(_INT)


class Segment(Base, table="segments"):
    """An immutable file of vectors below ``segments/``.

    ``kind`` is the list it belongs to (see ``kinds``), ``fingerprint`` the encoder that made its vectors, ``count`` how
    many vectors it has, and ``items`` of how many items: a passage may have several windows.
    """

    id = _key()
    name = _column(_STR, unique=True)
    kind = _column(_STR)
    dimension = _column(_INT)
    count = _column(_INT)
    sha256 = _column(_SHA256)
    bytes = _column(_INT)
    fingerprint = _column(_STR)
    items = _column(_INT)


class Placement(Base, table="placements", sqlite_with_rowid=False):
    """Says that the vectors of an item lie in a segment: at most one segment for each list and encoder."""

    item_id = _key(ForeignKey("items.id", ondelete="CASCADE"))
    segment_id = _key(ForeignKey("segments.id", ondelete="CASCADE"), autoincrement=False, index=True)


class Tombstone(Base, table="tombstones"):
    """An item that is gone while its vectors still lie in a segment."""

    item_id = _key(autoincrement=False)
    segment_id = _key(ForeignKey("segments.id", ondelete="CASCADE"), autoincrement=False, index=True)


class Meta(Base, table="meta"):
    """What the catalogue knows about itself, one key a row."""

    key = _column(_STR, primary_key=True)
    value = _column(_STR)


class Question(Base, table="questions"):
    """A question that was asked, with the answer given."""

    id = _key()
    asked = _column(_TIME)
    question = _column(_STR)
    answer = _column(_STR)
    abstained = _column(_BOOL)
    confidence = _column(_FLOAT)


class Citation(Base, table="citations"):
    """The place that an answer rests on. It goes with its page."""

    id = _key()
    question_id = _column(_INT, ForeignKey("questions.id", ondelete="CASCADE"), index=True)
    page_id = _column(_INT, ForeignKey("pages.id", ondelete="CASCADE"), index=True)
    x0 = _column(_FLOAT)
    y0 = _column(_FLOAT)
    x1 = _column(_FLOAT)
    y1 = _column(_FLOAT)
    quote = _column(_STR)


class Sample(Base, table="samples"):
    """A generated picture. It outlives its parents, but is flagged once one of them is gone."""

    id = _key()
    path = _column(_STR, index=True)
    made = _column(_TIME)
    orphaned = _column(_BOOL)


class SampleParent(Base, table="sample_parents"):
    """An item that a sample was made from; ``source`` and ``page`` stay readable after the item is deleted."""

    id = _key()
    sample_id = _column(_INT, ForeignKey("samples.id", ondelete="CASCADE"), index=True)
    item_id = _optional(_INT, ForeignKey("items.id", ondelete="SET NULL"), index=True)
    source = _column(_STR)
    page = _column(_INT)


class Mark(Base, table="marks"):
    """What may be done with a source, said by hand (``source_id``), or by a rule on paths (``pattern``, a glob).

    What is None says nothing. Rules hold for sources to come as well; a mark by hand goes with its source.
    """

    id = _key()
    source_id = _optional(_INT, ForeignKey("sources.id", ondelete="CASCADE"), index=True)
    pattern = _optional(_STR)
    no_derivatives = _optional(_BOOL)
    licence = _optional(_STR)
