from __future__ import annotations

import numpy as np
import pytest

from lucida.errors import LibraryDamagedError
from lucida.index.segments import Segment, SegmentInfo, search_segments, write_segment
from lucida.index.storage import DurableWriter, no_checkpoint

NONE = np.empty(0, dtype=np.int64)


@pytest.fixture
def store(tmp_path):
    def write(name: str, ids: np.ndarray, vectors: np.ndarray) -> Segment:
        writer = DurableWriter(tmp_path, no_checkpoint, "segment")
        stored = write_segment(writer, tmp_path / name, ids, vectors)
        writer.publish()
        info = SegmentInfo(1, name, "passage", vectors.shape[1], len(ids), stored.sha256, stored.bytes)
        return Segment(tmp_path, info)

    return write


@pytest.fixture
def pair(store, make):
    vectors = make.unit_vectors(300, 7)
    ids = np.arange(10, 310)
    return ids, vectors, [store("a", ids[:100], vectors[:100]), store("b", ids[100:], vectors[100:])]


def brute(ids, vectors, query, k, keep):
    scores = vectors @ query
    order = sorted((-round(float(s), 6), int(i)) for s, i in zip(scores[keep], ids[keep], strict=True))
    return [item for _, item in order[:k]]


@pytest.mark.parametrize("k", [1, 10, 150, 1000])
def test_search_equals_brute_force(pair, make, k):
    ids, vectors, segments = pair
    rng = np.random.default_rng(0)
    dead = rng.choice(ids, 90, replace=False)
    among = rng.choice(np.arange(400), 200, replace=False)
    for query in make.unit_vectors(5, 99):
        row = query.reshape(1, -1)
        everything = np.ones(len(ids), dtype=bool)
        assert [i for i, _ in search_segments(segments, row, k, dead=NONE, among=None)] == brute(
            ids, vectors, query, k, everything
        )
        alive = ~np.isin(ids, dead)
        assert [i for i, _ in search_segments(segments, row, k, dead=dead, among=None)] == brute(
            ids, vectors, query, k, alive
        )
        both = alive & np.isin(ids, among)
        assert [i for i, _ in search_segments(segments, row, k, dead=dead, among=among)] == brute(
            ids, vectors, query, k, both
        )


def test_nothing_may_appear(pair, make):
    _, _, segments = pair
    assert search_segments(segments, make.unit_vectors(1, 1), 5, dead=NONE, among=np.array([5000])) == []
    assert search_segments(segments, make.unit_vectors(1, 1), 5, dead=np.array([11]), among=np.array([11])) == []


def test_equal_vectors_are_ordered_by_id(store, make):
    vector = make.unit_vectors(1, 3)
    same = np.repeat(vector, 40, axis=0)
    segments = [store("a", np.arange(100, 140), same), store("b", np.arange(1, 21), same[:20])]
    found = [item for item, _ in search_segments(segments, vector, 5, dead=NONE, among=None)]
    assert found == [1, 2, 3, 4, 5]
    assert [score for _, score in search_segments(segments, vector, 60, dead=NONE, among=None)] == [1.0] * 60


def test_vectors_come_back(pair):
    ids, vectors, (first, _) = pair
    assert np.array_equal(first.ids, ids[:100])
    assert np.array_equal(first.vectors(), vectors[:100])
    assert np.array_equal(first.vectors(np.isin(first.ids, [15, 17])), vectors[[5, 7]])


def test_a_mapped_segment_outlives_its_file(pair, make):
    _, _, segments = pair
    query = make.unit_vectors(1, 4)
    before = search_segments(segments, query, 5, dead=NONE, among=None)
    for segment in segments:
        segment.path.unlink()
    assert search_segments(segments, query, 5, dead=NONE, among=None) == before


def reopened(segment: Segment, **changes: object) -> Segment:
    info = segment.info
    values = {name: getattr(info, name) for name in SegmentInfo.__slots__} | changes
    return Segment(segment.path.parent, SegmentInfo(**values))


def test_damage_is_noticed(pair):
    _, _, (first, second) = pair
    with pytest.raises(LibraryDamagedError, match="size"):
        reopened(first, bytes=first.info.bytes + 1)
    for change in ({"dimension": 8}, {"count": 7}):
        with pytest.raises(LibraryDamagedError, match="something else"):
            reopened(first, **change)
    content = bytearray(first.path.read_bytes())
    content[len(content) // 2] ^= 1
    first.path.write_bytes(content)
    with pytest.raises(LibraryDamagedError, match="altered"):
        reopened(first).check()
    second.path.write_bytes(b"\0" * second.info.bytes)
    with pytest.raises(LibraryDamagedError, match=r"cannot be read|something else"):
        reopened(second)


@pytest.mark.parametrize("value", [np.nan, np.inf, 5.0])
def test_vectors_that_are_none(store, make, value):
    vectors = make.unit_vectors(4, 0)
    vectors[2, 3] = value
    with pytest.raises(LibraryDamagedError, match="of no use"):
        store("a", np.arange(4), vectors).check()
