"""Pictures and windows beside passages: found, deleted, merged, mended, and moved to another encoder's space."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from lucida.errors import ModelError, UsageError
from lucida.index import Filter, Index
from lucida.types import PictureRole

DECISIVE = ("segment-renamed", "addition-rows-written", "addition-committed", "switch-written", "switch-committed")
STEPS = (*DECISIVE, "switch-begun", "segment-written", "merge-written", "merge-committed", "switch-done")


@pytest.fixture
def seeing(index, make):
    """A library whose pictures and windows are in a space, too."""
    index.bind_shared("eye", "eye-1", make.SHARED_DIMENSION, windows=True)
    return index


def test_each_list_is_searched_on_its_own(seeing, make):
    seeing.publish([*make.batch(0, shared=True), *make.batch(1, shared=True)])
    picture = make.picture_vectors(1, 4)[0]
    [(item, score)] = seeing.nearest(picture, 1, kind="picture")
    row = seeing.items([item])[0]
    assert (row.kind, row.source, score) == ("picture", "/docs/4.pdf", 1.0)
    assert len(seeing.nearest(picture, 50, kind="picture")) == 6
    assert len(seeing.nearest(make.unit_vectors(3, 4)[0], 50)) == 18
    assert seeing.nearest(picture, 3, kind="picture", among=np.array([1, 2])) == []
    with pytest.raises(UsageError, match="no list"):
        seeing.nearest(picture, 3, kind="video")
    with pytest.raises(ModelError, match="dimensions"):
        seeing.nearest(make.unit_vectors(3, 4)[0], 3, kind="picture")
    with pytest.raises(ModelError, match="another encoder"):
        seeing.nearest(picture, 3, kind="picture", fingerprint="eye-2")
    assert seeing.nearest(picture, 1, kind="picture", fingerprint="eye-1") == [(item, 1.0)]
    assert seeing.verify() == []


def test_a_passage_comes_once_with_its_best_window(seeing, make):
    seeing.publish(make.batch(0, shared=True))
    owner = {}
    for key in range(3):
        vectors, owners = make.windows(3, key)
        ids = [row.id for row in seeing.passages_of(key + 1)]
        owner |= {(key, row): ids[at] for row, at in enumerate(owners)}
        for row, vector in enumerate(vectors):
            found = seeing.nearest(vector, 9, kind="window")
            assert found[0] == (owner[key, row], 1.0)
            assert len({item for item, _ in found}) == len(found) == 9
    everything = np.concatenate([make.windows(3, key)[0] for key in range(3)])
    query = make.unit_vectors(1, 77, make.SHARED_DIMENSION)[0]
    best: dict[int, float] = {}
    for (key, row), item in owner.items():
        best[item] = max(best.get(item, -1.0), float(everything[6 * key + row] @ query))
    expected = sorted(best, key=lambda item: -best[item])
    assert [item for item, _ in seeing.nearest(query, 4, kind="window")] == expected[:4]


def test_many_windows_of_one_passage_do_not_hide_the_others(seeing, make):
    """One passage with hundreds of windows that are all nearer than anybody else's."""
    query = make.unit_vectors(1, 5, make.SHARED_DIMENSION)
    reading = make.reading(texts=("long", "short", "other"))
    far = make.unit_vectors(2, 6, make.SHARED_DIMENSION)
    vectors = np.concatenate([np.repeat(query, 300, axis=0), far])
    owners = np.array([0] * 300 + [1, 2])
    seeing.publish([replace(reading, window_vectors=(vectors, owners))])
    found = [item for item, _ in seeing.nearest(query[0], 3, kind="window")]
    assert (found[0], sorted(found)) == (1, [1, 2, 3])


