"""What readers hand to the image encoder while they are at it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pymupdf
import pytest
from PIL import Image

from lucida.config import ReadOptions
from lucida.ingest.documents import illustrations
from lucida.ingest.documents.previews import PREVIEW_PX, shrunk
from lucida.ingest.pictures.bulk import decoded_files
from lucida.ingest.read import read_source
from lucida.types import Picture, PictureRole, PixelRule

if TYPE_CHECKING:
    from pathlib import Path

RULE = PixelRule(48, 32, "squash")


def blobs(width: int, height: int) -> Image.Image:
    small = np.random.default_rng(1).integers(0, 255, (12, 16, 3), dtype=np.uint8)
    return Image.fromarray(small).resize((width, height), Image.Resampling.BICUBIC)


def pictures(path: Path, rule: PixelRule | None = RULE) -> list[Picture]:
    document = read_source(path, ReadOptions(pixels=rule), None, lambda done, total: None)
    return [picture for page in document.pages for picture in page.pictures]


def array(picture: Picture, rule: PixelRule = RULE) -> np.ndarray:
    return np.frombuffer(picture.pixels, dtype=np.uint8).reshape(rule.height_px, rule.width_px, 3).astype(int)


@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.webp"])
def test_a_picture_comes_as_the_bulk_path_has_it(tmp_path: Path, name: str) -> None:
    blobs(2400, 1600).save(tmp_path / name)
    (found,) = pictures(tmp_path / name)
    ((_, other),) = decoded_files([tmp_path / name], RULE)
    assert isinstance(other, Image.Image)
    assert abs(array(found) - np.asarray(other)).max() <= 6


def test_without_a_rule_there_are_none(tmp_path: Path) -> None:
    blobs(300, 200).save(tmp_path / "a.png")
    (found,) = pictures(tmp_path / "a.png", None)
    assert found.pixels == b""
    assert found.image
    assert found.perceptual_hash is not None


def test_a_panoramas_height_is_decoded_finely_enough(tmp_path: Path) -> None:
    wide = blobs(8000, 600)
    wide.save(tmp_path / "wide.jpg", quality=95)
    rule = PixelRule(200, 200)
    (found,) = pictures(tmp_path / "wide.jpg", rule)
    expected = np.asarray(rule.fit(wide)).astype(int)
    assert abs(array(found, rule) - expected).mean() < 2


def test_pages_crops_and_photos_of_a_document(tmp_path: Path) -> None:
    with pymupdf.open() as document:
        page = document.new_page()
        page.insert_text((72, 72), "A page with a photograph.", fontsize=12)
        blobs(400, 300).save(tmp_path / "photo.png")
        page.insert_image(pymupdf.Rect(100, 200, 400, 425), filename=tmp_path / "photo.png")
        document.save(tmp_path / "paper.pdf")
    found = {picture.role: picture for picture in pictures(tmp_path / "paper.pdf")}
    assert set(found) == {PictureRole.PHOTO, PictureRole.PAGE}
    expected = np.asarray(RULE.fit(blobs(400, 300))).astype(int)
    assert abs(array(found[PictureRole.PHOTO]) - expected).mean() < 8
    page_pixels = array(found[PictureRole.PAGE])
    assert page_pixels[0].min() > 240  # the margin is paper
    assert page_pixels[8:16, 8:30].std() > 10  # where the photograph is
    assert not found[PictureRole.PAGE].image
    assert found[PictureRole.PAGE].perceptual_hash is not None


def test_a_page_that_cannot_be_drawn_keeps_its_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pymupdf.open() as document:
        document.new_page().insert_text((72, 72), "These words stay.", fontsize=12)
        document.save(tmp_path / "paper.pdf")

    def fails(*_: object) -> None:
        raise RuntimeError("no such colour space")

    monkeypatch.setattr(illustrations, "drawn", fails)
    read = read_source(tmp_path / "paper.pdf", ReadOptions(pixels=RULE), None, lambda done, total: None)
    assert [picture.pixels for picture in read.pages[0].pictures] == [b""]
    assert "These words stay." in read.passages[0].text


@pytest.mark.parametrize("size", [(1000, 750), (512, 400), (513, 20), (1300, 800), (3, 5000)])
def test_previews_are_small_enough_and_not_too_small(size: tuple[int, int]) -> None:
    small = shrunk(blobs(*size))
    assert max(small.size) <= PREVIEW_PX
    assert max(small.size) >= min(max(size), 0.84 * PREVIEW_PX)
    assert small.width * size[1] == pytest.approx(small.height * size[0], rel=0.1, abs=max(size))
