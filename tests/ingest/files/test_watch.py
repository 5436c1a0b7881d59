from __future__ import annotations

import shutil
import threading
from pathlib import Path
from typing import Self

import pytest

from lucida.errors import UsageError
from lucida.ingest.files.watch import watch


class Watching:
    """Runs a watch in a thread and collects what it yields."""

    def __init__(self, *roots: Path, exclude: Path | None = None) -> None:
        self.stop = threading.Event()
        self.seen: set[str] = set()
        self.news = threading.Condition()
        self._thread = threading.Thread(target=self._run, args=(roots, exclude), daemon=True)

    def _run(self, roots: tuple[Path, ...], exclude: Path | None) -> None:
        for batch in watch(roots, ["*.skip"], exclude=exclude, stop=self.stop):
            with self.news:
                self.seen |= {Path(path).name for path in batch}
                self.news.notify()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.stop.set()
        self._thread.join(10)
        assert not self._thread.is_alive()

    def touch_until_seen(self, path: Path) -> None:
        """Write again and again: nobody can tell from outside when the watch has begun."""
        with self.news:
            for _ in range(40):
                path.write_text("x")
                if path.name in self.seen or self.news.wait_for(lambda: path.name in self.seen, 0.5):
                    return
        raise AssertionError(f"{path.name} was not seen")


def test_changes_are_told_and_ignored_ones_are_not(tmp_path: Path) -> None:
    library = tmp_path / "library"
    library.mkdir()
    with Watching(tmp_path, exclude=library) as watching:
        (library / "segment.txt").write_text("x")
        (tmp_path / "a.skip").write_text("x")
        (tmp_path / ".hidden.txt").write_text("x")
        watching.touch_until_seen(tmp_path / "a.txt")
        (library / "segment.txt").write_text("y")
        (tmp_path / "a.skip").write_text("y")
        watching.touch_until_seen(tmp_path / "b.txt")
    assert watching.seen == {"a.txt", "b.txt"}


def test_nothing_to_watch(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        next(watch([tmp_path / "gone"], stop=threading.Event()))


def test_a_root_that_vanishes_is_watched_again_when_it_is_back(tmp_path: Path) -> None:
    first, second = tmp_path / "b", tmp_path / "bc"
    first.mkdir()
    second.mkdir()
    with Watching(first, second) as watching:
        watching.touch_until_seen(first / "a.txt")
        shutil.rmtree(first)
        with watching.news:
            assert watching.news.wait_for(lambda: "b" in watching.seen, 20)
        watching.touch_until_seen(second / "c.txt")
        watching.seen.clear()
        first.mkdir()
        with watching.news:
            assert watching.news.wait_for(lambda: "b" in watching.seen, 20)
        watching.touch_until_seen(first / "d.txt")