def test_a_row_of_zeros_is_a_picture_without_a_vector(seeing, make):
    pages = (make.page(image=b"a"), make.page(2, image=b"b"))
    reading = make.reading(pages=pages, shared=True)
    vectors = reading.picture_vectors.copy()
    vectors[0] = 0
    seeing.publish([replace(reading, picture_vectors=vectors)])
    assert [item for item, _ in seeing.nearest(vectors[1], 5, kind="picture")] == [4]
    assert seeing.lacking("picture") == [3]
    assert seeing.statistics().lacking == seeing.due() == {"picture": 1}
    assert "1 pictures have no vector" in seeing.verify()[0].what
    seeing.note_futile("picture")
    assert seeing.verify() == []
    assert (seeing.due(), seeing.statistics().lacking) == ({}, {"picture": 1})
    seeing.add_vectors("picture", np.array([3]), reading.picture_vectors[:1])
    assert seeing.statistics().lacking == {}
    assert seeing.verify() == []


def test_vectors_come_back(seeing, make):
    seeing.publish([*make.batch(0, shared=True), *make.batch(1, shared=True)])
    pictures = seeing.select(Filter(kind="picture"))
    ids, vectors = seeing.vectors([*pictures[::-1], 9999, 1], "picture")
    assert np.array_equal(ids, pictures)
    assert np.array_equal(vectors, np.concatenate([make.picture_vectors(1, key) for key in range(6)]))
    ids, vectors = seeing.vectors([2, 1], "window")
    assert ids.tolist() == [1, 1, 2, 2]
    assert np.array_equal(vectors, make.windows(3, 0)[0][:4])
    assert seeing.vectors([], "picture")[1].shape == (0, make.SHARED_DIMENSION)
    seeing.remove([1])
    blocks = list(seeing.all_vectors("picture"))
    assert sorted(item for ids, _ in blocks for item in ids.tolist()) == pictures[1:].tolist()
    assert sum(len(rows) for _, rows in blocks) == 5
    assert seeing.vectors([int(pictures[0])], "picture")[0].tolist() == []


def test_deletes_reach_every_list_and_compaction_changes_no_result(seeing, make):
    for number in range(4):
        seeing.publish(make.batch(number, shared=True))
    seeing.remove([2, 5])
    queries = make.unit_vectors(6, 31, make.SHARED_DIMENSION)
    before = [[seeing.nearest(query, 20, kind=kind) for kind in ("picture", "window")] for query in queries]
    assert seeing.statistics().tombstones == 2 * (3 + 3 + 1)
    assert all(len(pictures) == 10 and len(passages) == 20 for pictures, passages in before)
    compacted = seeing.compact()
    assert (compacted.segments_after, seeing.statistics().tombstones) == (3, 0)
    assert [[seeing.nearest(query, 20, kind=kind) for kind in ("picture", "window")] for query in queries] == before
    assert seeing.verify() == []


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"picture_vectors": np.eye(1, 4, dtype=np.float32)}, "dimensions"),
        ({"picture_vectors": np.eye(3, 8, dtype=np.float32)}, "shape"),
        ({"picture_vectors": np.full((1, 8), 2.0, dtype=np.float32)}, "unit"),
        ({"window_vectors": (np.eye(2, 8, dtype=np.float32), np.array([1, 0]))}, "order"),
        ({"window_vectors": (np.eye(2, 8, dtype=np.float32), np.array([0, 2]))}, "no passage"),
    ],
)
def test_unfit_vectors_are_refused(seeing, make, change, why):
    reading = make.reading(pages=(make.page(image=b"a"),), shared=True)
    with pytest.raises(ModelError, match=why):
        seeing.publish([replace(reading, **change)])
    assert seeing.sources() == []
    assert list(seeing.folder.glob("segments/*")) == []


def test_an_unbound_list_takes_nothing(index, make):
    with pytest.raises(ModelError, match="bound to no encoder"):
        index.publish([make.reading(pages=(make.page(image=b"a"),), shared=True)])


