"""``lucida generate augment`` on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from lucida.errors import ExitCode
from lucida.index import Index


@pytest.fixture
def stocked(lucida, tmp_path) -> Path:
    """A library that knows texts alone, with one picture."""
    folder = tmp_path / "library"
    Index.open(folder, create=True).close()
    (folder / "lucida.toml").write_text('encoder = "minilm"\n')
    image = Image.new("RGB", (90, 60), "navy")
    ImageDraw.Draw(image).ellipse((10, 10, 50, 50), fill="orange")
    image.save(tmp_path / "sun.png")
    assert lucida("ingest", tmp_path / "sun.png", "--workers", "1").code == 0
    return folder


def test_augmenting_and_its_contract(lucida, stocked, tmp_path) -> None:
    words = ("generate", "augment", "--path", "*.png", "--per-item", 2, "--only", "crop,flip", "--out", "set")
    ran = lucida(*words, "--label", "sun", "--json")
    assert ran.code == 0
    assert [row["label"] for row in ran.json["samples"]] == ["sun", "sun"]
    assert {"path", "seed", "accepted", "reasons", "parents", "boxes", "split"} <= set(ran.json["samples"][0])
    again = lucida(*words, "--label", "sun")
    assert again.out.startswith("1 picture, 2 augmented\n")
    replayed = lucida("generate", "replay", "set")
    assert (replayed.code, replayed.out) == (0, "2 of 2 samples are the same to the bit.\n")
    wrong = lucida("generate", "augment", "--only", "melt", "--out", "other")
    assert (wrong.code, "melt" in wrong.err) == (ExitCode.WRONG_USE, True)
