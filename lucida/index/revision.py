"""Which schema a catalogue has, and bringing it up to date. Alembic is imported only when there is something to do."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import inspect, text

from lucida.errors import LibraryVersionError
from lucida.index import fulltext, sqlite
from lucida.index.faults import damaged
from lucida.index.schema import REVISIONS

if TYPE_CHECKING:
    from alembic.config import Config
    from sqlalchemy import Connection

    from lucida.index.database import Database
    from lucida.index.storage import Checkpoint

HEAD = REVISIONS[-1]


def stored(database: Database) -> str | None:
    """The catalogue's revision, None while it is empty.

    Raises:
        LibraryDamagedError: it is a database, but no catalogue.
        LibraryVersionError: a newer Lucida wrote it.
    """
    with database.read() as connection:
        revision = _revision(connection)
    if revision is not None and revision not in REVISIONS:
        raise LibraryVersionError(
            f"The library {database.folder} was written by a newer Lucida (schema {revision}; this one knows {HEAD}).",
            "Upgrade Lucida: pip install --upgrade camera-lucida.",
        )
    return revision


def _revision(connection: Connection) -> str | None:
    tables = inspect(connection).get_table_names()
    if "alembic_version" in tables:
        row = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        if row is not None:
            return str(row)
    if tables:
        raise damaged(
            "The catalogue's database holds tables, but not those of a library.",
            "Restore it from a backup, or point the library at an empty database.",
        )
    return None


def migrations_folder() -> Path:
    """Where the migrations lie."""
    return Path(__file__).parent / "migrations"


def configuration(connection: Connection) -> Config:
    """Alembic's settings for running migrations on ``connection``, inside its transaction."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(migrations_folder()).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def upgrade(database: Database, checkpoint: Checkpoint) -> None:
    """Create the tables, or bring them to ``HEAD``, in one transaction. The caller holds the writer's lock.

    The full text is derived, so it is dropped first and built again after: migrations never have to carry it along.
    """
    from alembic import command

    with database.rebuild() as connection:
        words = fulltext.of(connection)
        words.drop(connection)
        command.upgrade(configuration(connection), "head")
        if database.file is not None and (faults := sqlite.orphans(connection)):
            raise damaged(f"The catalogue cannot be upgraded: {faults[0]}.", "Restore catalogue.db from a backup.")
        words.create(connection)
        words.rebuild(connection)
        checkpoint("upgraded")
