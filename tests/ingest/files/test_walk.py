from __future__ import annotations

import os
from pathlib import Path

import pytest

from lucida.errors import UsageError
from lucida.ingest.files.walk import FoundFile, walk
from lucida.types import Failure


def put(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)


def names(folder: Path, *args: object, **kwargs: object) -> list[str]:
    found = list(walk([folder], *args, **kwargs))
    assert all(isinstance(file, FoundFile) for file in found), found
    return [os.path.relpath(file.path, folder) for file in found]


def test_folders_are_walked_in_order(tmp_path: Path) -> None:
    put(tmp_path, "b.pdf", "a/z.txt", "a/y.txt", "c/d/e.md")
    assert names(tmp_path) == ["b.pdf", "a/y.txt", "a/z.txt", "c/d/e.md"]


def test_size_and_time_are_the_files_own(tmp_path: Path) -> None:
    put(tmp_path, "a.txt")
    os.utime(tmp_path / "a.txt", ns=(5, 1_234_567_890))
    (found,) = walk([tmp_path])
    assert isinstance(found, FoundFile)
    assert (found.size, found.mtime_ns) == (5, 1_234_567_890)


def test_hidden_files_caches_and_kinds_nobody_reads_are_passed_over(tmp_path: Path) -> None:
    put(
        tmp_path,
        ".secret.txt",
        ".git/a.txt",
        "node_modules/b.md",
        "x.py",
        "archive.zip",
        "song.mp3",
        "c.txt",
        "~$d.docx",
    )
    assert names(tmp_path) == ["c.txt"]


def test_a_file_named_outright_is_always_there(tmp_path: Path) -> None:
    put(tmp_path, ".secret.py")
    assert [file.path for file in walk([tmp_path / ".secret.py"]) if isinstance(file, FoundFile)] == [
        str(tmp_path / ".secret.py")
    ]


def test_a_hidden_folder_named_outright_is_walked(tmp_path: Path) -> None:
    put(tmp_path, ".papers/a.pdf")
    assert names(tmp_path / ".papers") == ["a.pdf"]


def test_ignore_files_hold_below_their_folder(tmp_path: Path) -> None:
    put(tmp_path, "a/drafts/x.txt", "a/keep.txt", "a/b/skip.txt", "b/skip.txt")
    (tmp_path / "a" / ".gitignore").write_text("drafts/\nskip.*\n")
    assert names(tmp_path) == ["a/keep.txt", "b/skip.txt"]


def test_an_inner_ignore_file_may_take_back_an_outer_one(tmp_path: Path) -> None:
    put(tmp_path, "x.log", "a/x.log")
    (tmp_path / ".gitignore").write_text("*.log\n")
    (tmp_path / "a" / ".lucidaignore").write_text("!x.log\n")
    assert names(tmp_path) == ["a/x.log"]


def test_given_patterns(tmp_path: Path) -> None:
    put(tmp_path, "a.txt", "old/b.txt")
    assert names(tmp_path, ["old/"]) == ["a.txt"]


def test_the_library_itself_is_left_out(tmp_path: Path) -> None:
    put(tmp_path, "a.txt", "library/blobs/b.txt")
    assert names(tmp_path, exclude=tmp_path / "library") == ["a.txt"]


def test_links_in_a_circle_end(tmp_path: Path) -> None:
    put(tmp_path, "a/b/c.txt")
    (tmp_path / "a" / "b" / "up").symlink_to(tmp_path / "a")
    (tmp_path / "a" / "self").symlink_to(tmp_path / "a" / "self")
    assert names(tmp_path) == ["a/b/c.txt"]


def test_a_file_reached_by_two_ways_comes_once(tmp_path: Path) -> None:
    put(tmp_path, "a/c.txt")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    (tmp_path / "d.txt").symlink_to(tmp_path / "a" / "c.txt")
    assert len(names(tmp_path)) == 1
    assert len(list(walk([tmp_path, tmp_path / "a", tmp_path / "a" / "c.txt"]))) == 1


def test_a_linked_file_goes_by_its_own_path(tmp_path: Path) -> None:
    put(tmp_path, "z/real.txt", "elsewhere/far.txt")
    root = tmp_path / "z"
    (root / "a-link.txt").symlink_to(root / "real.txt")
    (root / "b-link.txt").symlink_to(tmp_path / "elsewhere" / "far.txt")
    (root / "c-link").symlink_to(tmp_path / "elsewhere")
    assert names(root) == ["real.txt", "b-link.txt"]


def test_hard_links_are_files_of_their_own(tmp_path: Path) -> None:
    put(tmp_path, "a.txt")
    os.link(tmp_path / "a.txt", tmp_path / "b.txt")
    (tmp_path / "c.txt").symlink_to(tmp_path / "b.txt")
    assert names(tmp_path) == ["a.txt", "b.txt"]
    assert len(list(walk([tmp_path, tmp_path / "a.txt", tmp_path]))) == 2


def test_a_pattern_that_makes_no_sense(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="'!' is no pattern"):
        list(walk([tmp_path], ["!"]))
    put(tmp_path, "a.txt", "b.txt")
    (tmp_path / ".lucidaignore").write_text("!\na.*\n")
    assert names(tmp_path) == ["b.txt"]


def test_odd_names(tmp_path: Path) -> None:
    odd = [b"new\nline.txt", "emoji \U0001f3d4.txt".encode(), b"latin-\xe9.txt", b" space .txt"]
    for name in odd:
        Path(tmp_path, os.fsdecode(name)).write_text("x")
    assert sorted(os.fsencode(Path(f.path).name) for f in walk([tmp_path]) if isinstance(f, FoundFile)) == sorted(odd)


def test_a_missing_path_fails_with_advice(tmp_path: Path) -> None:
    (failure,) = walk([tmp_path / "gone.pdf"])
    assert isinstance(failure, Failure)
    assert failure.error == "gone.pdf does not exist."
    assert failure.advice


def test_a_pipe_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    (failure,) = walk([tmp_path / "pipe.txt"])
    assert isinstance(failure, Failure)
    assert "not a regular file" in failure.error
    assert list(walk([tmp_path])) == []


def test_a_folder_that_cannot_be_entered_costs_only_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, "a/x.txt", "b/y.txt")
    scandir = os.scandir

    def refusing(path: str) -> object:
        if path.endswith("/a"):
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)
    found = list(walk([tmp_path]))
    assert [type(entry) for entry in found] == [Failure, FoundFile]
    assert "may not be read" in found[0].error
