from __future__ import annotations

import io
import sys
from types import SimpleNamespace

import pytest
from PIL import Image

from lucida.errors import UsageError
from lucida.query.opening import open_picture, parts_of, picture_part, written_part


@pytest.fixture
def photo(tmp_path):
    path = tmp_path / "photo.jpg"
    exif = Image.Exif()
    exif[0x0112] = 6  # stored on its side
    Image.new("RGB", (60, 20), (200, 30, 30)).save(path, exif=exif)
    return path


def pipe(monkeypatch, data: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(data)))


def test_a_picture_is_opened_as_displayed(photo) -> None:
    assert open_picture(photo).size == (20, 60)


def test_a_picture_comes_through_a_pipe(photo, monkeypatch) -> None:
    pipe(monkeypatch, photo.read_bytes())
    part = picture_part("-")
    assert part.image is not None
    assert part.image.size == (20, 60)
    assert part.label == "standard input"


@pytest.mark.parametrize("data", [b"", b"no picture at all", b"\xff\xd8\xff\xe0 cut short"])
def test_a_pipe_without_a_picture_is_wrong_use(data: bytes, monkeypatch) -> None:
    pipe(monkeypatch, data)
    with pytest.raises(UsageError) as caught:
        picture_part("-")
    assert caught.value.advice


def test_what_is_no_picture_is_wrong_use(tmp_path) -> None:
    (tmp_path / "note.jpg").write_text("no picture")
    for name in ("note.jpg", "absent.jpg", "."):
        with pytest.raises(UsageError):
            open_picture(tmp_path / name)


def test_a_part_names_a_picture_or_is_text(photo) -> None:
    assert written_part(f"2:{photo}").image is not None
    assert written_part(f"2:{photo}").weight == 2.0
    part = written_part("0.5:golden retriever", -1)
    assert (part.weight, part.text, part.image) == (-0.5, "golden retriever", None)
    assert written_part("a file called photo.jpg").text == "a file called photo.jpg"


def test_a_misspelt_picture_is_not_searched_for_as_words() -> None:
    with pytest.raises(UsageError, match=r"phto\.jpg"):
        written_part("phto.jpg")


def test_parts_in_the_order_given(photo) -> None:
    parts = parts_of([photo, Image.new("RGB", (4, 4))], [7], ["dusk"], ["3:people"])
    assert [part.label for part in parts] == ["photo.jpg", "picture", "item 7", "dusk", "people"]
    assert [part.weight for part in parts] == [1.0, 1.0, 1.0, 1.0, -3.0]