def test_another_encoder_is_refused_with_advice(seeing, make):
    seeing.bind_shared("eye", "eye-1", make.SHARED_DIMENSION, windows=True)
    with pytest.raises(ModelError, match="in the space of eye") as caught:
        seeing.bind_shared("hf:other", "eye-2", 4, windows=False)
    assert "lucida models switch hf:other" in caught.value.advice


def test_added_vectors_must_be_lacking(seeing, make):
    seeing.publish(make.batch(0, shared=True))
    for ids in (seeing.select(Filter(kind="picture"))[:1], np.array([1]), np.array([999])):
        with pytest.raises(UsageError, match="do not belong"):
            seeing.add_vectors("picture", ids, make.picture_vectors(1, 0))
    assert seeing.verify() == []


def test_a_lost_segment_of_pictures_is_mended_without_reading(seeing, make):
    seeing.publish(make.batch(0, shared=True))
    with seeing._database.read() as connection:
        query = "SELECT name FROM segments WHERE kind = 'picture'"
        name = connection.exec_driver_sql(query).scalar()
    (seeing.folder / "segments" / name).unlink()
    problems = seeing.verify(repair=True)
    assert "is missing" in problems[0].what
    assert all(state.sha256 for _, state, _ in seeing.file_states().values())
    assert ["no vector" in problem.what for problem in seeing.verify()] == [True]
    ids = seeing.lacking("picture")
    seeing.add_vectors("picture", np.array(ids), np.concatenate([make.picture_vectors(1, key) for key in range(3)]))
    assert seeing.verify() == []


def test_hashes_are_kept_with_all_their_bits(index, make):
    def page(number, **traits):
        shown = make.page(number, image=b"%d" % number)
        return replace(shown, pictures=(replace(shown.pictures[0], role=PictureRole.FIGURE, **traits),))

    bits = [0, 1, 2**63, 2**64 - 1]
    pages = [page(n, perceptual_hash=value, pixels_sha256=bytes([n]) * 32) for n, value in enumerate(bits, start=1)]
    index.publish([make.reading(pages=(*pages, page(5)))])
    ids, hashes = index.picture_hashes()
    assert hashes.dtype == np.uint64
    assert hashes.tolist() == bits
    assert index.pixel_digests() == {item: bytes([n]) * 32 for n, item in enumerate(ids.tolist(), start=1)}
    index.remove([1])
    assert (index.picture_hashes()[0].shape, index.pixel_digests()) == ((0,), {})


