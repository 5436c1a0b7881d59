"""What may be done with sources: marks set by hand, and rules by path. Samples are found by path."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """One table more; nothing that is there changes."""
    op.create_table(
        "marks",
        sa.Column("id", _ID, nullable=False),
        sa.Column("source_id", _ID, nullable=True),
        sa.Column("pattern", sa.Text(), nullable=True),
        sa.Column("no_derivatives", sa.Boolean(), nullable=True),
        sa.Column("licence", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name=op.f("fk_marks_source_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_marks")),
    )
    op.create_index(op.f("ix_marks_source_id"), "marks", ["source_id"], unique=False)
    op.create_index(op.f("ix_samples_path"), "samples", ["path"], unique=False)


def downgrade() -> None:
    """Forget the marks."""
    op.drop_index(op.f("ix_samples_path"), "samples")
    op.drop_table("marks")
