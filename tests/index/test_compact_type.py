"""Large segments: what they find, what they keep, and how they are made."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import faiss
import numpy as np
import pytest

from lucida.errors import LibraryDamagedError
from lucida.index import inverted
from lucida.index.building import build, on_gpu, shares
from lucida.index.choice import DEFAULT, Scale
from lucida.index.inverted import Inverted
from lucida.index.segments import Segment, SegmentInfo, search_segments, write_index, write_segment
from lucida.index.storage import DurableWriter, no_checkpoint

NONE = np.empty(0, dtype=np.int64)
DIMENSION = 32
SCALE = Scale(flat_below=500, trials=32)


def clustered(count: int, seed: int, clusters: int = 60) -> np.ndarray:
    """Unit vectors around centres of very unequal weight, the centres the same for every seed."""
    centres = np.random.default_rng(0).standard_normal((clusters, DIMENSION), dtype=np.float32)
    rng = np.random.default_rng(seed)
    shares = 1 / np.arange(1, clusters + 1)
    chosen = rng.choice(clusters, count, p=shares / shares.sum())
    rows = centres[chosen] + 0.7 * rng.standard_normal((count, DIMENSION), dtype=np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


class Store:
    """Writes segments into a folder and opens them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def opened(self, name: str, stored, vectors: int, items: int) -> Segment:
        info = SegmentInfo(1, name, "passage", DIMENSION, vectors, stored.sha256, stored.bytes, "", items)
        return Segment(self.folder, info)

    def flat(self, name: str, ids: np.ndarray, vectors: np.ndarray) -> Segment:
        writer = DurableWriter(self.folder, no_checkpoint, "segment")
        stored = write_segment(writer, self.folder / name, ids, vectors)
        writer.publish()
        return self.opened(name, stored, len(ids), len(np.unique(ids)))

    def compact(self, name: str, segments, dead=NONE, scale: Scale = SCALE) -> Segment:
        parts = shares(segments, dead)
        index = build(parts, scale, lambda: None)
        writer = DurableWriter(self.folder, no_checkpoint, "segment")
        stored = write_index(writer, self.folder / name, index)
        writer.publish()
        ids = np.concatenate([part.segment.ids[part.rows] for part in parts])
        return self.opened(name, stored, len(ids), len(np.unique(ids)))


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return Store(tmp_path_factory.mktemp("segments"))


@pytest.fixture(scope="module")
def made(store):
    """Ids, vectors, and a compact segment of them made from two flat ones."""
    vectors = clustered(4000, 1)
    ids = np.arange(10, 4010)
    halves = [store.flat("a", ids[:1500], vectors[:1500]), store.flat("b", ids[1500:], vectors[1500:])]
    return ids, vectors, store.compact("compact", halves)


def best(ids, vectors, query, k, keep=None):
    scores = vectors @ query
    if keep is not None:
        scores = np.where(keep, scores, -2)
    return set(ids[np.argsort(-scores)[: min(k, len(ids) if keep is None else int(keep.sum()))]].tolist())


def recall(segments, ids, vectors, queries, *, keep=None, k=10, **arguments) -> float:
    """Share of the exact best that is found."""
    found = expected = 0
    for query in queries:
        right = best(ids, vectors, query, k, keep)
        hits = search_segments(segments, query[None], k, **({"dead": NONE, "among": None} | arguments))
        assert len(hits) == len(right)
        found, expected = found + len(right & {item for item, _ in hits}), expected + len(right)
    return found / expected


def test_most_of_the_best_are_found(made):
    ids, vectors, segment = made
    assert isinstance(segment.inner, Inverted)
    assert not segment.exact
    assert 1 <= segment.inner.index.nprobe < segment.inner.index.nlist
    queries = clustered(100, 2)
    assert recall([segment], ids, vectors, queries) >= 0.95
    assert recall([segment], ids, vectors, queries[:30], k=100) >= 0.95
    hits = search_segments([segment], vectors[:1], 5, dead=NONE, among=None)
    assert hits[0] == (10, pytest.approx(1, abs=2e-2))
    assert all(-1 <= score <= 1 for _, score in hits)


