"""Datasets from a library: real examples first, generated ones for the gap, and everything traceable."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw

from lucida import Library
from lucida.errors import DependencyError, ModelError, StorageFullError, UsageError
from lucida.generate.gates.gate import Thresholds
from lucida.generate.making.journal import Journal
from lucida.generate.making.order import Recipe, Use
from lucida.generate.making.origin import TRAINED, source_type
from lucida.library.ordering import DatasetRequest
from lucida.library.retrieving import Topic, topic_from_search, topics_from_queries
from lucida.models.protocols.drawing import Ability
from lucida.query import classify as classifying

GROUNDS = {"red": (220, 20, 30), "green": (20, 160, 40), "blue": (30, 50, 210)}


class Colours:
    """An encoder that knows three colours, each in a direction of its own; other words lie anywhere."""

    spec, fingerprint, dimension, text_is_minilm, calibration = "mini", "colours-1", 32, False, None

    def encode_images(self, images: Sequence[Image.Image]) -> Any:
        means = np.stack([np.asarray(image.convert("RGB"), np.float32).mean(axis=(0, 1)) for image in images])
        apart = np.abs(means[:, None] - np.array(list(GROUNDS.values()))).sum(axis=2)
        rows = np.zeros((len(images), 32), np.float32)
        rows[np.arange(len(images)), apart.argmin(axis=1)] = 1
        rows[:, 30] = means[:, 0] / 2550
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)

    def encode_texts(self, texts: Sequence[str]) -> Any:
        rows = np.stack([self._placed(text) for text in texts]).astype(np.float32)
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)

    def encode_windows(self, texts: Sequence[str]) -> Any:
        return self.encode_texts(texts), np.arange(len(texts))

    def _placed(self, text: str) -> Any:
        named = next((number for number, name in enumerate(GROUNDS) if name in text), None)
        return np.eye(32)[named] if named is not None else np.random.default_rng(len(text)).normal(size=32)


def picture(colour: str, seed: int) -> Image.Image:
    image = Image.new("RGB", (96, 80), GROUNDS[colour])
    random, pen = np.random.default_rng(seed), ImageDraw.Draw(image)
    for _ in range(14):
        x, y = random.integers(0, 76, 2).tolist()
        shade = int(random.integers(-25, 25))
        pen.rectangle((x, y, x + 18, y + 9), fill=tuple(max(channel + shade, 0) for channel in GROUNDS[colour]))
    return image


@pytest.fixture(scope="module")
def shelves(tmp_path_factory) -> Path:
    """A library with three red pictures, two blue ones and none that is green; beside it, its sources."""
    home = tmp_path_factory.mktemp("shelves")
    (home / "shots").mkdir()
    for number in range(5):
        picture("red" if number < 3 else "blue", number).save(home / "shots" / f"{number}.png")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("lucida.models.registry.load_shared_encoder", lambda *_a, **_k: Colours())
        with Library.open(home / "library") as library:
            library.ingest(home / "shots", workers=1)
    return home


@pytest.fixture
def stocked(shelves, use, tmp_path, monkeypatch) -> Iterator[Library]:
    """A library of this test's own with these pictures."""
    monkeypatch.setattr(classifying, "everyday_words", lambda: tuple("x" * length for length in range(90)))
    monkeypatch.setenv("LUCIDA_CACHE", str(tmp_path / "cache"))
    classifying.words_version.cache_clear()
    use(Colours())
    # There are no passages, so nobody would wait for the encoder of texts, and it would outlive the test.
    monkeypatch.setattr("lucida.library.backends.Backends.load_encoder_ahead", lambda _self: None)
    shutil.copytree(shelves / "library", tmp_path / "stocked")
    with Library.open(tmp_path / "stocked") as library:
        yield library
    classifying.words_version.cache_clear()


@pytest.fixture
def artist(artists, monkeypatch) -> Any:
    """The generator that every spec names."""
    made = artists.Artist()
    monkeypatch.setattr("lucida.models.registry.load_generator", lambda *_a, **_k: made, raising=False)
    return made


def asked(*labels: str, **changes: Any) -> DatasetRequest:
    settings = {"batch": 2, "parents": 2, **changes.pop("recipe", {})}
    bounds = Thresholds(sharpness=2.0, blankness=2.0, duplicate_bits=1, memorised_bits=2)
    recipe = Recipe(**{"thresholds": bounds, **settings})
    if "until" not in changes:
        changes.setdefault("per_class", 6)
    return DatasetRequest(tuple(Topic(label) for label in labels or ("red", "blue")), recipe, **changes)


@pytest.fixture
def make(stocked, artist, tmp_path) -> Callable[..., Any]:
    def start(request: DatasetRequest | None = None, out: str = "out", **options: Any) -> Any:
        return stocked.generate_dataset(request or asked(), tmp_path / out, model="artist:test", **options)

    return start


def sources_of(library: Library, items: Sequence[int]) -> set[str]:
    return {Path(row.source).name for row in library._reading().items(items)}


