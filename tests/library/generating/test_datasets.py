"""Datasets from a library: real examples first, generated ones for the gap, and everything traceable."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from lucida import Library
from lucida.errors import UsageError
from lucida.generate.augment.operations import Changes
from lucida.generate.augment.run import AugmentRequest
from lucida.generate.gates.gate import Thresholds
from lucida.generate.making.manifest import Manifest
from lucida.generate.making.order import Recipe, Use
from lucida.generate.making.origin import ENHANCED, TRAINED, source_type
from lucida.library.ordering import DatasetRequest
from lucida.library.retrieving import topic_from_search, topics_from_queries
from lucida.models.protocols.drawing import Ability


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


def test_real_examples_are_augmented_besides(make, tmp_path):
    wanted = AugmentRequest(Changes("gentle"), per_item=2, seed=5)
    make()
    manifest = make(augment=wanted, formats=("imagefolder", "yolo")).manifest
    assert len(manifest.real) == 5
    assert len(manifest.augmented) == 10
    assert len(manifest.splits) == 22
    for row in manifest.augmented:
        assert manifest.splits[row["path"]] == manifest.splits[row["of"]]
        assert source_type(tmp_path / "out" / row["path"]) == ENHANCED
    assert Manifest.read(tmp_path / "out").augmented == list(manifest.augmented)
    again = make(augment=wanted).manifest
    assert [row["pixels_sha256"] for row in again.augmented] == [row["pixels_sha256"] for row in manifest.augmented]
    assert "10 more were made from the real ones" in (tmp_path / "out" / "README.md").read_text()


def test_children_stay_with_their_parents(make, asked):
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


def test_nothing_is_made_from_sources_marked_so(make, stocked, asked):
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


def test_words_alone_make_no_parents(make, artist):
    artist.abilities = frozenset({Ability.TEXT})
    made = make()
    assert all(row["parents"] == [] for row in made.manifest.samples())
    assert set(made.manifest.splits.values()) == {"train", "validation", "test"}


def test_real_examples_show_their_class_clearly_and_do_not_tell_where_they_lay(make, tmp_path, asked):
    made = make(asked("red", per_class=3))
    assert len(made.manifest.real) == 3
    facts = (tmp_path / "out" / "imagefolder").rglob("metadata.jsonl")
    assert not any(str(tmp_path) in path.read_text() for path in facts)
    assert str(tmp_path) not in made.card.read_text()
    strict = Thresholds().changed(["agreement=1"])
    made = make(asked("red", per_class=1, budget=1, recipe={"thresholds": strict}), out="strict")
    assert made.manifest.real == []


def test_a_class_of_which_nothing_is_there_is_drawn_from_words(make, artist, asked):
    made = make(asked("green", until=2, recipe={"template": "a {} field"}))
    assert sum(row["accepted"] for row in made.manifest.samples()) == 2
    assert {request.prompt for request in artist.requests} == {"a green field"}


def test_copies_of_sources_and_of_the_evaluation_split_are_kept_out(make, stocked, artist, tmp_path, asked):
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


def test_seconds_of_each_part_are_counted(make):
    seconds = make().manifest.seconds()
    assert set(seconds) == {"drawing", "gates", "writing"}


@pytest.mark.slow
def test_classes_are_augmented_apart(stocked, tmp_path):
    request = AugmentRequest(Changes("gentle", ("flip",)), per_item=1)
    made = stocked.generate_augmented(request, tmp_path / "set", classes=["red|crimson", "blue", "green"])
    assert sorted(subject.label for subject in made.subjects) == ["blue"] * 2 + ["red"] * 3
    assert made.notes == ("Nothing in the library shows green: it is no class here.",)
    assert "| red | 6 |" in (tmp_path / "set" / "README.md").read_text()
    with pytest.raises(UsageError, match="Classes are named"):
        stocked.generate_augmented(request, tmp_path / "other", classes=["red"], query="blue")
