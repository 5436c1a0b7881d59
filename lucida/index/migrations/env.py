"""Runs migrations on the connection that the caller opened, inside the caller's transaction."""

from __future__ import annotations

from alembic import context

from lucida.index.fulltext import is_derived
from lucida.index.schema import Base


def _include(name: str | None, kind: str, _parents: object) -> bool:
    return not (kind == "table" and name is not None and is_derived(name))


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    include_name=_include,
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