def test_only_the_gap_is_generated(make, stocked, tmp_path):
    made = make(formats=("imagefolder", "coco"))
    rows = made.manifest.samples()
    accepted = [row["label"] for row in rows if row["accepted"]]
    assert (accepted.count("red"), accepted.count("blue")) == (3, 4)
    assert sorted(row["label"] for row in made.manifest.real) == ["blue", "blue", "red", "red", "red"]
    assert len(made.manifest.splits) == 12
    out = tmp_path / "out"
    assert {path.name for path in out.iterdir()} >= {
        "README.md", "coco", "examples.png", "imagefolder", "journal.jsonl", "manifest.json", "real", "samples"
    }  # fmt: skip
    lines = [
        json.loads(line) for path in out.glob("imagefolder/*/metadata.jsonl") for line in path.read_text().splitlines()
    ]
    assert len(lines) == 12
    assert {line["digital_source_type"] for line in lines if line["generated"]} == {TRAINED}
    for line in lines:
        drawn = list(out.glob(f"imagefolder/*/{line['file_name']}"))
        assert source_type(drawn[0]) == (TRAINED if line["generated"] else None)
    for row in rows:
        own = {"0.png", "1.png", "2.png"} if row["label"] == "red" else {"3.png", "4.png"}
        assert sources_of(stocked, row["parents"]) <= own
    assert set(made.to_json()["samples"][0]) >= {"path", "label", "seed", "accepted", "reasons", "parents"}


def test_children_stay_with_their_parents(make):
    manifest = make(asked(per_class=12, recipe={"parents": 1})).manifest
    sides: dict[int, set[str]] = {row["item"]: {manifest.splits[row["path"]]} for row in manifest.real}
    for row in manifest.samples():
        if row["accepted"]:
            for item in row["parents"]:
                sides[item].add(row["split"])
    assert all(len(splits) == 1 for splits in sides.values())


def test_samples_are_recorded_and_flagged_when_a_parent_goes(make, stocked, tmp_path):
    made = make()
    assert stocked._reading().orphaned_samples() == []
    children = [row for row in made.manifest.samples() if row["accepted"] and row["label"] == "red"]
    gone = [row.id for row in stocked.sources() if row.path.endswith(("0.png", "1.png", "2.png"))]
    stocked.remove(*map(str, gone))
    orphans = stocked._reading().orphaned_samples()
    assert sorted(orphans) == sorted(str(tmp_path / "out" / row["path"]) for row in children)
    again = make()
    assert {row["path"] for row in again.manifest.samples() if row.get("orphaned")} == {row["path"] for row in children}
    assert len(stocked._reading().orphaned_samples()) == len(orphans)
    assert any("gone since" in note for note in again.manifest.notes)


def test_a_source_that_goes_during_the_run_guides_no_more(make, stocked, artist, tmp_path):
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
def test_a_run_goes_on_where_it_was_stopped(make, artist, artists, monkeypatch, stop):
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


def test_nothing_is_made_from_sources_marked_so(make, stocked):
    stocked.mark("0.png", no_derivatives=True)
    stocked.mark("*1.png", no_derivatives=True, rule=True)
    made = make(asked("red", recipe={"parents": 1}))
    used = {item for row in made.manifest.samples() for item in row["parents"]}
    assert sources_of(stocked, sorted(used)) == {"2.png"}
    assert any("2 sources are marked no-derivatives" in note for note in made.manifest.notes)
    hit = next(row for row in made.manifest.real if row["source"].endswith("0.png"))
    with pytest.raises(UsageError, match="no-derivatives"):
        stocked.generate("a red thing", like=[hit["item"]], model="artist:test")


def test_licences_stand_on_the_card(make, stocked):
    stocked.mark("0.png", licence="CC BY 4.0")
    text = make().card.read_text()
    assert "CC BY 4.0" in text
    assert "| red | 3 |" in text


def test_a_real_example_that_changed_or_went_is_left_out_and_said(make, stocked, tmp_path, use):
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


def test_words_alone_make_no_parents(make, artist):
    artist.abilities = frozenset({Ability.TEXT})
    made = make()
    assert all(row["parents"] == [] for row in made.manifest.samples())
    assert set(made.manifest.splits.values()) == {"train", "validation", "test"}


def test_real_examples_show_their_class_clearly_and_do_not_tell_where_they_lay(make, tmp_path):
    made = make(asked("red", per_class=3))
    assert len(made.manifest.real) == 3
    facts = (tmp_path / "out" / "imagefolder").rglob("metadata.jsonl")
    assert not any(str(tmp_path) in path.read_text() for path in facts)
    assert str(tmp_path) not in made.card.read_text()
    strict = Thresholds().changed(["agreement=1"])
    made = make(asked("red", per_class=1, budget=1, recipe={"thresholds": strict}), out="strict")
    assert made.manifest.real == []


