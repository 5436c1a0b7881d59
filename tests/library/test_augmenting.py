"""Augmented datasets from a library: boxes, splits, marks, going on, replay."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from lucida import Library
from lucida.errors import UsageError
from lucida.generate.augment.operations import Changes
from lucida.generate.augment.run import AugmentRequest
from lucida.generate.making.origin import ENHANCED, source_type
from lucida.index import Index

REQUEST = AugmentRequest(Changes("gentle"), per_item=3, seed=4)


@pytest.fixture(scope="module")
def stocked(tmp_path_factory) -> Path:
    """A library that knows texts alone, with three pictures, two of which have boxes beside them."""
    place = tmp_path_factory.mktemp("shots")
    folder = place / "library"
    Index.open(folder, create=True).close()
    (folder / "lucida.toml").write_text('encoder = "minilm"\n')
    shots = place / "shots"
    shots.mkdir()
    for number, ground in enumerate(("navy", "white", "green")):
        image = Image.new("RGB", (120, 90), ground)
        pen = ImageDraw.Draw(image)
        pen.ellipse((30 + 9 * number, 20, 80, 70), fill="orange")
        for step in range(number + 1):
            pen.line((0, 12 * step, 119, 80 - 30 * step), fill="black", width=2)
        image.save(shots / f"shot{number}.png")
        if number < 2:
            (shots / f"shot{number}.txt").write_text("0 0.5 0.5 0.5 0.5\n")
    (shots / "classes.txt").write_text("sun\n")
    with Library.open(folder) as library:
        library.ingest(*sorted(shots.glob("*.png")), workers=1)
    return folder


@pytest.fixture(scope="module")
def made(stocked, tmp_path_factory):
    out = tmp_path_factory.mktemp("set") / "set"
    with Library.open(stocked) as library:
        return library.generate_augmented(REQUEST, out, formats=("imagefolder", "coco", "yolo"), label="scene")


def test_a_dataset_with_true_boxes(made) -> None:
    rows = made.to_json()["samples"]
    assert len(rows) == 9
    assert all(Path(row["path"]).is_file() for row in rows)
    assert {len(row["boxes"]) for row in rows if row["boxes"]} == {1}
    assert source_type(Path(rows[0]["path"])) == ENHANCED
    for row in made.rows:
        assert source_type(made.folder / row["original"]) is None
        paths = [row["original"], *(sample["path"] for sample in row["samples"])]
        assert len({made.splits[path] for path in paths}) == 1
    coco = [json.loads(path.read_text()) for path in (made.folder / "coco" / "annotations").glob("*.json")]
    assert sum(len(document["annotations"]) for document in coco) >= 6
    assert {"scene", "sun"} == {category["name"] for category in coco[0]["categories"]}
    text = (made.folder / "README.md").read_text()
    assert "3 pictures of a library and 9 augmented ones" in text
    assert (made.folder / "examples.png").is_file()


def test_the_same_command_makes_nothing_twice(made, stocked) -> None:
    before = {path: path.stat().st_mtime_ns for path in (made.folder / "samples").iterdir()}
    with Library.open(stocked) as library:
        again = library.generate_augmented(REQUEST, made.folder, formats=("imagefolder",), label="scene")
        assert [dict(row) for row in again.rows] == [dict(row) for row in made.rows]
        assert {path: path.stat().st_mtime_ns for path in (made.folder / "samples").iterdir()} == before
        with pytest.raises(UsageError, match="other settings"):
            library.generate_augmented(AugmentRequest(Changes("strong")), made.folder)


def test_replay_says_the_same(made, stocked, tmp_path) -> None:
    with Library.open(stocked) as library:
        rows = library.replay(made.folder, out=tmp_path / "again")
    assert len(rows) == 9
    assert all(row.identical for row in rows)
    assert (tmp_path / "again" / rows[0].sample["path"]).is_file()
    assert rows[0].to_json()["label"] == "scene"


def test_pictures_are_chosen_and_refused(made, stocked, tmp_path) -> None:
    item = made.rows[0]["item"]
    small = AugmentRequest(Changes(only=("blur",)), per_item=1, max_side_px=64, originals=False, suffix=".jpg")
    with Library.open(stocked) as library:
        one = library.generate_augmented(small, tmp_path / "one", like=[item])
        assert [row["item"] for row in one.rows] == [item]
        assert "original" not in one.rows[0]
        assert one.rows[0]["samples"][0]["width_px"] == 64
        library.mark("shot0.png", no_derivatives=True)
        try:
            with pytest.raises(UsageError, match="no-derivatives"):
                library.generate_augmented(small, tmp_path / "two", like=[item])
            rest = library.generate_augmented(small, tmp_path / "three", path="*.png")
            assert len(rest.rows) == 2
            assert "left out" in rest.notes[0]
            gone = library.replay(one.folder)
            assert gone[0].identical
        finally:
            library.mark("shot0.png", no_derivatives=False)
        with pytest.raises(UsageError, match="no picture"):
            library.generate_augmented(small, tmp_path / "four", path="*.gif")


def test_a_picture_that_is_gone_costs_itself(stocked, tmp_path) -> None:
    path = stocked.parent / "shots" / "shot2.png"
    content = path.read_bytes()
    path.unlink()
    try:
        with Library.open(stocked) as library:
            made = library.generate_augmented(REQUEST, tmp_path / "set", label="scene")
    finally:
        path.write_bytes(content)
    assert len(made.failed) == 1
    assert len(made.to_json()["samples"]) == 6
    assert made.to_json()["failed"][0]["advice"]


@pytest.mark.parametrize("wrong", [{"per_item": 0}, {"seed": -1}, {"max_side_px": 2}, {"suffix": ".gif"}])
def test_what_makes_no_sense_is_refused(wrong) -> None:
    with pytest.raises(UsageError):
        AugmentRequest(Changes(), **wrong)
