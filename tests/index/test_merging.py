from __future__ import annotations

import numpy as np

from lucida.index import Compacted
from lucida.index.choice import DEFAULT, Scale
from lucida.index.merging import FAN, Load, packs, tiers
from lucida.index.segments import SegmentInfo


def load(key: int, count: int, dead: int = 0, dimension: int = 384) -> Load:
    return Load(SegmentInfo(key, f"{key}", "passage", dimension, count, "", 0), dead)


def keys(groups):
    return [[entry.info.id for entry in group] for group in groups]


def due(loads, scale=DEFAULT):
    return keys(entry.group for entry in tiers(loads, scale))


def test_a_full_tier_is_merged():
    few = [load(key, 10) for key in range(FAN - 1)]
    assert due(few) == []
    assert due([*few, load(50, 5000), load(51, 20)]) == [[*range(FAN - 1), 51]]


def test_a_segment_that_is_mostly_dead_is_rewritten():
    assert due([load(1, 10, 6), load(2, 10, 4)]) == [[1]]


def test_large_segments_are_left_alone():
    limit = DEFAULT.limit(384)
    assert due([load(key, limit // 2 + 1) for key in range(FAN)]) == []
    assert due([load(key, limit // 2) for key in range(FAN)]) == [[0, 1]]
    assert due([load(key, limit // 3) for key in range(FAN)]) == [[0, 1, 2]]


def test_what_was_put_off_too_often_is_overdue():
    [once] = tiers([load(key, 8_000) for key in range(FAN)], DEFAULT)
    [twice] = tiers([load(key, 8_000) for key in range(2 * FAN)], DEFAULT)
    assert (once.is_large(DEFAULT), once.overdue, twice.overdue) == (True, False, True)
    assert keys([twice.group]) == [list(range(FAN))]
    [small] = tiers([load(key, 100) for key in range(FAN)], DEFAULT)
    assert not small.is_large(DEFAULT)
    half, most = tiers([load(1, 40_000, 21_000), load(2, 40_000, 39_000)], DEFAULT)
    assert (half.overdue, most.overdue) == (False, True)


def test_compaction_packs_what_fits():
    scale = Scale(limit_bytes=87_000 * 384)
    groups = packs([load(1, 50_000), load(2, 30_000), load(3, 60_000), load(4, 87_000), load(5, 87_000, 1)], scale)
    assert keys(groups) == [[1, 2], [5]]


def test_publishing_keeps_the_number_of_segments_small(index, make):
    for number in range(40):
        index.publish(make.batch(number, size=1))
    assert index.statistics().segments <= 2 * FAN
    assert index.passage_count() == len(index.nearest(make.unit_vectors(1, 0), 500)) == 120
    assert index.verify() == []


def test_compaction_changes_no_result(index, make):
    for number in range(5):
        index.publish(make.batch(number))
    index.publish(make.batch(2, size=1))
    index.remove([4, 8])
    queries = make.unit_vectors(10, 77)
    among = np.arange(0, 200, 3)
    before = [(index.nearest(query, 10), index.nearest(query, 10, among=among)) for query in queries]
    words = index.full_text(["passage1", "common"], 100)
    statistics = index.statistics()
    assert statistics.tombstones == 9
    compacted = index.compact()
    assert compacted == Compacted(statistics.segments, 1, 9, compacted.bytes_freed)
    assert compacted.bytes_freed > 0
    assert [(index.nearest(query, 10), index.nearest(query, 10, among=among)) for query in queries] == before
    assert sorted(item for item, _ in index.full_text(["passage1", "common"], 100)) == sorted(item for item, _ in words)
    assert len(list(index.folder.glob("segments/*"))) == 1
    assert index.verify() == []
    assert index.compact() == Compacted(1, 1, 0, 0)


def test_compacting_what_is_all_dead(index, make):
    index.publish([make.reading()])
    index.remove([1])
    assert index.compact().segments_after == 0
    assert list(index.folder.glob("segments/*")) == []
    assert index.nearest(make.unit_vectors(1, 0), 3) == []
    assert index.verify() == []
