"""Each kind of damage is found, named, and mended where it can be."""

from __future__ import annotations

import sqlite3

import pytest

from lucida.errors import LibraryDamagedError, UsageError
from lucida.index import Filter, Index


@pytest.fixture
def library(index, make):
    index.publish(make.batch(0))
    index.publish(make.batch(1))
    index.publish(make.batch(0, size=1))  # leaves tombstones
    assert index.verify() == []
    return index


def tamper(index, *statements):
    with index._database.write() as connection:
        connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
        for statement in statements:
            connection.exec_driver_sql(statement)


def check(index, words, *, sources_to_read=0):
    """One problem that says ``words``; repair mends it."""
    problems = index.verify()
    assert len(problems) == 1, problems
    assert words in problems[0].what
    assert problems[0].what.endswith(".")
    assert problems[0].advice.endswith(".")
    assert problems[0].repairable
    assert index.verify(repair=True) == problems
    assert index.verify() == []
    stale = [state for _, state, _ in index.file_states().values() if state.sha256 == "" and state.mtime_ns == 0]
    assert len(stale) == sources_to_read
    with Index.open(index.folder) as reader:
        assert reader.verify() == []


def segment_files(index):
    return sorted(index.folder.glob("segments/*"), key=lambda path: path.stat().st_mtime_ns)


def test_a_missing_segment(library, make):
    segment_files(library)[0].unlink()
    check(library, "is missing. 2 sources", sources_to_read=2)
    assert len(library.full_text(["common"], 50)) == 18
    library.publish(make.batch(0))
    assert len(library.nearest(make.unit_vectors(1, 3), 50)) == 18
    assert library.verify() == []


def test_a_reader_that_meets_a_missing_segment(library, make):
    segment_files(library)[0].unlink()
    with Index.open(library.folder) as reader, pytest.raises(LibraryDamagedError, match="missing"):
        reader.nearest(make.unit_vectors(1, 3), 5)


@pytest.mark.parametrize("place", [3, -5])
def test_a_flipped_bit_in_a_segment(library, place):
    path = segment_files(library)[0]
    content = bytearray(path.read_bytes())
    content[place] ^= 4
    path.write_bytes(content)
    check(library, str(path.name), sources_to_read=2)


def test_a_flipped_bit_stops_compaction(library):
    path = segment_files(library)[0]
    content = bytearray(path.read_bytes())
    content[-200] ^= 4
    path.write_bytes(content)
    with pytest.raises(LibraryDamagedError, match="altered"):
        library.compact()
    assert path.exists()
    assert library.statistics().segments == 3


def test_a_truncated_segment(library):
    path = segment_files(library)[0]
    path.write_bytes(path.read_bytes()[:-100])
    check(library, "size", sources_to_read=2)


def test_vectors_of_other_items(library):
    with library._database.read() as connection:
        item = connection.exec_driver_sql("SELECT max(item_id) FROM placements WHERE segment_id = 1").scalar()
    tamper(library, f"UPDATE placements SET segment_id = 2 WHERE item_id = {item}")
    problems = library.verify()
    assert [("holds other items" in problem.what) for problem in problems] == [True, True]
    library.verify(repair=True)
    assert library.verify() == []


def test_full_text_without_entries(library):
    tamper(library, "INSERT INTO words(words) VALUES ('delete-all')")
    check(library, "18 texts are not in it")
    assert len(library.full_text(["common"], 50)) == 18


def test_full_text_with_surplus_entries(library):
    tamper(library, "INSERT INTO words(rowid, text, section, caption) VALUES (999, 'ghost', '', '')")
    check(library, "1 entries have no text")
    assert library.full_text(["ghost"], 5) == []


def test_full_text_that_says_something_else(library):
    tamper(library, "UPDATE passages SET text = 'altered' WHERE item_id = (SELECT max(item_id) FROM passages)")
    check(library, "The full text does not agree")
    assert len(library.full_text(["altered"], 5)) == 1


def test_full_text_whose_tables_are_broken(library):
    tamper(library, "DELETE FROM words_data WHERE id > 10")
    check(library, "The full text does not agree")
    assert len(library.full_text(["common"], 50)) == 18


def test_full_text_that_is_gone(library):
    tamper(library, "DROP TABLE words")
    check(library, "no such table")


def test_a_missing_blob(library):
    next(library.folder.glob("blobs/*/*")).unlink()
    problem = library.verify()[0]
    assert "its file is missing" in problem.what
    library.verify(repair=True)
    assert library.verify() == []
    assert any(not row.blob for row in library.items(library.select(Filter(kind="picture")).tolist()))