def switch(folder: Path, step: str = "", occurrence: int = 1) -> bool:
    """Whether a child that switches was killed at the step."""
    command = [sys.executable, Path(__file__).with_name("switcher_child.py"), folder, step, str(occurrence)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode in (0, -9), done.stderr
    return done.returncode == -9


def assert_in_one_space(folder: Path, make, picture: int) -> None:
    """Whatever a switch did before it was killed, every search is answered wholly from one space."""
    with Index.open(folder) as reader:
        # Files that a killed writer left are no damage: the next writer sweeps them.
        assert [problem for problem in reader.verify() if "belongs to nothing" not in problem.what] == []
        old = reader.shared().fingerprint == "eye-1"
        query = make.picture_vectors(1, 0)[0] if old else make.unit_vectors(1, 5_000_000 + picture, 4)[0]
        found = reader.nearest(query, 50, kind="picture")
        assert (found[0], len(found)) == ((picture, 1.0), 12)
        width = make.SHARED_DIMENSION if old else 4
        assert len(reader.nearest(make.unit_vectors(1, 3, width)[0], 50, kind="window")) == 36
        assert len(reader.nearest(make.unit_vectors(1, 3)[0], 50)) == 36


@pytest.fixture
def twelve(seeing, make, folder):
    """A library of twelve pictures; the id of the first."""
    for number in range(4):
        seeing.publish(make.batch(number, shared=True))
    first = int(seeing.select(Filter(kind="picture"))[0])
    seeing.close()
    return folder, first


@pytest.mark.parametrize(
    "step", [step if step in DECISIVE else pytest.param(step, marks=pytest.mark.slow) for step in STEPS]
)
def test_a_switch_is_killed_and_goes_on(twelve, make, step):
    folder, picture = twelve
    assert switch(folder, step, 2 if step.startswith(("segment", "addition")) else 1)
    assert_in_one_space(folder, make, picture)
    assert not switch(folder)
    assert_in_one_space(folder, make, picture)
    with Index.open(folder, write=True) as index:
        assert (index.shared()[:2], index.pending()) == (("other", "eye-2"), None)
        assert index.statistics().lacking == {}
        assert len(list(folder.glob("segments/*"))) == index.statistics().segments
        with index._database.read() as connection:
            kinds = connection.exec_driver_sql("SELECT DISTINCT kind, fingerprint FROM segments ORDER BY kind").all()
        assert kinds == [("passage", "fingerprint"), ("picture", "eye-2"), ("window", "eye-2")]


@pytest.mark.slow
def test_a_switch_is_killed_at_every_step_again_and_again(twelve, make):
    folder, picture = twelve
    kills = sum(switch(folder, step, occurrence) for occurrence in (1, 3, 2) for step in STEPS)
    assert kills >= 6
    assert not switch(folder)
    assert_in_one_space(folder, make, picture)


def test_what_happens_while_a_switch_waits_is_not_lost(twelve, make):
    """Between a kill and the next attempt sources come and go."""
    folder, _ = twelve
    assert switch(folder, "addition-committed", 2)
    with Index.open(folder, write=True) as index:
        assert index.pending()[:2] == ("other", "eye-2")
        index.publish(make.batch(9, shared=True))
        index.remove([1, 12])
        assert index.verify() == []
        index.compact()
        assert index.verify() == []
    assert not switch(folder)
    with Index.open(folder) as index:
        assert index.statistics().lacking == {}
        assert len(index.nearest(make.unit_vectors(1, 3, 4)[0], 50, kind="picture")) == 13


def test_another_switch_drops_what_was_prepared_for_the_first(twelve, make):
    folder, picture = twelve
    assert switch(folder, "addition-committed", 2)
    with Index.open(folder, write=True) as index:
        index.begin_switch("third", "eye-3", 2, windows=False)
        assert index.lacking("picture", pending=True)[0] == picture
        assert index.verify() == []
        ids = index.lacking("picture", pending=True)
        index.add_vectors("picture", np.array(ids), np.tile(np.eye(1, 2, dtype=np.float32), (12, 1)), pending=True)
        index.finish_switch()
        assert index.nearest(np.eye(1, 2, dtype=np.float32)[0], 1, kind="picture") == [(picture, 1.0)]
        assert index.nearest(make.unit_vectors(1, 3, 4)[0], 5, kind="window") == []
        assert index.verify() == []
        with pytest.raises(UsageError, match="no switch"):
            index.finish_switch()
        index.forget_shared()
        assert (index.shared(), index.nearest(make.unit_vectors(1, 3, 4)[0], 5, kind="picture")) == (None, [])
        assert index.verify() == []
        assert len(list(folder.glob("segments/*"))) == index.statistics().segments


def test_a_reader_sees_the_switch_at_once(twelve, make):
    folder, picture = twelve
    with Index.open(folder) as reader:
        query = make.picture_vectors(1, 0)[0]
        assert reader.nearest(query, 1, kind="picture", fingerprint="eye-1") == [(picture, 1.0)]
        assert not switch(folder)
        with pytest.raises(ModelError):
            reader.nearest(query, 1, kind="picture", fingerprint="eye-1")
        assert reader.shared().spec == "other"
        new = make.unit_vectors(1, 5_000_000 + picture, 4)[0]
        assert reader.nearest(new, 1, kind="picture", fingerprint="eye-2") == [(picture, 1.0)]
