from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest

from lucida.errors import StorageFullError, UsageError
from lucida.query.evaluation.runs import read_run, write_run


def test_what_is_written_is_read(tmp_path: Path) -> None:
    run = {"q1": [("my notes/a b%20.pdf#page=2", 0.5), ("ünï.txt", 0.25)], "q2": [("x", -1.0)], "q3": []}
    write_run(tmp_path / "a.run", run, "mine")
    text = (tmp_path / "a.run").read_text()
    assert text.splitlines()[0] == "q1 Q0 my%20notes/a%20b%2520.pdf#page=2 1 0.5 mine"
    assert all(len(line.split()) == 6 for line in text.splitlines())
    assert read_run(tmp_path / "a.run") == {"q1": run["q1"], "q2": run["q2"]}


def test_equal_scores_keep_their_order_in_every_reader(tmp_path: Path) -> None:
    found = [("a", 0.3), ("z", 0.3), ("b", 0.3), ("y", 0.3 - 1e-12), ("c", 0.1)]
    write_run(tmp_path / "a.run", {"q": found}, "t")
    assert [name for name, _ in read_run(tmp_path / "a.run")["q"]] == ["a", "z", "b", "y", "c"]
    scores = [np.float32(line.split()[4]) for line in (tmp_path / "a.run").read_text().splitlines()]
    assert all(one > two for one, two in itertools.pairwise(scores))


def test_others_ties_go_by_name_as_trec_eval_has_it(tmp_path: Path) -> None:
    (tmp_path / "a.run").write_text("q Q0 a 1 0.5 t\nq Q0 c 2 0.5 t\nq Q0 b 3 0.9 t\n")
    assert [name for name, _ in read_run(tmp_path / "a.run")["q"]] == ["b", "c", "a"]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("q Q0 a 1 0.5", "no line of a run"),
        ("q Q0 a 1 high t", "no line of a run"),
        ("q Q0 a 1 nan t", "no line of a run"),
        ("q Q0 a b 1 0.5 t", "no line of a run"),
        ("q Q0 x 9 0.1 t", "a second time"),
    ],
)
def test_bad_lines_are_named(tmp_path: Path, line: str, message: str) -> None:
    (tmp_path / "a.run").write_text(f"q Q0 x 1 0.5 t\n\n{line}\n")
    with pytest.raises(UsageError, match=rf"a\.run:3 .*{message}"):
        read_run(tmp_path / "a.run")


def test_an_empty_run(tmp_path: Path) -> None:
    (tmp_path / "a.run").write_text("")
    assert read_run(tmp_path / "a.run") == {}


def test_a_full_disk_is_told(tmp_path: Path) -> None:
    with pytest.raises(StorageFullError, match="cannot be written"):
        write_run(tmp_path / "absent" / "a.run", {}, "t")