@pytest.mark.parametrize("share", [0.5, 0.1, 0.01, 0.001])
def test_a_filter_costs_no_recall(made, share):
    ids, vectors, segment = made
    keep = np.random.default_rng(5).random(len(ids)) < share
    keep[0] = True
    assert recall([segment], ids, vectors, clustered(60, 3), keep=keep, among=ids[keep]) >= 0.95


def test_a_filter_that_lies_far_from_the_query_costs_no_recall(made, monkeypatch):
    """Only items from another part of the space may appear: the lists near the query hold none of them."""
    monkeypatch.setattr(inverted, "_ALL_BELOW", 1)
    ids, vectors, segment = made
    found = 0
    for query in clustered(20, 4):
        elsewhere = vectors @ vectors[np.argmin(vectors @ query)]
        keep = elsewhere > np.quantile(elsewhere, 0.8)
        hits = search_segments([segment], query[None], 10, dead=NONE, among=ids[keep])
        found += len({item for item, _ in hits} & best(ids, vectors, query, 10, keep))
    assert found >= 0.9 * 200


def test_what_is_dead_never_appears(made):
    _, _, segment = made
    query = clustered(1, 6)[0]
    everything = [item for item, _ in search_segments([segment], query[None], 50, dead=NONE, among=None)]
    dead = np.array(sorted(everything[:25]))
    left = [item for item, _ in search_segments([segment], query[None], 25, dead=dead, among=None)]
    assert left == everything[25:]
    among = np.sort(np.array(everything))
    assert [item for item, _ in search_segments([segment], query[None], 50, dead=dead, among=among)] == left
    assert search_segments([segment], query[None], 5, dead=dead, among=dead) == []
    assert search_segments([segment], query[None], 5, dead=NONE, among=np.array([9, 5000])) == []


def test_flat_and_compact_segments_are_searched_together(store, made):
    ids, vectors, segment = made
    more = clustered(300, 8)
    recent = store.flat("recent", np.arange(5000, 5300), more)
    every, rows = np.concatenate([ids, recent.ids]), np.concatenate([vectors, more])
    queries = clustered(40, 9)
    assert recall([segment, recent], every, rows, queries) >= 0.95
    keep = every >= 3900
    assert recall([segment, recent], every, rows, queries, keep=keep, among=every[keep]) >= 0.95


def test_vectors_come_back_rounded(made):
    ids, vectors, segment = made
    assert sorted(segment.ids.tolist()) == ids.tolist()
    rows = segment.rows_of(np.array([1, 12, 700, 9999]))
    assert sorted(segment.ids[rows].tolist()) == [12, 700]
    for row, vector in zip(rows, segment.vectors(rows), strict=True):
        assert vector @ vectors[segment.ids[row] - 10] == pytest.approx(1, abs=1e-2)
    every = segment.vectors()
    assert np.array_equal(every[5:9], segment.vectors(slice(5, 9)))
    assert np.allclose(every, vectors[segment.ids - 10], atol=0.02)


def test_rounding_happens_once(store, made):
    """Merged again, with as many lists or with more, what was a code stays that code."""
    _, _, segment = made
    before = dict(zip(segment.ids.tolist(), segment.vectors(), strict=True))
    dead = np.arange(100, 200)
    same = store.compact("same", [segment], dead)
    more = store.flat("more", np.arange(6000, 8000), clustered(2000, 11))
    larger = store.compact("larger", [more, same], scale=Scale(flat_below=500, trials=32, lists_per_root=6))
    assert same.inner.index.nlist == segment.inner.index.nlist
    assert larger.inner.index.nlist > same.inner.index.nlist
    for after in (same, larger):
        vectors = dict(zip(after.ids.tolist(), after.vectors(), strict=True))
        assert not set(vectors) & set(dead.tolist())
        assert set(before) - set(dead.tolist()) <= set(vectors)
        assert all(np.array_equal(before[item], vectors[item]) for item in before if item in vectors)