def test_a_class_of_which_nothing_is_there_is_drawn_from_words(make, artist):
    made = make(asked("green", until=2, recipe={"template": "a {} field"}))
    assert sum(row["accepted"] for row in made.manifest.samples()) == 2
    assert {request.prompt for request in artist.requests} == {"a green field"}


def test_a_class_that_nothing_agrees_with_ends_with_its_budget(make, stocked):
    made = make(asked("red", "blue", until=2, budget=5, recipe={"template": "always red, never {}"}))
    assert [row["accepted"] for row in made.manifest.samples() if row["label"] == "blue"] == [False] * 5
    reason = made.manifest.samples()[-1]["reasons"][0]
    assert (reason["gate"], "looks like red" in reason["says"]) == ("rival", True)
    (said,) = made.manifest.shortfalls()
    assert said.startswith("blue: 0 of 2 accepted when the budget of 5 drawings ended (rejected by: rival 5)")


def test_copies_of_sources_and_of_the_evaluation_split_are_kept_out(make, stocked, artist, tmp_path):
    """With a strength near 0 the picture it begins with comes back; and seed 0 was held out before."""
    copies = make(asked("red", until=2, budget=4, use=(Use.IMAGE,), recipe={"strength": 0.01}), out="copies")
    reasons = {row["reasons"][0]["gate"] for row in copies.manifest.samples()}
    assert reasons == {"memorised"}
    held = tmp_path / "held-out"
    held.mkdir()
    drawn = make(asked("red", until=1), out="first")
    (tmp_path / "first" / drawn.manifest.samples()[0]["path"]).rename(held / "test.png")
    again = make(asked("red", until=1, evaluation=(held,)), out="second")
    first = again.manifest.samples()[0]
    assert [reason["gate"] for reason in first["reasons"]] == ["leak"]
    assert "test.png" in first["reasons"][0]["says"]
    with pytest.raises(UsageError, match="evaluate"):
        make(asked("red", until=1, evaluation=(tmp_path / "out",)), out="third")


def test_queries_and_saved_searches_are_classes_too(make, stocked, tmp_path):
    (tmp_path / "queries.txt").write_text("# remark\ncrimson\ta red thing\na blue thing\n")
    topics = topics_from_queries(tmp_path / "queries.txt")
    assert [(topic.name, topic.query) for topic in topics] == [
        ("crimson", "a red thing"),
        ("a blue thing", "a blue thing"),
    ]
    hits = stocked.search("a red thing", kind="picture")
    (tmp_path / "hits.json").write_text(json.dumps({"hits": [hit.to_json() for hit in hits]}))
    saved = topic_from_search(f"saved={tmp_path / 'hits.json'}")
    assert saved.items == tuple(hit.id for hit in hits)
    request = DatasetRequest((saved,), Recipe(), per_class=1)
    made = make(request)
    assert [row["item"] for row in made.manifest.real] == [hits[0].id]
    assert made.manifest.samples() == []
    for wrong in ("x=nowhere.json", f"x={tmp_path / 'queries.txt'}"):
        with pytest.raises(UsageError):
            topic_from_search(wrong)
    with pytest.raises(UsageError):
        topics_from_queries(tmp_path / "none.txt")


def test_pictures_like_others(stocked, artist, tmp_path):
    like = stocked.search("a red thing", kind="picture")[:2]
    made = stocked.generate("something", like=like, n=3, model="artist:test", recipe=Recipe(seed=5, batch=2))
    assert made.folder == stocked.folder / "generated" / "0001"
    assert [row["seed"] for row in made.manifest.samples()] == [5, 6, 7]
    assert {tuple(row["parents"]) for row in made.manifest.samples()} == {tuple(hit.id for hit in like)}
    assert artist.requests[0].vector is not None
    assert made.sheet is not None
    assert made.card is None
    assert made.manifest.shortfalls() == []
    assert all(row["path"].startswith("samples/") for row in made.manifest.samples())
    again = stocked.replay(made.folder)
    assert [row.identical for row in again] == [True] * 3
    with pytest.raises(UsageError, match="no picture of this library"):
        stocked.generate("x", like=[10_000], model="artist:test")
    with pytest.raises(UsageError, match="Nothing is asked for"):
        stocked.generate("", model="artist:test")


def test_the_generator_decides_what_can_guide(make, artist):
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


def test_requests_that_make_no_sense_are_refused(make):
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


def test_without_a_model_the_advice_is_clear(stocked, tmp_path):
    with pytest.raises(ModelError) as caught:
        stocked.generate("a red thing")
    assert "--model diffusers:" in caught.value.advice
    assert not (stocked.folder / "generated").exists()


def test_without_an_encoder_labels_are_not_asked(library, artist, tmp_path, use):
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


def test_gates_cost_little_and_are_counted(make):
    seconds = make().manifest.seconds()
    assert set(seconds) == {"drawing", "gates", "writing"}


def test_a_journal_is_free_after_the_run(make, tmp_path):
    make()
    with Journal(tmp_path / "out") as journal:
        assert journal.order is not None
