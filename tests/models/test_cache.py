from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest

from lucida.errors import ModelError
from lucida.models.cache import cache_folder, replacing


def test_folder_follows_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LUCIDA_CACHE", str(tmp_path / "own"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert cache_folder() == tmp_path / "own"
    monkeypatch.delenv("LUCIDA_CACHE")
    assert cache_folder() == tmp_path / "xdg" / "lucida"
    monkeypatch.delenv("XDG_CACHE_HOME")
    expected = "Library/Caches/lucida" if sys.platform == "darwin" else ".cache/lucida"
    assert cache_folder() == Path.home() / expected


def test_the_file_appears_whole(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "file"
    with replacing(path) as part:
        part.write_bytes(b"new")
        assert not path.exists()
    assert path.read_bytes() == b"new"
    assert list(path.parent.iterdir()) == [path]


def test_a_failed_write_leaves_the_old_file_and_no_rest(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")

    def fail() -> None:
        with replacing(path) as part:
            part.write_bytes(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_rests_of_killed_writers_are_swept_but_running_ones_are_not(tmp_path: Path) -> None:
    path = tmp_path / "file"
    dead, alive = tmp_path / ".file.aaa.part", tmp_path / ".file.bbb.part"
    for part in (dead, alive):
        part.write_bytes(b"half")
    yesterday = time.time() - 86400
    os.utime(dead, (yesterday, yesterday))
    with replacing(path) as part:
        part.write_bytes(b"new")
    assert not dead.exists()
    assert alive.exists()
    assert path.read_bytes() == b"new"


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(ModelError, match="cannot be written") as caught, replacing(tmp_path / "file" / "x" / "y"):
        pass
    assert "LUCIDA_CACHE" in caught.value.advice
