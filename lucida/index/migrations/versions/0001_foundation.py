"""The catalogue's first schema."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create all tables, those that others refer to first."""
    _files()
    _sources()
    _items()
    _lineage()


def downgrade() -> None:
    """Drop all tables, those that refer to others first."""
    for table in (
        "sample_parents",
        "samples",
        "citations",
        "questions",
        "pictures",
        "passages",
        "items",
        "pages",
        "sources",
        "meta",
        "blobs",
        "tombstones",
        "segments",
    ):
        op.drop_table(table)


def _files() -> None:
    """Segments and blobs: what lies beside the catalogue, and what the catalogue knows about itself."""
    op.create_table(
        "segments",
        sa.Column("id", _ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("dimension", _ID, nullable=False),
        sa.Column("count", _ID, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("bytes", _ID, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_segments")),
        sa.UniqueConstraint("name", name=op.f("uq_segments_name")),
    )
    op.create_table(
        "tombstones",
        sa.Column("item_id", _ID, autoincrement=False, nullable=False),
        sa.Column("segment_id", _ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["segment_id"], ["segments.id"], name=op.f("fk_tombstones_segment_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_tombstones")),
    )
    op.create_index(op.f("ix_tombstones_segment_id"), "tombstones", ["segment_id"], unique=False)
    op.create_table(
        "blobs",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("bytes", _ID, nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_blobs")),
    )
    op.create_table(
        "meta",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_meta")),
    )


def _sources() -> None:
    """Sources and their pages."""
    op.create_table(
        "sources",
        sa.Column("id", _ID, nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("path_bytes", sa.LargeBinary(), nullable=False),
        sa.Column("size", _ID, nullable=False),
        sa.Column("mtime_ns", _ID, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("created", sa.DateTime(), nullable=True),
        sa.Column("ingested", sa.DateTime(), nullable=False),
        sa.Column("page_count", _ID, nullable=False),
        sa.Column("item_count", _ID, nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("advice", sa.Text(), nullable=True),
        sa.Column("warnings", sa.JSON(), nullable=False),
        sa.Column("metadata", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sources")),
        sa.UniqueConstraint("path_bytes", name=op.f("uq_sources_path_bytes")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "pages",
        sa.Column("id", _ID, nullable=False),
        sa.Column("source_id", _ID, nullable=False),
        sa.Column("number", _ID, nullable=False),
        sa.Column("width_pt", sa.Double(), nullable=False),
        sa.Column("height_pt", sa.Double(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("rotation", _ID, nullable=False),
        sa.Column("skew", sa.Double(), nullable=False),
        sa.Column("reader", sa.Text(), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("regions", sa.LargeBinary(), nullable=False),
        sa.Column("warnings", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name=op.f("fk_pages_source_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pages")),
        sa.UniqueConstraint("source_id", "number", name=op.f("uq_pages_source_id_number")),
    )


def _items() -> None:
    """Passages and pictures."""
    op.create_table(
        "items",
        sa.Column("id", _ID, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("source_id", _ID, nullable=False),
        sa.Column("page", _ID, nullable=False),
        sa.Column("x0", sa.Double(), nullable=False),
        sa.Column("y0", sa.Double(), nullable=False),
        sa.Column("x1", sa.Double(), nullable=False),
        sa.Column("y1", sa.Double(), nullable=False),
        sa.Column("position", _ID, nullable=False),
        sa.Column("segment_id", _ID, nullable=True),
        sa.ForeignKeyConstraint(["segment_id"], ["segments.id"], name=op.f("fk_items_segment_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name=op.f("fk_items_source_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_items")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_items_segment_id"), "items", ["segment_id"], unique=False)
    op.create_index(op.f("ix_items_source_id_page"), "items", ["source_id", "page"], unique=False)
    op.create_table(
        "passages",
        sa.Column("item_id", _ID, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("section", sa.JSON(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_passages_item_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_passages")),
    )
    op.create_table(
        "pictures",
        sa.Column("item_id", _ID, nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("caption", sa.Text(), nullable=False),
        sa.Column("width_px", _ID, nullable=False),
        sa.Column("height_px", _ID, nullable=False),
        sa.Column("blob", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["blob"], ["blobs.sha256"], name=op.f("fk_pictures_blob"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_pictures_item_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_pictures")),
    )
    op.create_index(op.f("ix_pictures_blob"), "pictures", ["blob"], unique=False)


def _lineage() -> None:
    """What was made from items."""
    op.create_table(
        "questions",
        sa.Column("id", _ID, nullable=False),
        sa.Column("asked", sa.DateTime(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("abstained", sa.Boolean(), nullable=False),
        sa.Column("confidence", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questions")),
    )
    op.create_table(
        "citations",
        sa.Column("id", _ID, nullable=False),
        sa.Column("question_id", _ID, nullable=False),
        sa.Column("page_id", _ID, nullable=False),
        sa.Column("x0", sa.Double(), nullable=False),
        sa.Column("y0", sa.Double(), nullable=False),
        sa.Column("x1", sa.Double(), nullable=False),
        sa.Column("y1", sa.Double(), nullable=False),
        sa.Column("quote", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["page_id"], ["pages.id"], name=op.f("fk_citations_page_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["question_id"], ["questions.id"], name=op.f("fk_citations_question_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_citations")),
    )
    op.create_index(op.f("ix_citations_page_id"), "citations", ["page_id"], unique=False)
    op.create_index(op.f("ix_citations_question_id"), "citations", ["question_id"], unique=False)
    op.create_table(
        "samples",
        sa.Column("id", _ID, nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("made", sa.DateTime(), nullable=False),
        sa.Column("orphaned", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_samples")),
    )
    op.create_table(
        "sample_parents",
        sa.Column("id", _ID, nullable=False),
        sa.Column("sample_id", _ID, nullable=False),
        sa.Column("item_id", _ID, nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("page", _ID, nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_sample_parents_item_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["sample_id"], ["samples.id"], name=op.f("fk_sample_parents_sample_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sample_parents")),
    )
    op.create_index(op.f("ix_sample_parents_item_id"), "sample_parents", ["item_id"], unique=False)
    op.create_index(op.f("ix_sample_parents_sample_id"), "sample_parents", ["sample_id"], unique=False)
