from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from lucida.errors import LibraryVersionError
from lucida.index import Index
from lucida.index.fulltext import is_derived
from lucida.index.schema import REVISIONS, Base


def _ours(name, kind, _parents):
    return not (kind == "table" and is_derived(name))


def test_migrations_make_what_the_models_say(index):
    with index._database.read() as connection:
        options = {"include_name": _ours, "compare_type": True}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, Base.metadata) == []


def test_the_code_knows_all_revisions():
    from lucida.index import revision

    scripts = ScriptDirectory(str(revision.migrations_folder()))
    assert [script.revision for script in reversed(list(scripts.walk_revisions()))] == list(REVISIONS)
    assert scripts.get_current_head() == revision.HEAD


def test_a_newer_library(index, folder):
    index.close()
    with sqlite3.connect(folder / "catalogue.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    for options in ({}, {"write": True}, {"create": True, "write": True}):
        with pytest.raises(LibraryVersionError, match="newer") as caught:
            Index.open(folder, **options)
        assert "Upgrade" in caught.value.advice


def test_down_and_up_again(index, folder, make):
    from alembic import command

    from lucida.index import revision
    from lucida.index.storage import no_checkpoint

    with index._database.write() as connection:
        from lucida.index import fulltext

        fulltext.of(connection).drop(connection)
        command.downgrade(revision.configuration(connection), "base")
        tables = set(connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").scalars())
        assert tables <= {"alembic_version", "sqlite_sequence"}
    revision.upgrade(index._database, no_checkpoint)
    index.publish([make.reading()])
    assert index.verify() == []


def test_creating_leaves_a_library_that_readers_can_open(folder):
    Index.open(folder, create=True).close()
    with Index.open(folder) as reader:
        assert reader.statistics().schema == REVISIONS[-1]
        assert reader.verify() == []


def test_a_reader_waits_while_the_library_is_being_created(folder):
    opened, threads = [], []

    def read() -> None:
        with Index.open(folder) as reader:
            opened.append(reader.statistics().schema)

    def checkpoint(step: str) -> None:
        if step == "upgraded":  # the tables are there, but not committed
            threads.append(threading.Thread(target=read))
            threads[0].start()

    Index.open(folder, create=True, checkpoint=checkpoint).close()
    threads[0].join()
    assert opened == [REVISIONS[-1]]


def test_a_creation_that_was_cut_short_is_finished_by_whoever_comes_next(tmp_path: Path) -> None:
    with Index.open(tmp_path / "library", create=True):
        pass
    catalogue = tmp_path / "library" / "catalogue.db"
    for left in tmp_path.glob("library/catalogue.db*"):
        left.unlink()
    catalogue.touch()
    with Index.open(tmp_path / "library") as index:
        assert index.sources() == []
        assert index.verify() == []
