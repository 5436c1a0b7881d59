"""``lucida generate`` and ``lucida mark`` on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from lucida.errors import ExitCode
from lucida.index import Filter, Index


@pytest.fixture
def artist(artists, monkeypatch):
    made = artists.Artist()
    monkeypatch.setattr("lucida.models.registry.load_generator", lambda *_a, **_k: made, raising=False)
    return made


@pytest.fixture
def stocked(lucida, tmp_path) -> Path:
    """A library that knows texts alone, with one picture."""
    folder = tmp_path / "library"
    Index.open(folder, create=True).close()
    (folder / "lucida.toml").write_text('encoder = "minilm"\n')
    shots = tmp_path / "shots"
    shots.mkdir()
    image = Image.new("RGB", (90, 60), "navy")
    ImageDraw.Draw(image).ellipse((10, 10, 50, 50), fill="orange")
    image.save(shots / "sun.png")
    assert lucida("ingest", shots, "--workers", "1").code == 0
    return folder


EASY = ("--gate", "sharpness=2", "--gate", "blankness=2", "--gate", "duplicate_bits=1")
DATASET = ("generate", "dataset", "--classes", "red,blue", "--per-class", 3, "--model", "artist:test", *EASY)


def test_a_dataset_and_its_contract(lucida, stocked, artist, tmp_path) -> None:
    ran = lucida(*DATASET, "--out", "set", "--format", "imagefolder", "--format", "yolo", "--json")
    assert ran.code == 0
    assert {"samples", "manifest"} <= set(ran.json)
    assert len(ran.json["samples"]) == 6
    for row in ran.json["samples"]:
        assert {"path", "label", "seed", "accepted", "reasons", "parents"} <= set(row)
        assert Path(row["path"]).is_file()
    assert json.loads(Path(ran.json["manifest"]).read_text())["version"] == 1
    assert (tmp_path / "set" / "yolo").is_dir()
    again = lucida(*DATASET, "--out", "set")
    assert (again.code, artist.drawn) == (0, 6)
    assert again.out.startswith("6 pictures drawn, 6 accepted\n")
    assert "card: set/README.md" in again.out
    assert "words alone" in again.err


def test_a_budget_that_ends_is_said_and_shows_in_the_exit_code(lucida, stocked, artist) -> None:
    artist.blank = set(range(100))
    ran = lucida(*DATASET, "--budget", 3, "--out", "set")
    assert ran.code == ExitCode.SOME_FILES_FAILED
    assert "red: 0 of 3 accepted when the budget of 3 drawings ended (rejected by: sharpness 3)." in ran.err
    assert "not passed: sharpness 3" in ran.out


def test_an_interrupted_run_goes_on(lucida, stocked, artist) -> None:
    artist.stop_after = 1
    ran = lucida(*DATASET, "--out", "set")
    assert ran.code == ExitCode.INTERRUPTED
    assert "run the same command again" in ran.err
    artist.stop_after = None
    assert lucida(*DATASET, "--out", "set").code == 0
    assert artist.drawn == 6


def test_pictures_are_drawn_and_drawn_again(lucida, stocked, artist, tmp_path) -> None:
    hit = lucida("mark", "sun.png", "--licence", "CC0", "--json").json["sources"][0]["id"]
    assert hit == 1
    with Index.open(stocked) as index:
        item = int(index.select(Filter(kind="picture"))[0])
    ran = lucida(
        "generate", "image", "a red sun", "--like", item, "-n", 2, "--seed", 7, "--out", "suns",
        "--model", "artist:test", "--use", "text", "--use", "image", "--strength", 0.5, "--as", "webp", "--json",
    )  # fmt: skip
    assert ran.code == 0
    assert [row["seed"] for row in ran.json["samples"]] == [7, 8]
    assert all(row["parents"] == [item] and row["path"].endswith(".webp") for row in ran.json["samples"])
    assert (tmp_path / "suns" / "examples.png").is_file()
    again = lucida("generate", "replay", "suns/manifest.json", "--out", "again", "--json")
    assert again.code == 0
    assert again.json["identical"] is True
    assert (tmp_path / "again" / "samples" / "images" / "00000.webp").is_file()
    artist.blank = {8}
    other = lucida("generate", "replay", "suns")
    assert other.code == ExitCode.SOME_FILES_FAILED
    assert other.out == "1 of 2 samples are the same to the bit.\n"
    assert "differs: samples/images/00001.webp" in other.err


def test_wrong_use(lucida, stocked, artist) -> None:
    for arguments, said in (
        (("dataset", "--out", "x"), "There are no classes"),
        (("dataset", "--out", "x", "--classes", "a"), "How many pictures"),
        (
            ("dataset", "--out", "x", "--classes", "a", "--per-class", 1, "--use", "magic"),
            "Nothing is guided by 'magic'",
        ),
        (("dataset", "--out", "x", "--classes", "a", "--per-class", 1, "--gate", "beauty=1"), "There is no gate"),
        (("dataset", "--out", "x", "--classes", "a", "--per-class", 1, "--splits", "all"), "are no shares"),
        (("dataset", "--out", "x", "--classes", "a", "--per-class", 1, "--format", "zip"), "There is no format"),
        (("image", "--model", "artist:test"), "Nothing is asked for"),
        (("replay", "nowhere.json"), "is no manifest"),
    ):
        ran = lucida("generate", *arguments)
        assert ran.code == ExitCode.WRONG_USE, arguments
        assert said in ran.err


def test_without_a_model_the_advice_is_clear(lucida, stocked, monkeypatch) -> None:
    monkeypatch.setattr("lucida.models.mini.drawer.find", lambda: None)
    ran = lucida("generate", "image", "a red sun")
    assert ran.code == ExitCode.MISSING_DEPENDENCY
    assert "--model diffusers:ID_OR_FOLDER" in ran.err


def test_marks_by_hand_and_by_rule(lucida, stocked) -> None:
    assert "Nothing is said" in lucida("mark").err
    assert lucida("mark", "sun.png", "--no-derivatives").out == "shots/sun.png: no-derivatives\n"
    ran = lucida("mark", "*.png", "--rule", "--licence", "CC BY 4.0", "--json")
    assert ran.json["rules"] == [{"glob": "*.png", "no_derivatives": None, "licence": "CC BY 4.0"}]
    listed = lucida("mark")
    assert listed.out == "shots/sun.png: no-derivatives, CC BY 4.0\nrule *.png: CC BY 4.0\n"
    assert lucida("mark", "sun.png", "--derivatives").code == 0
    assert lucida("mark", "*.png", "--rule").code == 0
    assert lucida("mark", "--json").json == {"sources": [], "rules": []}
    assert lucida("mark", "sun.png").code == ExitCode.WRONG_USE
    assert lucida("mark", "moon.png", "--derivatives").code == ExitCode.WRONG_USE


def test_nothing_is_made_from_what_is_marked(lucida, stocked, artist) -> None:
    assert lucida("mark", "sun.png", "--no-derivatives").code == 0
    ran = lucida("generate", "image", "a sun", "--like", 1, "--model", "artist:test")
    assert ran.code == ExitCode.WRONG_USE
    assert "no-derivatives" in ran.err