def test_ranges_that_have_become_too_narrow_are_taken_anew(store, made):
    """The first vectors were all alike; those that join them are not cut off at their ranges."""
    narrow = clustered(600, 20, clusters=1)
    first = store.compact("narrow", [store.flat("n", np.arange(600), narrow)])
    wide = clustered(600, 21)
    both = store.compact("both", [first, store.flat("wide", np.arange(600, 1200), wide)])
    both.check()
    rows = both.rows_of(np.arange(600, 1200))
    assert np.allclose(both.vectors(rows), wide[both.ids[rows] - 600], atol=0.02)


def test_items_with_several_vectors(store):
    vectors = clustered(3000, 12)
    owners = np.sort(np.random.default_rng(1).integers(1, 700, 3000))
    segment = store.compact("windows", [store.flat("w", owners, vectors)])
    for query in clustered(20, 13):
        hits = search_segments([segment], query[None], 20, dead=NONE, among=None)
        assert len({item for item, _ in hits}) == len(hits) == 20
        scores = {}
        for item, score in zip(owners.tolist(), (vectors @ query).tolist(), strict=True):
            scores[item] = max(score, scores.get(item, -2))
        right = sorted(scores, key=scores.__getitem__)[-20:]
        assert len(set(right) & {item for item, _ in hits}) >= 17


def test_files_are_mapped_and_outlive_their_names(store, made):
    _, _, segment = made
    query = clustered(1, 14)
    again = Segment(store.folder, segment.info)
    assert str(segment.path) in Path("/proc/self/maps").read_text()
    segment.path.rename(segment.path.with_suffix(".away"))
    try:
        assert search_segments([again], query, 9, dead=NONE, among=None) == search_segments(
            [segment], query, 9, dead=NONE, among=None
        )
    finally:
        segment.path.with_suffix(".away").rename(segment.path)


def test_damage_is_noticed(store, made):
    _, _, segment = made
    segment.check()
    content = bytearray(segment.path.read_bytes())
    content[len(content) // 2] ^= 1
    (store.folder / "bad").write_bytes(content)
    values = {name: getattr(segment.info, name) for name in SegmentInfo.__slots__} | {"name": "bad"}
    with pytest.raises(LibraryDamagedError, match="altered"):
        Segment(store.folder, SegmentInfo(**values)).check()
    (store.folder / "bad").write_bytes(content[:-1])
    with pytest.raises(LibraryDamagedError, match="another size"):
        Segment(store.folder, SegmentInfo(**values))
    (store.folder / "bad").write_bytes(bytes(len(content)))
    with pytest.raises(LibraryDamagedError, match="cannot be read"):
        Segment(store.folder, SegmentInfo(**values))


def test_sizes_decide():
    assert not DEFAULT.compact(DEFAULT.flat_below - 1)
    assert DEFAULT.compact(DEFAULT.flat_below)
    assert [DEFAULT.lists(count) for count in (20_000, 200_000, 1_000_000)] == [512, 1024, 4096]
    assert DEFAULT.limit(384) > 1_000_000


def test_a_gpu_is_used_where_faiss_has_one():
    index = faiss.IndexFlatIP(4)
    moved = object()
    seen = []
    with_gpu = SimpleNamespace(
        StandardGpuResources=object,
        get_num_gpus=lambda: 1,
        index_cpu_to_all_gpus=lambda given: seen.append(given) or moved,
    )
    assert on_gpu(with_gpu, index) is moved
    assert seen == [index]
    assert on_gpu(SimpleNamespace(StandardGpuResources=object, get_num_gpus=lambda: 0), index) is index
    assert on_gpu(faiss, index) is index
