from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from lucida.index import Index
from lucida.library import Library, labelling
from lucida.query import classify as classifying
from lucida.types import PixelRule

COLOURS = {"red": (1, 0, 0), "green": (0, 1, 0), "blue": (0, 0, 1), "white": (1, 1, 1), "yellow": (1, 1, 0)}


class Colours:
    """An encoder that knows five colours, each in a direction of its own; other words lie anywhere."""

    spec, fingerprint, dimension, text_is_minilm, calibration = "colours", "colours-1", 32, False, None
    pixel_rule = PixelRule(8, 8, "squash")

    def encode_texts(self, texts: Sequence[str]) -> Any:
        return unit([self._placed(text) for text in texts])

    def encode_pixels(self, pixels: Any) -> Any:
        means = pixels.reshape(len(pixels), -1, 3).mean(axis=1) / 255
        nearest = np.abs(means[:, None] - np.array(list(COLOURS.values()))).sum(axis=2).argmin(axis=1)
        return unit([self._placed(list(COLOURS)[number]) for number in nearest])

    def encode_images(self, images: Sequence[Image.Image]) -> Any:
        return self.encode_pixels(np.stack([np.asarray(self.pixel_rule.fit(image)) for image in images]))

    def encode_windows(self, texts: Sequence[str]) -> Any:
        return self.encode_texts(texts), np.arange(len(texts))

    def _placed(self, text: str) -> Any:
        named = next((number for number, name in enumerate(COLOURS) if name in text), None)
        return np.eye(32)[named] if named is not None else np.random.default_rng(len(text)).normal(size=32)


