"""The catalogue's connection: SQLite in the library folder, or any database that SQLAlchemy reaches by URL."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from lucida.errors import DependencyError, UsageError
from lucida.index import sqlite
from lucida.index.faults import translated

CATALOGUE = "catalogue.db"


class Database:
    """Opens transactions. Every driver error inside one leaves as an error of ours.

    Args:
        folder: the library's.
        url: SQLAlchemy URL, empty for ``catalogue.db`` in the folder.

    Raises:
        UsageError: the URL makes no sense.
        DependencyError: the URL's driver is not installed.
    """

    def __init__(self, folder: Path, url: str = "") -> None:
        self.folder = folder
        self.file = self._file(url)
        self.read_only = self.file is not None and _read_only(self.file)
        self.engine = self._engine(url)
        self._writes = self.engine.execution_options(writes=True)

    def _file(self, url: str) -> Path | None:
        if not url:
            return self.folder / CATALOGUE
        try:
            parsed = make_url(url)
        except SQLAlchemyError as error:
            raise UsageError(
                f"{url!r} is not a database URL.", "Write it like: postgresql+psycopg://host/name."
            ) from error
        if parsed.get_backend_name() not in ("sqlite", "postgresql"):
            raise UsageError(
                f"The catalogue cannot live in {parsed.get_backend_name()}.",
                "Use SQLite (leave it empty) or PostgreSQL.",
            )
        if parsed.get_backend_name() != "sqlite":
            return None
        if not parsed.database or parsed.database == ":memory:":
            raise UsageError("A catalogue in memory would not outlive the process.", "Name a file in the URL.")
        return Path(parsed.database).absolute()

    def _engine(self, url: str) -> Engine:
        dumps = partial(json.dumps, ensure_ascii=False)
        if self.file is None:
            try:
                return create_engine(url, json_serializer=dumps, isolation_level="REPEATABLE READ")
            except ImportError as error:
                raise DependencyError(
                    f"The driver of the database URL is not installed: {error}.",
                    "Install it with: pip install 'camera-lucida[postgresql]'.",
                ) from error
        engine = create_engine(sqlite.url(self.file, read_only=self.read_only), json_serializer=dumps)
        sqlite.configure(engine, read_only=self.read_only)
        return engine

    @property
    def exists(self) -> bool:
        """Whether there is anything to open. A server is asked when it is used."""
        return self.file is None or self.file.exists()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that sees one state of the catalogue and changes nothing."""
        with translated(self.folder), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that is committed when the block ends, and rolled back when it raises."""
        with translated(self.folder), self._writes.begin() as connection:
            yield connection

    @contextmanager
    def rebuild(self) -> Iterator[Connection]:
        """A transaction for migrations: tables that others refer to can be replaced without taking those along."""
        try:
            with translated(self.folder), self._writes.execution_options(unchecked=True).begin() as connection:
                yield connection
        finally:
            self.engine.dispose()  # its connections do not look at references any more

    def close(self) -> None:
        self.engine.dispose()

    @property
    def bytes(self) -> int:
        """Size of the catalogue on disk, its write-ahead log included; 0 where a server keeps it."""
        if self.file is None:
            return 0
        files = (self.file, self.file.with_name(self.file.name + "-wal"))
        return sum(file.stat().st_size for file in files if file.exists())


def _read_only(file: Path) -> bool:
    folder = file.parent
    if not file.exists() or os.access(folder, os.W_OK):
        return False
    # With a write-ahead log left behind, the newest pages are not in the file itself: do not pretend it is immutable.
    return not file.with_name(file.name + "-wal").exists()
