"""``lucida search`` beyond words: pictures, items, sums, reasons, and what is wrong use."""

from __future__ import annotations

import io
import sys
from types import SimpleNamespace

import pytest
from PIL import Image


@pytest.fixture
def ferries(lucida, papers, monkeypatch):
    assert lucida("ingest", papers).code == 0
    return lucida


def test_every_hit_says_why(ferries) -> None:
    (hit, *_) = ferries("search", "ferry tickets", "--json").json["hits"]
    assert {placed["list"] for placed in hit["why"]["lists"]} == {"passage", "words"}
    assert hit["why"]["words"] == ["ferry", "tickets"]
    assert 0 < hit["score"] <= 1
    assert (hit["role"], hit["copies"]) == (None, [])
    told = ferries("search", "ferry tickets", "--explain").out
    assert "deviations from the background" in told
    assert "BM25" in told
    assert "100% of the query's words" in told

    # By an item, and by a sum.
    assert hit["id"] not in [h["id"] for h in ferries("search", "--like", hit["id"], "--json").json["hits"]]
    ran = ferries("search", "2:ferry", "--plus", "0.5:tickets", "--minus", "harbour", "--json")
    parts = ran.json["hits"][0]["why"]["parts"]
    assert [(part["part"], part["weight"]) for part in parts] == [("ferry", 2.0), ("tickets", 0.5), ("harbour", -1.0)]


WRONG = {
    (): "Nothing is asked for",
    ("--minus", "fruit"): "only says what is not wanted",
    ("ferry", "--plus", "0:fruit"): "no weight",
    ("--like", "999"): "no item 999",
    ("--image", "absent.jpg"): "absent.jpg",
    ("--image", "note.jpg"): "note.jpg",
    ("--image", "-"): "Standard input",
    ("ferry", "--minus", "ferry"): "cancel",
    ("ferry", "--sheet", "nowhere/out.png"): "nowhere",
}


def test_wrong_use_is_one_sentence_and_advice(ferries, tmp_path, monkeypatch) -> None:
    (tmp_path / "note.jpg").write_text("no picture")
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(b"")))
    for arguments, said in WRONG.items():
        ran = ferries("search", *arguments, "--json")
        assert ran.code == 2, arguments
        assert said in ran.json["error"]
        assert ran.json["advice"]


def test_hits_are_drawn_into_one_picture(ferries, tmp_path) -> None:
    Image.new("RGB", (320, 200), "red").save(tmp_path / "ferry poster.png")
    assert ferries("ingest", tmp_path / "ferry poster.png").code == 0
    poster = ferries("search", "--image", tmp_path / "ferry poster.png", "-k", 1, "--json").json["hits"][0]
    assert poster["source"].endswith("ferry poster.png")
    assert (poster["role"], poster["width_px"], poster["height_px"]) == ("photo", 320, 200)
    ran = ferries("search", "ferry", "--sheet", tmp_path / "sheet.png")
    assert ran.code == 0
    assert "Drew" in ran.err
    with Image.open(tmp_path / "sheet.png") as sheet:
        assert min(sheet.size) > 100