def unit(rows: Any) -> Any:
    rows = np.asarray(rows, dtype=np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.fixture(autouse=True)
def _colours(monkeypatch, tmp_path) -> None:
    monkeypatch.setattr(labelling, "load_encoder", lambda _spec: Colours())
    monkeypatch.setattr(
        classifying, "everyday_words", lambda: ("yellow", "white", *("x" * length for length in range(90)))
    )
    monkeypatch.setenv("LUCIDA_CACHE", str(tmp_path / "cache"))
    classifying.words_version.cache_clear()


@pytest.fixture
def shots(tmp_path: Path) -> Path:
    folder = tmp_path / "shots"
    (folder / "deep").mkdir(parents=True)
    for name, colour in (("a.png", "red"), ("b.jpg", "blue"), ("deep/c.webp", "firebrick"), ("d.png", "yellow")):
        Image.new("RGB", (40, 30), colour).save(folder / name)
    (folder / "notes.md").write_text("no picture")
    return folder


def labels_of(ran) -> dict[str, str]:
    return {Path(row["source"]).name: row["label"] for row in ran.json["pictures"]}


def test_a_folder_is_labelled(lucida, shots) -> None:
    ran = lucida("classify", shots, "--labels", "red,blue,green", "--json")
    assert ran.code == 0
    assert labels_of(ran) == {"a.png": "red", "b.jpg": "blue", "c.webp": "red", "d.png": "none of these"}
    assert ran.json["labels"] == ["red", "blue", "green"]
    assert all(0 <= row["probability"] <= 1 for row in ran.json["pictures"])


def test_it_prints_a_line_per_picture_and_a_summary(lucida, shots) -> None:
    ran = lucida("classify", shots, "--labels", "red,blue", "-k", "2")
    lines = ran.out.splitlines()
    assert len(lines) == 4
    assert any("a.png" in line and " red " in line and "blue 0." in line for line in lines)
    assert "4 pictures in " in ran.err
    assert "none of these 1" in ran.err


def test_without_none_each_gets_a_label(lucida, shots) -> None:
    ran = lucida("classify", shots, "--labels", "red,blue,green", "--no-none", "--json")
    assert "none of these" not in labels_of(ran).values()


def test_labels_from_a_file(lucida, shots, tmp_path) -> None:
    (tmp_path / "labels.txt").write_text("# colours\nred\n\nblue|azure\n")
    ran = lucida("classify", shots / "b.jpg", "--labels-file", tmp_path / "labels.txt", "--json")
    assert labels_of(ran) == {"b.jpg": "blue"}


def test_broken_files_are_reported_and_stop_nothing(lucida, shots) -> None:
    (shots / "broken.jpg").write_bytes(b"\xff\xd8\xff" + b"x" * 50)
    (shots / "empty.png").write_bytes(b"")
    ran = lucida("classify", shots, "nowhere.jpg", "--labels", "red,blue", "--json")
    assert ran.code == 1
    assert len(ran.json["pictures"]) == 4
    assert {Path(row["source"]).name for row in ran.json["failed"]} == {"broken.jpg", "empty.png", "nowhere.jpg"}
    assert all(row["error"].endswith(".") and row["advice"].endswith(".") for row in ran.json["failed"])


def test_a_run_that_was_broken_off_goes_on(lucida, shots, tmp_path) -> None:
    lines = tmp_path / "labels.jsonl"
    (shots / "broken.jpg").write_bytes(b"\xff\xd8\xff" + b"x" * 50)
    assert lucida("classify", shots, "--labels", "red,blue", "--out", lines).code == 1
    whole = lines.read_text().splitlines()
    assert len(whole) == 1 + 5
    # As a kill leaves it: two pictures are there, and half of a third.
    lines.write_text("\n".join(whole[:3]) + "\n" + whole[3][:20])
    Image.new("RGB", (8, 8), "blue").save(shots / "broken.jpg")
    ran = lucida("classify", shots, "--labels", "red,blue", "--out", lines, "--json")
    assert ran.code == 0
    assert len(ran.json["pictures"]) == 5
    assert "2 of them from an earlier run" in ran.err
    rows = [json.loads(line) for line in lines.read_text().splitlines()]
    assert len({row["source"] for row in rows[1:]}) == len(rows) - 1 == 5


def test_a_file_begun_with_other_labels_is_refused(lucida, shots, tmp_path) -> None:
    lines = tmp_path / "labels.jsonl"
    lucida("classify", shots, "--labels", "red,blue", "--out", lines)
    before = lines.read_bytes()
    for labels in ("red,green", "blue,red"):
        ran = lucida("classify", shots, "--labels", labels, "--out", lines)
        assert ran.code == 2
        assert "other labels" in ran.err
    (tmp_path / "diary.txt").write_text("Dear diary\n")
    assert lucida("classify", shots, "--labels", "red", "--out", tmp_path / "diary.txt").code == 2
    assert lines.read_bytes() == before
    assert (tmp_path / "diary.txt").read_text() == "Dear diary\n"


def test_files_are_copied_into_folders_by_label(lucida, shots, tmp_path) -> None:
    Image.new("RGB", (9, 9), "red").save(shots / "deep" / "a.png")
    for _ in range(2):  # the second time everything is there already
        ran = lucida("classify", shots, "--labels", "red,blue", "--copy-into", tmp_path / "sorted")
        assert ran.code == 0
    there = sorted(str(path.relative_to(tmp_path / "sorted")) for path in (tmp_path / "sorted").rglob("*.*"))
    assert there == ["blue/b.jpg", "none-of-these/d.png", "red/a-2.png", "red/a.png", "red/c.webp"]
    assert (shots / "a.png").exists()


def test_files_are_moved_and_nothing_is_overwritten(lucida, shots, tmp_path) -> None:
    (tmp_path / "sorted" / "red").mkdir(parents=True)
    (tmp_path / "sorted" / "red" / "a.png").write_text("mine")
    lucida("classify", shots, "--labels", "red,blue", "--move-into", tmp_path / "sorted")
    assert (tmp_path / "sorted" / "red" / "a.png").read_text() == "mine"
    assert (tmp_path / "sorted" / "red" / "a-2.png").exists()
    assert [path.name for path in shots.rglob("*.*")] == ["notes.md"]


def test_a_sheet_shows_the_labels(lucida, shots, tmp_path) -> None:
    ran = lucida("classify", shots, "--labels", "red,blue", "--sheet", tmp_path / "sheet.png")
    assert ran.code == 0
    with Image.open(tmp_path / "sheet.png") as sheet:
        colours = {colour for _, colour in sheet.getcolors(1 << 20)}
    assert {(255, 0, 0), (255, 255, 0)} <= colours


@pytest.mark.parametrize(
    "arguments",
    [
        ("shots",),
        ("shots", "--labels", ""),
        ("shots", "--labels", "red", "--labels-file", "x"),
        ("shots", "--labels-file", "nowhere.txt"),
        ("shots", "--labels", "red", "--sheet", "sheet.gif"),
        ("shots", "--labels", "red", "--copy-into", "x", "--move-into", "y"),
        ("--labels", "red", "--move-into", "y"),
        ("--labels", "red"),
    ],
)
def test_wrong_use_is_refused(lucida, shots, arguments) -> None:
    ran = lucida("classify", *arguments)
    assert ran.code == 2
    assert "Error" in ran.err


def test_the_words_are_embedded_once(lucida, shots, monkeypatch) -> None:
    lucida("classify", shots, "--labels", "red")
    asked: list[str] = []
    original = Colours.encode_texts
    monkeypatch.setattr(Colours, "encode_texts", lambda self, texts: asked.extend(texts) or original(self, texts))
    lucida("classify", shots, "--labels", "red")
    assert asked
    assert not [text for text in asked if "yellow" in text]


@pytest.fixture
def stocked(shots, tmp_path, monkeypatch) -> Library:
    """A library of the pictures with vectors of the encoder above."""
    library = Library.open(tmp_path / "library")
    library.configure(encoder="minilm")
    library.ingest(shots, workers=1)
    encoder = Colours()
    with Index.open(library.folder, write=True) as index:
        index.bind_shared("colours", "colours-1", 32, windows=True)
        rows = [
            row for row in index.items(range(1, 20)) if row.media_type.startswith("image/") and row.kind == "picture"
        ]
        pictures = [labelling.opened(Path(row.source)) for row in rows]
        index.add_vectors("picture", np.array([row.id for row in rows]), encoder.encode_images(pictures))
    monkeypatch.setattr(Library, "shared_encoder", lambda _self: encoder)
    return library


def test_a_library_is_labelled_by_the_vectors_it_has(lucida, stocked, shots, tmp_path) -> None:
    ran = lucida("classify", "--labels", "red,blue", "--json", "--sheet", tmp_path / "sheet.png")
    assert ran.code == 0
    assert labels_of(ran) == {"a.png": "red", "b.jpg": "blue", "c.webp": "red", "d.png": "none of these"}
    assert all(row["id"] > 0 for row in ran.json["pictures"])
    assert (tmp_path / "sheet.png").exists()
    narrowed = lucida("classify", "--labels", "red,blue", "--json", "--path", "a*")
    assert labels_of(narrowed) == {"a.png": "red"}


def test_a_library_of_another_encoder_is_refused(lucida, stocked, monkeypatch) -> None:
    monkeypatch.setattr(Colours, "fingerprint", "colours-2")
    ran = lucida("classify", "--labels", "red,blue")
    assert ran.code == 3
    assert "lucida models switch" in ran.err


def test_a_library_without_vectors_says_so(lucida, stocked, tmp_path, monkeypatch) -> None:
    with Library.open(tmp_path / "empty"):
        pass
    ran = lucida("classify", "--labels", "red,blue", "--library", tmp_path / "empty")
    assert ran.code == 2
    assert "No picture in the library has a vector" in ran.err
