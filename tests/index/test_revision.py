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
    index.bind_encoder("test", "fingerprint", make.DIMENSION)
    index.publish([make.reading()])
    assert index.verify() == []


def test_a_library_of_the_first_schema_keeps_everything(index, folder, make):
    """Its vectors, texts, tombstones and lineage stay; its pictures have no vectors yet, and statistics say so."""
    from alembic import command

    from lucida.index import fulltext, revision

    for number in range(3):
        index.publish(make.batch(number))
    index.remove([2])
    sample = index.record_sample("generated/1.png", [1])
    queries = make.unit_vectors(5, 99)
    before = [index.nearest(query, 8) for query in queries]
    texts = [row for source in index.sources() for row in index.passages_of(source.id)]
    statistics = index.statistics()
    with index._database.rebuild() as connection:
        fulltext.of(connection).drop(connection)
        command.downgrade(revision.configuration(connection), "0001")
        columns = {row[1] for row in connection.exec_driver_sql("PRAGMA table_info(items)")}
        assert "segment_id" in columns
        assert connection.exec_driver_sql("SELECT count(*) FROM items WHERE segment_id IS NULL").scalar() == 8
    index.close()
    with Index.open(folder, write=True) as again:
        assert [again.nearest(query, 8) for query in queries] == before
        assert [row for source in again.sources() for row in again.passages_of(source.id)] == texts
        assert again.statistics().lacking == {"picture": 8}
        assert again.statistics().tombstones == statistics.tombstones == 3
        assert (again.encoder()[:2], again.shared()) == (("test", "fingerprint"), None)
        assert again.verify() == []
        again.remove([1])
        assert again.orphaned_samples() == ["generated/1.png"]
        assert sample == 1
        again.compact()
        assert again.statistics().tombstones == 0
        again.publish(make.batch(0))
        assert min(row.id for row in again.passages_of(again.sources()[0].id)) > max(row.id for row in texts)
        assert again.verify() == []


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
