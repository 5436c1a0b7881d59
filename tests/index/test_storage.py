"""Disks that take no more: nothing is lost, nothing is left behind."""

from __future__ import annotations

import errno
import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from lucida.errors import StorageFullError
from lucida.index import Index
from lucida.index.storage import DurableWriter, Stored, no_checkpoint

LIMITED = """
import resource, signal, sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
import synthetic
from lucida.errors import StorageFullError
from lucida.index import Index
folder, limit = Path(sys.argv[1]), int(sys.argv[3])
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
with Index.open(folder, write=True) as index:
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
    refused = 0
    for number in range(3):
        big = synthetic.batch(number, size=40)
        try:
            index.publish(big)
        except StorageFullError as error:
            refused += 1
            assert error.advice
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    print(refused, len(index.sources()), len(index.verify()))
"""


def tree(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for part in ("segments", "blobs") for path in folder.glob(f"{part}/**/*.*")}


@pytest.mark.parametrize(("limit", "least"), [(1_000, 3), (20_000, 3), (120_000, 1)])
def test_a_file_size_limit(index, make, folder, limit, least):
    """Small limits hit the vector file, larger ones the database's log."""
    index.publish([make.reading("/docs/before.pdf")])
    index.close()
    child = [sys.executable, "-c", LIMITED, folder, Path(__file__).parent, str(limit)]
    done = subprocess.run(child, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    refused, sources, problems = map(int, done.stdout.split())
    assert refused >= least
    assert sources == 1 + 40 * (3 - refused)
    assert problems == 0
    with Index.open(folder, write=True) as again:
        assert again.verify() == []
        assert [row.text for row in again.passages_of(1)] == ["the quick brown fox", "a lazy dog"]
        for number in range(3):
            again.publish(make.batch(number, size=40))
        assert len(again.sources()) == 121
        assert again.verify() == []


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EIO])
@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_refused_calls(index, make, monkeypatch, code, call):
    index.publish([make.reading()])
    before = tree(index.folder)

    def refuse(*_arguments):
        raise OSError(code, os.strerror(code))

    target = (os, "fsync") if call == "fsync" else (Path, "replace")
    monkeypatch.setattr(*target, refuse)
    with pytest.raises(StorageFullError, match="could not be written") as caught:
        index.publish([make.reading(texts=("newer",), seed=3, pages=(make.page(image=b"new"),))])
    assert "intact" in caught.value.advice
    monkeypatch.undo()
    assert tree(index.folder) == before
    assert index.passages_of(1)[0].text == "the quick brown fox"
    assert index.verify() == []
    index.publish([make.reading(texts=("newer",), seed=3)])
    assert index.passages_of(1)[0].text == "newer"


def test_a_disk_that_fills_up_during_compaction(index, make, monkeypatch):
    index.publish(make.batch(0))
    index.remove([2])
    query = make.unit_vectors(1, 1)
    before = (tree(index.folder), index.nearest(query, 5))

    def refuse(_descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(StorageFullError):
        index.compact()
    monkeypatch.undo()
    assert (tree(index.folder), index.nearest(query, 5)) == before
    assert index.verify() == []


def test_a_database_that_may_not_grow(index, make):
    with index._database.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages + 2}")
        connection.rollback()
    with pytest.raises(StorageFullError, match="full"):
        index.publish(make.batch(0, size=60))
    assert index.sources() == []
    assert tree(index.folder) == set()


def test_files_appear_whole(tmp_path):
    writer = DurableWriter(tmp_path, no_checkpoint, "blob")
    stored = writer.write(tmp_path / "deep" / "er" / "file", lambda take: (take(b"one "), take(b"two")))
    assert not (tmp_path / "deep" / "er" / "file").exists()
    writer.publish()
    assert (tmp_path / "deep" / "er" / "file").read_bytes() == b"one two"
    assert stored == Stored(7, hashlib.sha256(b"one two").hexdigest())


def test_discarding(tmp_path):
    writer = DurableWriter(tmp_path, no_checkpoint, "blob")
    writer.write(tmp_path / "file", lambda take: take(b"x"))
    writer.discard()
    assert list(tmp_path.iterdir()) == []
