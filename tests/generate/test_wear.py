from __future__ import annotations

from pathlib import Path

import numpy as np
import pymupdf
import pytest
from PIL import Image, ImageDraw

from lucida.errors import UsageError
from lucida.generate import Sheet, Wear, degrade, rasterise, save_scan
from lucida.generate.files import new_document
from lucida.generate.scans import black_and_white


@pytest.fixture(scope="module")
def page() -> Image.Image:
    image = Image.new("RGB", (360, 500), "#ffffff")
    pen = ImageDraw.Draw(image)
    for row in range(40, 460, 18):
        pen.rectangle([40, row, 320, row + 6], fill="#101010")
    return image


def test_no_wear_changes_nothing(page: Image.Image) -> None:
    assert degrade(page, Wear()).tobytes() == page.tobytes()


@pytest.mark.parametrize(
    "wear",
    [
        Wear(skew=2),
        Wear(blur_px=1),
        Wear(noise=6),
        Wear(specks=200),
        Wear(fading=0.4),
        Wear(paper=(240, 230, 210)),
        Wear(shading=0.3),
        Wear(creases=1),
        Wear(coffee=1),
        Wear(jpeg_quality=30),
    ],
)
def test_each_wear_changes_pixels_keeps_size_and_repeats(page: Image.Image, wear: Wear) -> None:
    worn = degrade(page, wear, seed=1)
    assert worn.size == page.size
    assert worn.mode == "RGB"
    assert worn.tobytes() != page.tobytes()
    assert worn.tobytes() == degrade(page, wear, seed=1).tobytes()


def test_the_seed_moves_the_stain(page: Image.Image) -> None:
    assert degrade(page, Wear(coffee=1), seed=1).tobytes() != degrade(page, Wear(coffee=1), seed=2).tobytes()


@pytest.mark.parametrize(("turn", "corner"), [(90, (-1, 0)), (180, (-1, -1)), (270, (0, -1))])
def test_turning_is_clockwise_and_loses_nothing(turn: int, corner: tuple[int, int]) -> None:
    image = Image.new("RGB", (30, 20), "#ffffff")
    image.putpixel((0, 0), (0, 0, 0))
    turned = np.asarray(degrade(image, Wear(turn=turn)))  # type: ignore[arg-type]
    assert turned.shape[:2] == ((30, 20) if turn in (90, 270) else (20, 30))
    column, row = corner
    assert turned[row, column].max() == 0


def test_fading_loses_contrast_in_proportion(page: Image.Image) -> None:
    contrast = [np.ptp(np.asarray(degrade(page, Wear(fading=share))).astype(int)) for share in (0.0, 0.5)]
    assert contrast[1] == pytest.approx(contrast[0] / 2, abs=2)


def test_grey_has_one_channel(page: Image.Image) -> None:
    assert degrade(page, Wear(grey=True, noise=3)).mode == "L"


def test_skew_turns_lines_by_that_many_degrees(page: Image.Image) -> None:
    ink = np.asarray(degrade(page, Wear(skew=2)).convert("L")) < 128
    left, right = (np.nonzero(ink[:, column])[0][0] for column in (60, 300))
    assert np.degrees(np.arctan2(left - right, 240)) == pytest.approx(2, abs=0.4)


def _pages() -> list[Image.Image]:
    document = new_document()
    for text in ("first page", "second page"):
        sheet = Sheet(document)
        sheet.text(60, 80, text, size=20)
        sheet.finish()
    return rasterise(document, 60)


def test_scanned_pdf_has_pixels_but_no_text(tmp_path: Path) -> None:
    save_scan(_pages(), tmp_path / "scan.pdf", dpi=60)
    with pymupdf.open(tmp_path / "scan.pdf") as document:
        assert [page.get_text().strip() for page in document] == ["", ""]
        assert [len(page.get_images()) for page in document] == [1, 1]
        assert document[0].rect.width == pytest.approx(595, abs=1.5)


def test_tiff_keeps_pages_resolution_and_fax_coding(tmp_path: Path) -> None:
    save_scan([black_and_white(page) for page in _pages()], tmp_path / "scan.tiff", dpi=60)
    with Image.open(tmp_path / "scan.tiff") as image:
        assert (image.n_frames, image.mode) == (2, "1")
        assert image.info["compression"] == "group4"
        assert image.info["dpi"] == pytest.approx((60, 60))


def test_two_pages_do_not_fit_a_jpeg(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="2 pages"):
        save_scan(_pages(), tmp_path / "scan.jpg", dpi=60)
