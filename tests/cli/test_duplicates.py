from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from PIL import Image

EXAMPLES = Path(__file__).parents[2] / "examples" / "pictures"


@pytest.fixture(scope="module")
def stock(tmp_path_factory) -> Path:
    """A library of pictures, some of them twice, without vectors."""
    from lucida.library import Library

    folder = tmp_path_factory.mktemp("stock")
    album = folder / "album"
    album.mkdir()
    for name in ("beach.jpg", "cat.jpg", "castle.jpg"):
        shutil.copy(EXAMPLES / name, album)
    shutil.copy(EXAMPLES / "cat.jpg", album / "cat copy.jpg")
    with Image.open(EXAMPLES / "beach.jpg") as beach:
        beach.resize((beach.width // 2, beach.height // 2)).save(album / "beach-small.jpg", quality=50)
    (album / "notes.md").write_text("# Notes\n\nThe beach.\n")
    (album / "notes again.md").write_text("# Notes\n\nThe beach.\n")
    with Library.open(folder / "library") as library:
        library.configure(encoder="minilm")
        library.ingest(album, workers=1)
    return folder


@pytest.fixture(autouse=True)
def _at_stock(stock, lucida, monkeypatch) -> None:
    monkeypatch.setenv("LUCIDA_LIBRARY", str(stock / "library"))
    monkeypatch.chdir(stock)


def test_kinds_are_told_apart(lucida) -> None:
    ran = lucida("duplicates", "--json")
    assert ran.code == 0
    groups = [(g["kind"], {Path(c["source"]).name for c in g["copies"]}) for g in ran.json["groups"]]
    assert ("exact", {"cat.jpg", "cat copy.jpg"}) in groups
    assert ("exact", {"notes.md", "notes again.md"}) in groups
    assert ("near", {"beach.jpg", "beach-small.jpg"}) in groups
    assert len(groups) == 3
    size = (EXAMPLES / "cat.jpg").stat().st_size
    assert ran.json["summary"]["exact"]["freed_bytes"] == size + len("# Notes\n\nThe beach.\n")


def test_the_best_is_named_and_nothing_is_deleted(lucida, stock) -> None:
    ran = lucida("duplicates", "--kind", "near")
    lines = ran.out.splitlines()
    assert lines[0].startswith("near, 2 copies, ")
    assert lines[1].strip().startswith("best  album/beach.jpg")
    assert "beach-small.jpg" in lines[2]
    assert lines[-1].startswith("near: 1 group, 2 copies, ")
    assert "Nothing was deleted." in ran.err
    assert len(list((stock / "album").iterdir())) == 7


def test_a_path_narrows(lucida) -> None:
    ran = lucida("duplicates", "--path", "cat*", "--json")
    assert [group["kind"] for group in ran.json["groups"]] == ["exact"]
    ran = lucida("duplicates", "--path", "castle*")
    assert ran.code == 0
    assert "Nothing in this library is there twice." in ran.err


def test_a_sheet_shows_the_groups(lucida, tmp_path) -> None:
    assert lucida("duplicates", "--sheet", tmp_path / "sheet.png").code == 0
    with Image.open(tmp_path / "sheet.png") as sheet:
        assert sheet.width > 600
        assert sheet.height > 600


def test_wrong_use_is_refused(lucida, tmp_path) -> None:
    assert lucida("duplicates", "--kind", "same").code == 2
    assert lucida("duplicates", "--sheet", "sheet.gif").code == 2
    assert lucida("duplicates", "--library", tmp_path / "nowhere").code == 2
