from __future__ import annotations

from pathlib import Path

from lucida.training.data.packed import PackedSet


def test_sets_are_made_once_and_listed(lucida, tmp_path: Path) -> None:
    first = lucida("train", "data", "sets", "--scenes", 6, "--sheets", 4, "--workers", 1, "--json")
    assert first.code == 0
    assert [(one["name"], one["pictures"], one["was_there"]) for one in first.json["sets"]] == [
        ("sheets", 4, False),
        ("scenes", 6, False),
    ]
    PackedSet.open(tmp_path / "sets" / "scenes").verify()
    again = lucida("train", "data", "sets", "--scenes", 6, "--sheets", 4)
    assert again.code == 0
    assert "scenes: 6 pictures" in again.out
    assert "was there" in again.out


def test_a_set_of_another_recipe_is_not_mixed(lucida) -> None:
    assert lucida("train", "data", "sets", "--scenes", 6, "--sheets", 0).code == 0
    other = lucida("train", "data", "sets", "--scenes", 7, "--sheets", 0)
    assert other.code == 2
    assert "another recipe" in other.err


def test_what_is_missing_is_said_with_the_remedy(lucida, tmp_path: Path) -> None:
    assert lucida("train", "data", "sets", "--scenes", 0, "--sheets", 0).code == 2
    (tmp_path / "empty").mkdir()
    lacking = lucida("train", "data", "sets", "--emoji", "empty", "--only", "pictograms")
    assert lacking.code == 3
    assert "npm install" in lacking.err
