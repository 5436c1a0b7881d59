"""SIGKILL at every step and at any moment: nothing is lost, nothing is doubled, nothing disagrees."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from lucida.index import Filter, Index

BATCHES = 9  # enough segments for one merge while publishing
STEPS = (
    "upgrading",
    "upgraded",
    "begun",
    "segment-written",
    "segment-synced",
    "segment-renamed",
    "segment-published",
    "blob-written",
    "blob-synced",
    "blob-renamed",
    "blob-published",
    "rows-written",
    "committed",
    "done",
    "merge-written",
    "merge-rows-written",
    "merge-committed",
    "merge-done",
    "compacted",
)


def start(folder: Path, step: str = "", occurrence: int = 1, scale: int = 20_000) -> subprocess.Popen[str]:
    program = Path(__file__).with_name("publisher_child.py")
    command = [sys.executable, program, folder, step, str(occurrence), str(BATCHES), str(scale)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def publish_until_killed(folder: Path, step: str, occurrence: int = 1, scale: int = 20_000) -> bool:
    """Whether the child died at that step (it may come by less often than ``occurrence``)."""
    child = start(folder, step, occurrence, scale)
    output, _ = child.communicate(timeout=120)
    assert child.returncode in (0, -9), (step, child.returncode, output)
    return child.returncode == -9


def assert_sound(folder: Path) -> None:
    """What is in the library agrees with itself, as a reader sees it and once a writer has swept."""
    if not (folder / "catalogue.db").exists():
        return
    with Index.open(folder, create=True, write=True) as index:
        assert index.verify() == []
        texts = [row.text for row in index.items(index.select(Filter(kind="passage")).tolist())]
        assert len(texts) == len(set(texts)) == index.passage_count()
        assert len(texts) == 3 * len(index.sources())
        assert sum(index.term_frequencies(["common"]).values()) == len(texts)


def assert_complete(folder: Path, make, scale: int = 20_000) -> None:
    """A rerun gets to the end, and the library holds exactly what an undisturbed run leaves."""
    assert not publish_until_killed(folder, "", scale=scale)
    with Index.open(folder, write=True) as index:
        assert index.verify() == []
        statistics = index.statistics()
        count = BATCHES * 3
        assert (statistics.sources, statistics.passages, statistics.pictures) == (count, 3 * count, count)
        assert statistics.tombstones == 0
        for key in range(count):
            vector = make.unit_vectors(3, key)[1]
            [(item, score)] = index.nearest(vector, 1)
            assert index.items([item])[0].text == f"document{key} passage1 common words"
            assert score == (1.0 if scale > 1000 else pytest.approx(1.0, abs=0.02))
            [(item, score)] = index.nearest(make.windows(3, key)[0][3], 1, kind="window")
            assert index.items([item])[0].text == f"document{key} passage1 common words"
            assert score == (1.0 if scale > 1000 else pytest.approx(1.0, abs=0.02))
            [(item, score)] = index.nearest(make.picture_vectors(1, key)[0], 1, kind="picture")
            [row] = index.items([item])
            assert (row.source, row.kind, score) == (f"/docs/{key}.pdf", "picture", 1.0)
        assert statistics.lacking == {}
        assert len(list(folder.glob("segments/*"))) == statistics.segments


@pytest.mark.parametrize("step", STEPS)
def test_killed_at_a_step(tmp_path, step, make):
    folder = tmp_path / "library"
    assert publish_until_killed(folder, step, 1)
    assert_sound(folder)
    if step in ("upgraded", "rows-written", "merge-rows-written"):
        assert_complete(folder, make)


@pytest.mark.slow
def test_killed_again_and_again_at_every_step(tmp_path, make):
    """The same library is killed at each step, six rounds long: 19 steps, over 100 kills in all."""
    kills = 0
    for occurrence in (1, 2, 3, 5, 7, 9):
        folder = tmp_path / f"library{occurrence}"
        for step in STEPS:
            kills += publish_until_killed(folder, step, occurrence)
            assert_sound(folder)
        for step in STEPS:  # a second pass over what is nearly complete: replacements and merges
            kills += publish_until_killed(folder, step, 1)
            assert_sound(folder)
        assert_complete(folder, make)
    assert kills >= 100


@pytest.mark.slow
def test_killed_at_any_moment(tmp_path, make):
    """At least a hundred kills after a random time since the child began to publish."""
    rng = random.Random(20240517)
    kills = attempt = 0
    while kills < 100:
        folder = tmp_path / f"library{attempt // 10}"
        child = start(folder)
        assert child.stdout.readline() == "ready\n"
        time.sleep(rng.uniform(0, 0.25))
        child.kill()
        child.communicate()
        kills += child.returncode == -9
        attempt += 1
        assert_sound(folder)
        if attempt % 10 == 0:
            assert_complete(folder, make)


@pytest.mark.parametrize(
    "step",
    [
        "segment-renamed",
        "merge-rows-written",
        *(
            pytest.param(step, marks=pytest.mark.slow)
            for step in ("segment-written", "merge-written", "merge-committed")
        ),
    ],
)
def test_killed_while_a_large_segment_is_made(tmp_path, step, make):
    """Vectors are stored compactly from sixty on, so that every merge here makes a compact segment."""
    folder = tmp_path / "library"
    assert publish_until_killed(folder, f"large:{step}", scale=60)
    assert_sound(folder)
    assert_complete(folder, make, scale=60)
