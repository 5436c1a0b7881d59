"""What only SQLite needs: settings of a connection, transactions, and its own checks. No other module speaks to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import URL, event, text

from lucida.index.spacing import spaced

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection, Engine

BUSY_TIMEOUT_MS = 30_000


def url(catalogue: Path, *, read_only: bool) -> URL:
    """URL of a catalogue file.

    A library on a medium that cannot be written is opened as immutable: SQLite could not create the WAL's index there.
    """
    if not read_only:
        return URL.create("sqlite", database=str(catalogue))
    return URL.create("sqlite", database=catalogue.as_uri(), query={"mode": "ro", "immutable": "1", "uri": "true"})


def configure(engine: Engine, *, read_only: bool) -> None:
    """Set up every connection of ``engine``.

    Commits are durable (``synchronous=FULL``): after a commit, files that the old rows named are deleted, so a power
    failure must not bring those rows back. The WAL makes that one fsync per publication.
    """

    def connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # transactions are begun below, not guessed by the driver
        connection.create_function("lucida_spaced", 1, spaced, deterministic=True)
        if not read_only:
            connection.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=FULL")
            connection.execute("PRAGMA journal_size_limit=67108864")
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA trusted_schema=ON")  # the full text's view calls a function of ours
        connection.execute("PRAGMA temp_store=MEMORY")

    def begin(connection: Connection) -> None:
        # A writer says so at once: a read transaction that turns into a write may fail without waiting.
        options = connection.get_execution_options()
        if options.get("unchecked", False):
            # https://sqlite.org/lang_altertable.html#otheralter: to drop a table is to delete what refers to its rows.
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        if not options.get("alone", False):
            connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("writes", False) else "BEGIN")

    event.listen(engine, "connect", connect)
    event.listen(engine, "begin", begin)


def integrity_faults(connection: Connection) -> list[str]:
    """What SQLite itself finds wrong: broken pages and indexes, rows whose parents are gone."""
    rows = [str(row[0]) for row in connection.execute(text("PRAGMA integrity_check(20)"))]
    faults = [] if rows == ["ok"] else rows
    return faults + orphans(connection)


def orphans(connection: Connection) -> list[str]:
    """Rows whose parents are gone, as clauses, 20 at most."""
    rows = connection.execute(text("PRAGMA foreign_key_check")).all()
    return [f"a row of {row[0]} refers to a missing row of {row[2]}" for row in rows[:20]]


def vacuum(engine: Engine) -> None:
    """Give the space of deleted rows back to the file system. It cannot be done inside a transaction."""
    with engine.execution_options(alone=True).connect() as connection:
        connection.exec_driver_sql("VACUUM")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