def test_an_altered_blob(library, make):
    path = next(library.folder.glob("blobs/*/*"))
    path.write_bytes(b"something else")
    problem = library.verify()[0]
    assert "its file is altered" in problem.what
    library.verify(repair=True)
    assert library.verify() == []
    library.publish(make.batch(0) + make.batch(1))
    assert all(library.blob(row.blob) for row in library.items(library.select(Filter(kind="picture")).tolist()))


def test_stray_files(library):
    strays = [library.folder / "segments" / "zzz.faiss", library.folder / "blobs" / "ab" / ".tmp-1"]
    for stray in strays:
        stray.parent.mkdir(exist_ok=True)
        stray.write_bytes(b"x")
    assert len(library.verify()) == 2
    with Index.open(library.folder) as reader:
        assert reader.verify() == []  # a writer is at work: the files may be its own
    library.verify(repair=True)
    assert library.verify() == []
    assert not any(stray.exists() for stray in strays)


def test_opening_for_writing_sweeps(library):
    stray = library.folder / "segments" / ".tmp-0123"
    stray.write_bytes(b"x")
    library.close()
    with Index.open(library.folder) as reader:
        assert "belongs to nothing" in reader.verify()[0].what
    Index.open(library.folder, write=True).close()
    assert not stray.exists()


def test_items_that_lost_their_text(library):
    tamper(library, "DELETE FROM passages WHERE item_id = (SELECT max(item_id) FROM passages)")
    problems = library.verify()
    assert any("lack their text" in problem.what for problem in problems)
    library.verify(repair=True)
    remaining = library.verify()  # stays true until the source is read again
    assert [("lack their text" in problem.what) for problem in remaining] == [True]


def test_pages_that_cannot_be_unpacked(library, make):
    tamper(library, "UPDATE pages SET words = X'0102' WHERE id = (SELECT max(id) FROM pages)")
    assert "cannot be unpacked" in library.verify()[0].what
    library.verify(repair=True)
    library.publish(make.batch(0) + make.batch(1))
    assert library.verify() == []


def test_an_id_counter_that_lags(library):
    tamper(library, "UPDATE meta SET value = '2' WHERE key = 'next_item'")
    check(library, "ids twice")


def test_rows_without_parents(library):
    library.close()
    with sqlite3.connect(library.folder / "catalogue.db") as connection:
        connection.execute("PRAGMA foreign_keys=OFF")
        connection.execute("DELETE FROM sources WHERE id = 1")
    connection.close()
    with Index.open(library.folder, write=True) as again:
        problem = again.verify()[0]
        assert "missing row" in problem.what
        assert not problem.repairable


def test_repairing_needs_the_lock(library):
    with Index.open(library.folder) as reader, pytest.raises(UsageError):
        reader.verify(repair=True)


@pytest.mark.parametrize("content", [b"", b"this is no database at all" * 100])
def test_a_catalogue_that_is_none(library, content):
    library.close()
    (library.folder / "catalogue.db").write_bytes(content)
    for options in ({}, {"write": True}, {"create": True, "write": True}):
        with pytest.raises(LibraryDamagedError) as caught:
            Index.open(library.folder, **options)
        assert caught.value.advice
    assert len(segment_files(library)) == 3  # nothing was swept


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_a_truncated_catalogue(library, share):
    library.close()
    path = library.folder / "catalogue.db"
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
    try:
        with Index.open(library.folder, write=True) as damaged:
            problems = damaged.verify()
    except LibraryDamagedError:
        return  # too little is left to open it
    assert problems
    assert not any(problem.repairable for problem in problems)


def test_a_catalogue_that_vanished(library):
    library.close()
    (library.folder / "catalogue.db").unlink()
    with pytest.raises(UsageError):
        Index.open(library.folder)
    with pytest.raises(LibraryDamagedError, match="missing or empty"):
        Index.open(library.folder, create=True, write=True)
    assert len(segment_files(library)) == 3


def test_another_programs_database(tmp_path):
    folder = tmp_path / "library"
    folder.mkdir()
    with sqlite3.connect(folder / "catalogue.db") as connection:
        connection.execute("CREATE TABLE photos (id)")
    connection.close()
    with pytest.raises(LibraryDamagedError, match="not those of a library"):
        Index.open(folder, create=True, write=True)
