from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from lucida.errors import UsageError
from lucida.training.data import collection
from lucida.training.data.collection import Ingredients, make_sets
from lucida.training.data.packed import PackedSet
from lucida.training.data.pictograms import Pictograms

DRAWN = Ingredients(scenes=12, sheets=8)


@pytest.fixture
def few_styles(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tiny packages of the tests hold these alone."""

    def pictograms(modules: Path, *, font: Path) -> Pictograms:
        return Pictograms(modules, side=24, styles=("noto", "fxemoji"), font=font)

    monkeypatch.setattr(collection, "Pictograms", pictograms)


def test_without_downloads_there_are_scenes_and_sheets(tmp_path: Path) -> None:
    seen: list[tuple[str, int, int]] = []
    made = make_sets(tmp_path, DRAWN, progress=lambda *line: seen.append(line))
    assert {one.name: len(one.packed) for one in made} == {"sheets": 8, "scenes": 12}
    assert not any(one.was_there for one in made)
    assert {name for name, done, total in seen if done == total} == {"sheets", "scenes"}
    again = make_sets(tmp_path, DRAWN)
    assert all(one.was_there for one in again)


def test_pictograms_stand_in_the_scenes_but_for_families_held_out(
    modules: Path, tmp_path: Path, few_styles: None
) -> None:
    given = replace(DRAWN, emoji=modules.parent, scenes=60, sheets=0, held_out=("fxemoji",))
    made = {one.name: one.packed for one in make_sets(tmp_path / "out", given)}
    assert list(made) == ["pictograms", "scenes"]
    assert {1, 2} & {*np.unique(made["scenes"].styles).tolist()}  # pictograms, tinted or not
    with pytest.raises(UsageError, match="no family"):
        make_sets(tmp_path / "other", replace(given, held_out=("crayon",)))


def test_folders_of_photographs_are_told_apart_by_their_columns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    columns = {"a": ["wnid"], "b": ["label", "name"], "c": ["label"], "d": ["price"]}
    for folder, names in columns.items():
        (tmp_path / "in" / folder).mkdir(parents=True)
        table = arrow.table({name: ["x"] for name in [*names, "webp"]})
        parquet.write_table(table, tmp_path / "in" / folder / "train-00.parquet")
    parquet.write_table(arrow.table({"wnid": ["x"], "webp": ["x"]}), tmp_path / "in" / "a" / "val-00.parquet")
    orders = collection._photographs(tmp_path / "in", tmp_path)
    assert [name for name, _ in orders] == ["photos64", "photos64-val", "photos32", "objects"]


def test_only_some_sets_can_be_asked_for(tmp_path: Path) -> None:
    made = make_sets(tmp_path, replace(DRAWN, only=("sheets",)))
    assert [one.name for one in made] == ["sheets"]
    assert isinstance(made[0].packed, PackedSet)
    with pytest.raises(UsageError, match="no set to make"):
        make_sets(tmp_path, replace(DRAWN, only=("paintings",)))
    with pytest.raises(UsageError, match="no folder"):
        make_sets(tmp_path, replace(DRAWN, photographs=tmp_path / "none"))


def test_scenes_and_sheets_are_as_large_as_they_are_wanted(tmp_path: Path) -> None:
    made = make_sets(tmp_path, replace(DRAWN, scenes=1, sheets=1, side=40))
    assert {one.name: one.packed.side for one in made} == {"sheets": 40, "scenes": 40}
