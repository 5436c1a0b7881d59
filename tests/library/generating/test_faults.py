"""Datasets where something lacks, goes, or fails on the way."""

from __future__ import annotations

import json
from typing import Any

import pytest
from PIL import Image

from lucida import Library
from lucida.errors import DependencyError, ModelError, StorageFullError, UsageError
from lucida.generate.making.journal import Journal
from lucida.generate.making.order import Recipe, Use
from lucida.library.ordering import DatasetRequest
from lucida.library.retrieving import Topic
from lucida.models.protocols.drawing import Ability


def test_a_source_that_goes_during_the_run_guides_no_more(make, stocked, artist, tmp_path, asked):
    def watch(making: Any) -> None:
        if making.drawn == 2 and len(stocked.sources()) == 5:
            with Library.open(stocked.folder) as other:
                other.remove("0.png")

    made = make(asked("red", until=10, recipe={"parents": 1}), told=watch)
    assert sum(row["accepted"] for row in made.manifest.samples()) == 10
    gone = [draw["gone"] for draw in made.manifest.draws]
    assert any(gone)
    orphaned = [row for row in made.manifest.samples() if row.get("orphaned")]
    assert len(orphaned) in {0, 2}  # those that were drawn before it went, if it guided them
    if orphaned:
        assert sorted(stocked._reading().orphaned_samples()) == sorted(
            str(tmp_path / "out" / row["path"]) for row in orphaned if row["accepted"]
        )


@pytest.mark.parametrize("stop", [1, 3])
def test_a_run_goes_on_where_it_was_stopped(make, artist, artists, monkeypatch, stop, asked):
    whole = make(out="whole")
    first, second = artists.Artist(), artists.Artist()
    first.stop_after = stop
    monkeypatch.setattr("lucida.models.registry.load_generator", lambda *_a, **_k: first, raising=False)
    with pytest.raises(KeyboardInterrupt):
        make(out="paused")
    monkeypatch.setattr("lucida.models.registry.load_generator", lambda *_a, **_k: second, raising=False)
    resumed = make(out="paused")
    assert resumed.manifest.samples() == whole.manifest.samples()
    assert first.drawn + second.drawn == artist.drawn
    before = second.drawn
    assert make(out="paused", formats=("webdataset",)).manifest.splits == whole.manifest.splits
    assert second.drawn == before
    with pytest.raises(UsageError, match="other settings"):
        make(asked(per_class=9), out="paused")


def test_a_real_example_that_changed_or_went_is_left_out_and_said(make, stocked, tmp_path, use, asked, picture):
    shots = tmp_path / "fresh"
    shots.mkdir()
    for number in range(3):
        picture("green", 40 + number).save(shots / f"green{number}.jpg", exif=_turned())
    stocked.ingest(shots, workers=1)
    picture("red", 50).save(shots / "green0.jpg")
    (shots / "green1.jpg").unlink()
    made = make(asked("green", per_class=3, budget=1), formats=("coco",))
    (left,) = made.manifest.real
    assert left["source"].endswith("green2.jpg")
    assert sum("gone since" in note or "no longer" in note for note in made.manifest.notes) == 2
    (image,) = [
        image
        for path in (tmp_path / "out" / "coco" / "annotations").iterdir()
        for image in json.loads(path.read_text())["images"]
        if not image["generated"]
    ]
    assert (image["width"], image["height"]) == (80, 96)


def _turned() -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = 6
    return exif


def test_a_class_that_nothing_agrees_with_ends_with_its_budget(make, stocked, asked):
    made = make(asked("red", "blue", until=2, budget=5, recipe={"template": "always red, never {}"}))
    assert [row["accepted"] for row in made.manifest.samples() if row["label"] == "blue"] == [False] * 5
    reason = made.manifest.samples()[-1]["reasons"][0]
    assert (reason["gate"], "looks like red" in reason["says"]) == ("rival", True)
    (said,) = made.manifest.shortfalls()
    assert said.startswith("blue: 0 of 2 accepted when the budget of 5 drawings ended (rejected by: rival 5)")


def test_the_generator_decides_what_can_guide(make, artist, asked):
    artist.abilities = frozenset({Ability.TEXT})
    make(asked("red", until=1), out="words")
    assert artist.requests[-1].vector is None
    with pytest.raises(UsageError, match="cannot be guided by image"):
        make(asked("red", until=1, use=(Use.IMAGE,)), out="image")
    artist.abilities = frozenset({Ability.TEXT, Ability.GUIDE})
    make(asked("red", until=1), out="guided")
    assert len(artist.requests[-1].guides) == 3  # what is left over joins the last group
    artist.abilities = frozenset({Ability.NEGATIVE})
    with pytest.raises(UsageError, match="neither words nor items"):
        make(asked("red", until=1), out="nothing")


def test_requests_that_make_no_sense_are_refused(make, asked):
    for request in (
        asked("red", "Red"),
        DatasetRequest((), Recipe(), per_class=1),
        DatasetRequest((Topic("red"),), Recipe()),
        DatasetRequest((Topic("red"),), Recipe(), per_class=1, until=1),
        DatasetRequest((Topic("red"),), Recipe(), per_class=1, budget=0),
        DatasetRequest((Topic("red"),), Recipe(), until=10, budget=2_000_000),
    ):
        with pytest.raises(UsageError):
            make(request)
    with pytest.raises(UsageError, match="tfrecord"):
        make(formats=("tfrecord",))


def test_without_a_model_the_advice_is_clear(stocked, monkeypatch):
    monkeypatch.setattr("lucida.models.mini.drawer.find", lambda: None)
    with pytest.raises(ModelError) as caught:
        stocked.generate("a red thing")
    assert "--model diffusers:" in caught.value.advice
    assert not (stocked.folder / "generated").exists()


def test_without_an_encoder_labels_are_not_asked(library, artist, tmp_path, use, asked):
    library.configure(encoder="minilm")
    made = library.generate_dataset(asked("red", until=1), tmp_path / "out", model="artist:test")
    assert [row["accepted"] for row in made.manifest.samples()] == [True]
    assert any("not asked" in note for note in made.manifest.notes)
    assert any("words alone" in note for note in made.manifest.notes)


def test_a_library_that_is_being_written_costs_only_the_record(make, stocked):
    with stocked._writing():
        pass
    from lucida.index import Index

    with Index.open(stocked.folder, write=True):
        made = make()
    assert "not in the catalogue yet" in made.manifest.notes[-1]
    assert not any("catalogue" in note for note in make().manifest.notes)
    assert stocked._reading().orphaned_samples() == []


def test_a_missing_package_and_a_full_disk_leave_the_drawings(make, artist, monkeypatch):
    def missing(*_: object) -> None:
        raise DependencyError("The package pyarrow is needed.", "Install it.")

    monkeypatch.setattr("lucida.generate.formats.parquet.write", missing)
    with pytest.raises(DependencyError):
        make(formats=("parquet",))
    drawn = artist.drawn
    monkeypatch.setattr("lucida.library.finishing.write_whole", _full)
    with pytest.raises(StorageFullError):
        make()
    monkeypatch.undo()
    assert drawn > 0
    assert artist.drawn == drawn


def _full(*_: object) -> None:
    raise StorageFullError("There is no room.", "Make some.")


def test_a_journal_is_free_after_the_run(make, tmp_path):
    make()
    with Journal(tmp_path / "out") as journal:
        assert journal.order is not None
