"""The whole life of a library through its face."""

from __future__ import annotations

import subprocess
import sys
import threading
from datetime import UTC, datetime

import numpy as np
import pytest

from lucida.errors import LibraryError, ModelError, UsageError
from lucida.index import FailedReading, FileState, Filter, Index, Published, Reading
from lucida.types import Answer, Box, Citation, Failure, PictureRole, RegionKind, TextOrigin


def test_importing_is_light():
    code = (
        "import sys, lucida.index; print([m for m in ('sqlalchemy', 'faiss', 'numpy', 'alembic') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_opening_an_up_to_date_library_does_not_import_alembic(index, folder):
    index.close()
    code = (
        "import sys; from pathlib import Path; from lucida.index import Index\n"
        "Index.open(Path(sys.argv[1]), write=True).close(); print('alembic' in sys.modules, 'faiss' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code, folder], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]


def test_what_is_published_can_be_read_back(index, make):
    published = index.publish([make.reading(section=("Animals", "Größe"), created=datetime(2024, 5, 1, 12))])
    assert published == Published(added=1, updated=0, pages=1, items=2)
    [source] = index.sources()
    assert (source.path, source.pages, source.items, source.error) == ("/docs/a.pdf", 1, 2, None)
    assert source.created == datetime(2024, 5, 1, 12)
    assert source.metadata == {"author": "Ada"}
    assert (datetime.now(UTC) - source.ingested).total_seconds() < 3600
    first, second = index.passages_of(source.id)
    assert (first.text, first.section, first.region) == ("the quick brown fox", ("Animals", "Größe"), RegionKind.TEXT)
    assert (first.order, second.order, second.box) == (0, 1, Box(0.1, 0.1, 0.9, 0.2))
    assert index.items([second.id, 999, first.id, second.id]) == [second, first, second]
    page = index.page(source.id, 1)
    assert [word.text for word in page.words] == ["Total", "12,50"]
    assert page.words[0].box == pytest.approx(Box(0.1, 0.1, 0.2, 0.12), abs=1e-5)
    assert (page.origin, page.reader, page.regions[0].text) == (TextOrigin.LAYER, "native", "Total 12,50")
    assert index.page(source.id, 2) is None
    assert index.pages(source.id) == [page]
    assert index.source(source.id) == source
    assert index.source(77) is None
    assert index.verify() == []


def test_pictures_and_blobs(index, make):
    photo = make.page(image=b"pixels", caption="a rusty bicycle")
    whole = make.page(2, caption="page two", role=PictureRole.PAGE)
    index.publish([make.reading(pages=(photo, whole)), make.reading("/docs/b.pdf", pages=(photo,))])
    ids = index.select(Filter(kind="picture"))
    picture = index.items(ids.tolist())[0]
    assert (picture.kind, picture.role, picture.text) == ("picture", PictureRole.PHOTO, "a rusty bicycle")
    assert index.blob(picture.blob) == b"pixels"
    assert index.statistics().bytes["blobs"] == len(b"pixels")
    index.remove([1])
    assert index.blob(picture.blob) == b"pixels"  # the other document shows it too
    index.remove([2])
    assert index.blob(picture.blob) is None
    assert list(index.folder.glob("blobs/*/*")) == []
    assert index.blob("../../etc/passwd") is None


def test_a_source_replaces_itself(index, make):
    index.publish([make.reading(texts=("old words", "older words"))])
    old = [row.id for row in index.passages_of(1)]
    assert index.publish([make.reading(texts=("new words",), seed=5)]) == Published(0, 1, 1, 1)
    [row] = index.passages_of(1)
    assert row.id > max(old)
    assert index.items(old) == []
    assert index.full_text(["old"], 5) == []
    assert [item for item, _ in index.nearest(make.unit_vectors(2, 0)[0], 10)] == [row.id]
    assert index.verify() == []


def test_ids_are_never_given_out_twice(index, make, folder):
    index.publish([make.reading()])
    highest = max(row.id for row in index.passages_of(1))
    index.remove([1])
    index.compact()
    index.close()
    with Index.open(folder, write=True) as again:
        again.publish([make.reading()])
        [source] = again.sources()
        assert source.id == 2
        assert min(row.id for row in again.passages_of(2)) > highest


def test_the_last_reading_of_a_path_in_a_batch_wins(index, make):
    index.publish([make.reading(texts=("first",)), make.reading(texts=("second",), seed=1)])
    assert [row.text for row in index.passages_of(1)] == ["second"]
    assert index.verify() == []


def test_failures_are_kept_and_replaced(index, make):
    file = FileState("/docs/a.pdf", 3, 4, "ab")
    failed = FailedReading(file, Failure("/docs/a.pdf", "It is broken.", "Mend it."))
    assert index.publish([], [failed]) == Published()
    [source] = index.sources(failed=True)
    assert (source.error, source.advice) == ("It is broken.", "Mend it.")
    assert index.file_states() == {"/docs/a.pdf": (source.id, file, True)}
    assert index.publish([make.reading()]).added == 1
    assert index.sources(failed=True) == []
    index.publish([], [failed])
    assert index.sources(failed=False) == []
    assert index.nearest(make.unit_vectors(1, 0), 5) == []
    assert index.full_text(["fox"], 5) == []
    assert (index.statistics().failed, index.statistics().passages) == (1, 0)


def test_a_reading_and_a_failure_of_one_path(index, make):
    failed = FailedReading(FileState("/docs/a.pdf", 3, 4), Failure("/docs/a.pdf", "It is broken.", "Mend it."))
    index.publish([make.reading()], [failed])
    assert [source.error for source in index.sources()] == [None]


@pytest.mark.parametrize("path", ["/docs/caf\udce9.pdf", "/docs/new\nline \U0001f600.pdf", "/docs/" + "x" * 4000])
def test_odd_paths_survive(index, make, path):
    index.publish([make.reading(path)])
    assert index.sources()[0].path == path
    assert list(index.file_states()) == [path]
    assert index.passages_of(1)[0].source == path
    assert len(index.select(Filter(path="*.pdf" if path.endswith(".pdf") else "/docs/*"))) == 2


def test_text_that_no_database_takes(index, make):
    index.publish([make.reading(texts=("nul \0 and \ud800 surrogate words",), section=("\udfff",))])
    assert index.passages_of(1)[0].text == "nul \ufffd and \ufffd surrogate words"
    assert [item for item, _ in index.full_text(["surrogate"], 3)] == [1]


def test_touch_and_move(index, make):
    index.publish([make.reading(), make.reading("/docs/b.pdf", ("other",), seed=1)])
    index.touch(1, FileState("/docs/a.pdf", 7, 8, "aa"))
    assert index.file_states()["/docs/a.pdf"] == (1, FileState("/docs/a.pdf", 7, 8, "aa"), False)
    index.move(1, FileState("/docs/b.pdf", 7, 9, "aa"))  # over the other
    assert {path: state[0] for path, state in index.file_states().items()} == {"/docs/b.pdf": 1}
    assert [row.source for row in index.passages_of(1)] == ["/docs/b.pdf"] * 2
    assert index.full_text(["other"], 3) == []
    assert index.verify() == []
    with pytest.raises(UsageError, match="no source 9"):
        index.touch(9, FileState("/x", 1, 1))


def test_removal_reaches_everything(index, make):
    index.publish([make.reading(), make.reading("/docs/b.pdf", ("kept",), seed=1)])
    citation = Citation("/docs/a.pdf", 1, Box.whole(), "quick brown")
    gone = Citation("/docs/zzz.pdf", 1, Box.whole(), "nowhere")
    question = index.record_answer("what?", Answer("fox", abstained=False, confidence=0.5, citations=(citation, gone)))
    sample = index.record_sample("generated/1.png", [1, 3])
    other = index.record_sample("generated/2.png", [3])
    assert _count(index, "citations") == 1
    assert index.remove([1, 44]) == 1
    assert [row.text for row in index.items([1, 2, 3])] == ["kept"]
    assert (_count(index, "citations"), _count(index, "questions")) == (0, 1)
    assert (question, sample, other) == (1, 1, 2)
    assert index.orphaned_samples() == ["generated/1.png"]
    assert index.nearest(make.unit_vectors(2, 0)[0], 5) == [(3, index.nearest(make.unit_vectors(2, 0)[0], 1)[0][1])]
    assert index.page(1, 1) is None
    assert index.remove([]) == 0
    assert index.verify() == []


def _count(index, table):
    with index._database.read() as connection:
        return connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar()


def test_readings_without_vectors(index, make):
    index.publish([make.reading(vectors=False)])
    assert index.nearest(make.unit_vectors(1, 0), 5) == []
    assert [item for item, _ in index.full_text(["fox"], 5)] == [1]
    assert index.statistics().segments == 0
    assert index.verify() == []


def test_documents_without_passages_or_pages(index, make):
    assert index.publish([make.reading(texts=(), pages=())]) == Published(1, 0, 0, 0)
    assert index.publish([]) == Published()
    assert index.verify() == []


@pytest.mark.parametrize(
    "vectors",
    [
        np.zeros((1, 16), dtype=np.float32),
        np.full((2, 16), np.nan, dtype=np.float32),
        np.ones((2, 16), dtype=np.float32),
        np.zeros(16, dtype=np.float32),
        np.full((2, 4), 0.5, dtype=np.float32),
    ],
)
def test_unfit_vectors_are_refused(index, make, vectors):
    given = make.reading()
    with pytest.raises(ModelError, match="cannot be stored"):
        index.publish([Reading(given.file, given.document, vectors)])
    assert index.sources() == []
    assert index.verify() == []


def test_the_encoder_is_bound_once(index):
    assert index.encoder()[:3] == ("test", "fingerprint", 16)
    index.bind_encoder("test", "fingerprint", 16)
    with pytest.raises(ModelError, match="encoder test"):
        index.bind_encoder("other", "elsewhere", 16)


def test_a_query_of_another_dimension(index, make):
    index.publish([make.reading()])
    with pytest.raises(ModelError, match="dimensions"):
        index.nearest(make.unit_vectors(1, 0, dimension=8), 3)


def test_what_before_commit_raises_undoes_everything(index, make):
    def refuse() -> None:
        raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        index.publish([make.reading(pages=(make.page(image=b"x"),))], before_commit=refuse)
    assert index.sources() == []
    assert list(index.folder.glob("segments/*")) + list(index.folder.glob("blobs/*/*")) == []
    assert index.verify() == []


def test_readers_may_not_write(index, folder, make):
    with Index.open(folder) as reader:
        for write in (lambda: reader.publish([make.reading()]), lambda: reader.remove([1]), reader.compact):
            with pytest.raises(UsageError, match="for reading"):
                write()
        assert reader.record_answer("why?", Answer("because", abstained=True, confidence=0.0)) == 1


def test_a_reader_sees_what_is_published_and_compacted_meanwhile(index, folder, make):
    query = make.unit_vectors(2, 0)[0]
    with Index.open(folder) as reader:
        assert reader.nearest(query, 5) == []
        index.publish([make.reading()])
        assert [item for item, _ in reader.nearest(query, 1)] == [1]
        index.publish([make.reading()])
        assert [item for item, _ in reader.nearest(query, 1)] == [3]
        index.compact()
        assert [item for item, _ in reader.nearest(query, 1)] == [3]
        assert reader.verify() == []


def test_reading_goes_on_while_a_transaction_writes(index, folder, make):
    index.publish([make.reading()])
    seen = []

    def look() -> None:
        with Index.open(folder) as reader:
            seen.append(
                (len(reader.sources()), len(reader.nearest(make.unit_vectors(1, 0), 9)), reader.passage_count())
            )

    def look_from_another_thread() -> None:
        thread = threading.Thread(target=look)
        thread.start()
        thread.join()

    index.publish(make.batch(1), before_commit=look_from_another_thread)
    assert seen == [(1, 2, 2)]
    look()
    assert seen[1] == (4, 9, 11)


def test_many_threads_may_read(index, make):
    index.publish(make.batch(0))
    queries = make.unit_vectors(8, 50)
    expected = [index.nearest(query, 4) for query in queries]
    found: dict[int, list] = {}

    def search(row: int) -> None:
        found[row] = [index.nearest(queries[row], 4) for _ in range(20)]

    threads = [threading.Thread(target=search, args=(row,)) for row in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(result == expected[row] for row, results in found.items() for result in results)


def test_statistics(index, make):
    index.publish([make.reading(pages=(make.page(image=b"abc"),))])
    statistics = index.statistics()
    assert (statistics.sources, statistics.pages, statistics.passages, statistics.pictures) == (1, 1, 2, 1)
    assert (statistics.segments, statistics.tombstones, statistics.encoder[:3]) == (1, 0, ("test", "fingerprint", 16))
    on_disk = sum(path.stat().st_size for path in index.folder.glob("segments/*"))
    assert statistics.bytes["segments"] == on_disk > 0
    assert statistics.bytes["catalogue"] > 0


def test_opening_nothing(tmp_path):
    with pytest.raises(UsageError, match="no library"):
        Index.open(tmp_path / "nowhere")
    assert not (tmp_path / "nowhere").exists()
    (tmp_path / "file").write_text("x")
    with pytest.raises(LibraryError):
        Index.open(tmp_path / "file", create=True)


def test_closing_twice(index):
    index.close()
    index.close()


def test_a_library_on_a_read_only_medium(index, folder, make, monkeypatch):
    index.publish([make.reading()])
    index.close()
    # The test may run as root, whom no mode bits stop.
    monkeypatch.setattr("lucida.index.database._read_only", lambda file: True)
    before = sorted(folder.iterdir())
    with Index.open(folder) as reader:
        assert [item for item, _ in reader.nearest(make.unit_vectors(2, 0)[0], 1)] == [1]
        assert [item for item, _ in reader.full_text(["fox"], 1)] == [1]
        assert reader.record_answer("why?", Answer("because", abstained=True, confidence=0.0)) == 0
        assert reader.verify() == []
        assert sorted(folder.iterdir()) == before


def test_samples_and_answers_of_text_no_database_takes(index):
    assert index.record_sample("caf\udce9.png", []) == 1
    assert index.record_answer("\0", Answer("\ud800", abstained=True, confidence=0.0)) == 1
