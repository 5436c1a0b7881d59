"""Large merges beside the writer: what they build is put in force, given up or thrown away, and nothing is lost."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import numpy as np
import pytest

from lucida.errors import LibraryDamagedError
from lucida.index import Index
from lucida.index.background import Background
from lucida.index.choice import DEFAULT, Scale
from lucida.index.inverted import Inverted
from lucida.index.merging import FAN, loads, merge, plan

SMALL = Scale(flat_below=60, trials=8)


class Gate:
    """A checkpoint that stops the background's thread before its merge is done, until it is opened."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.open.set()
        self.reached = threading.Event()

    def __call__(self, step: str) -> None:
        if step == "segment-written" and threading.current_thread().name == "merging":
            self.reached.set()
            assert self.open.wait(30)


@pytest.fixture
def gate() -> Gate:
    return Gate()


@pytest.fixture
def library(folder, make, gate) -> Iterator[Index]:
    with Index.open(folder, create=True, write=True, scale=SMALL, checkpoint=gate) as opened:
        opened.bind_encoder("test", "fingerprint", make.DIMENSION)
        yield opened
        gate.open.set()


def publish(library: Index, make, batches: range, size: int = 3) -> None:
    """Nine vectors a batch."""
    for number in batches:
        library.publish(make.batch(number, size=size))


def compact_segments(library: Index) -> int:
    library.nearest(np.eye(1, 16, dtype=np.float32)[0], 1)
    return sum(isinstance(segment.inner, Inverted) for segment in library._vectors._state.open.values())


def everything(library: Index, make) -> set[int]:
    return {item for item, _ in library.nearest(make.unit_vectors(1, 0), 1000)}


def test_small_libraries_stay_flat(index, make):
    publish(index, make, range(FAN))
    index.compact()
    assert compact_segments(index) == 0
    assert DEFAULT.flat_below > 10_000


def test_a_large_merge_is_put_in_force(library, make):
    publish(library, make, range(FAN))
    library.finish_merging()
    assert library.statistics().segments == compact_segments(library) == 1
    assert library.passage_count() == len(everything(library, make)) == 9 * FAN
    assert library.verify() == []


def test_vectors_of_large_segments_are_of_unit_length(library, make):
    publish(library, make, range(FAN))
    library.finish_merging()
    wanted = sorted(everything(library, make))[5:50:7]
    ids, vectors = library.vectors(wanted, "passage")
    assert ids.tolist() == wanted
    blocks = list(library.all_vectors("passage"))
    assert sum(len(ids) for ids, _ in blocks) == 9 * FAN
    for rows in (vectors, *(rows for _, rows in blocks)):
        assert np.linalg.norm(rows, axis=1) == pytest.approx(1, abs=1e-6)
    assert library.nearest(vectors[0], 1)[0][0] == wanted[0]


def test_searching_and_writing_go_on_meanwhile(library, make, gate):
    gate.open.clear()
    publish(library, make, range(FAN))
    assert gate.reached.wait(30)
    assert compact_segments(library) == 0
    doomed = library.passages_of(2)[0].id
    library.remove([2])  # it dies while its vectors are being copied
    publish(library, make, range(FAN, FAN + 2))
    alive = everything(library, make)
    assert doomed not in alive
    gate.open.set()
    library.finish_merging()
    assert compact_segments(library) == 1
    assert everything(library, make) == alive
    assert library.statistics().tombstones == 3
    assert library.verify() == []
    library.compact()
    assert library.statistics().tombstones == 0
    assert everything(library, make) == alive
    assert library.verify() == []


def test_closing_gives_up_what_is_under_way(folder, library, make, gate):
    gate.open.clear()
    publish(library, make, range(FAN))
    assert gate.reached.wait(30)
    threading.Timer(0.2, gate.open.set).start()
    library.close()
    assert len(list(folder.glob("segments/*"))) == FAN or compact_segments_of(folder) == 1
    with Index.open(folder, write=True, scale=SMALL) as again:
        assert again.verify() == []
        again.finish_merging()
        assert compact_segments(again) == 1
        assert again.verify() == []


def compact_segments_of(folder) -> int:
    with Index.open(folder) as reader:
        return compact_segments(reader)


def test_what_is_put_off_too_long_is_waited_for(folder, make, gate):
    """Every opening is too short for the background: it is closed at once."""
    for number in range(2 * FAN):
        with Index.open(folder, create=True, write=True, scale=SMALL) as library:
            library.bind_encoder("test", "fingerprint", make.DIMENSION)
            library.publish(make.batch(number))
            if library._merges is not None:
                library._merges.stop(library._publisher())
    assert compact_segments_of(folder) == 1


def test_a_damaged_segment_is_reported_and_kept(folder, library, make, gate):
    publish(library, make, range(FAN - 1))
    victim = min(folder.glob("segments/*"))
    content = bytearray(victim.read_bytes())
    content[-40] ^= 1
    victim.write_bytes(content)
    publish(library, make, range(FAN - 1, FAN))
    with pytest.raises(LibraryDamagedError, match="altered"):
        library.finish_merging()
    assert victim.exists()
    assert len(list(folder.glob("segments/*"))) == FAN


def test_a_missing_segment_is_reported(folder, library, make):
    publish(library, make, range(FAN - 1))
    victim = min(folder.glob("segments/*"))
    victim.unlink()
    publish(library, make, range(FAN - 1, FAN))
    with pytest.raises(LibraryDamagedError, match=f"{victim.name} is missing"):
        library.finish_merging()
    assert len(list(folder.glob("segments/*"))) == FAN - 1


def test_a_plan_whose_segments_another_merge_took_is_dropped(folder, library, make):
    """Small merges do not wait for the background, and may take what it was about to read."""
    publish(library, make, range(FAN - 1))
    publisher = library._publisher()
    with publisher.database.read() as connection:
        outdated = plan(publisher, loads(connection))
    merge(publisher, outdated.group[:2])
    background = Background()
    background.begin(publisher, outdated)
    background.collect(publisher, wait=True)
    assert not background.busy
    assert library.statistics().segments == len(list(folder.glob("segments/*"))) == FAN - 2
    assert library.verify() == []


def test_a_list_that_is_dropped_meanwhile_takes_its_merge_along(folder, library, make, gate):
    library.publish([make.reading(f"/p/{n}.pdf", seed=n, pages=(make.page(image=b"%d" % n),)) for n in range(90)])
    library.bind_shared("shared", "one", make.DIMENSION, windows=False)
    gate.open.clear()
    gate.reached.clear()
    lacking = library.lacking("picture")
    assert len(lacking) == 90
    for start in range(0, 80, 10):
        ids = np.array(lacking[start : start + 10])
        library.add_vectors("picture", ids, make.unit_vectors(10, start))
    assert gate.reached.wait(30)
    library.forget_shared()
    gate.open.set()
    library.finish_merging()
    assert library.verify() == []
    assert library.statistics().segments == 1
