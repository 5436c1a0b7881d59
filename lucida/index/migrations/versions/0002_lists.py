"""Several lists of vectors: segments name their encoder, items may lie in more than one, pictures have hashes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Nothing is lost: every vector stays where it is. Pictures have none yet."""
    _name_encoders()
    _place_items()
    _bury_by_segment(("item_id", "segment_id"))
    with op.batch_alter_table("pictures") as pictures:
        pictures.add_column(sa.Column("perceptual_hash", _ID, nullable=True))
        pictures.add_column(sa.Column("pixels_sha256", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    """Back to passages' vectors alone."""
    op.execute("DELETE FROM placements WHERE segment_id IN (SELECT id FROM segments WHERE kind <> 'passage')")
    op.execute("DELETE FROM tombstones WHERE segment_id IN (SELECT id FROM segments WHERE kind <> 'passage')")
    op.execute("DELETE FROM segments WHERE kind <> 'passage'")
    with op.batch_alter_table("pictures") as pictures:
        pictures.drop_column("pixels_sha256")
        pictures.drop_column("perceptual_hash")
    _bury_by_segment(("item_id",))
    with op.batch_alter_table("items", table_kwargs={"sqlite_autoincrement": True}) as items:
        items.add_column(sa.Column("segment_id", _ID, nullable=True))
        items.create_foreign_key("fk_items_segment_id", "segments", ["segment_id"], ["id"], ondelete="SET NULL")
        items.create_index("ix_items_segment_id", ["segment_id"], unique=False)
    op.execute("UPDATE items SET segment_id = (SELECT segment_id FROM placements WHERE placements.item_id = items.id)")
    op.drop_table("placements")
    with op.batch_alter_table("segments") as segments:
        segments.drop_column("items")
        segments.drop_column("fingerprint")


def _name_encoders() -> None:
    with op.batch_alter_table("segments") as segments:
        segments.add_column(sa.Column("fingerprint", sa.Text(), nullable=False, server_default=""))
        segments.add_column(sa.Column("items", _ID, nullable=False, server_default="0"))
    op.execute(
        "UPDATE segments SET items = count, "
        "fingerprint = COALESCE((SELECT value FROM meta WHERE key = 'encoder_fingerprint'), '')"
    )
    with op.batch_alter_table("segments") as segments:
        segments.alter_column("fingerprint", server_default=None)
        segments.alter_column("items", server_default=None)


def _place_items() -> None:
    op.create_table(
        "placements",
        sa.Column("item_id", _ID, nullable=False),
        sa.Column("segment_id", _ID, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_placements_item_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["segment_id"], ["segments.id"], name=op.f("fk_placements_segment_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("item_id", "segment_id", name=op.f("pk_placements")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_placements_segment_id"), "placements", ["segment_id"], unique=False)
    op.execute("INSERT INTO placements SELECT id, segment_id FROM items WHERE segment_id IS NOT NULL")
    # The keyword that keeps ids from being given out twice is not read back from a table, hence said again.
    with op.batch_alter_table("items", table_kwargs={"sqlite_autoincrement": True}) as items:
        items.drop_index("ix_items_segment_id")
        items.drop_constraint("fk_items_segment_id", type_="foreignkey")
        items.drop_column("segment_id")


def _bury_by_segment(key: tuple[str, ...]) -> None:
    """Give the tombstones another primary key."""
    rows = op.get_bind().execute(sa.text("SELECT item_id, segment_id FROM tombstones")).all()
    op.drop_table("tombstones")
    table = op.create_table(
        "tombstones",
        sa.Column("item_id", _ID, autoincrement=False, nullable=False),
        sa.Column("segment_id", _ID, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["segment_id"], ["segments.id"], name=op.f("fk_tombstones_segment_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint(*key, name=op.f("pk_tombstones")),
    )
    op.create_index(op.f("ix_tombstones_segment_id"), "tombstones", ["segment_id"], unique=False)
    if rows:
        op.bulk_insert(table, [{"item_id": row.item_id, "segment_id": row.segment_id} for row in rows])
