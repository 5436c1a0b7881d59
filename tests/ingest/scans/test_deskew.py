"""Skew, direction of lines and evenness of paper, measured on drawn pages."""

from __future__ import annotations

import numpy as np
import pymupdf
import pytest
from PIL import Image

from lucida.ingest.scans import deskew


@pytest.fixture(scope="module")
def page() -> Image.Image:
    document = pymupdf.open()
    sheet = document.new_page()
    sheet.insert_textbox(
        pymupdf.Rect(60, 60, 540, 780), "Lines of plain text that fill the sheet from top to foot. " * 60
    )
    pixmap = sheet.get_pixmap(dpi=150, colorspace=pymupdf.csGRAY)
    return Image.frombytes("L", (pixmap.width, pixmap.height), pixmap.samples)


@pytest.mark.parametrize("degrees", [-9.5, -3.3, -0.6, 0.0, 0.7, 2.2, 8.4])
def test_skew_is_found_to_a_fifth_of_a_degree(page: Image.Image, degrees: float) -> None:
    turned = page.rotate(-degrees, Image.Resampling.BICUBIC, expand=True, fillcolor=255)
    assert deskew.estimate_skew(deskew.dark_points(turned)) == pytest.approx(degrees, abs=0.2)


def test_stains_and_borders_do_not_mislead(page: Image.Image) -> None:
    spoilt = np.asarray(page.rotate(-2.0, Image.Resampling.BICUBIC, fillcolor=255)).copy()
    spoilt[:, :30] = 10
    y, x = np.ogrid[: spoilt.shape[0], : spoilt.shape[1]]
    spoilt[(y - 500) ** 2 + (x - 700) ** 2 < 200**2] //= 2
    assert deskew.estimate_skew(deskew.dark_points(Image.fromarray(spoilt))) == pytest.approx(2.0, abs=0.3)


def test_nothing_to_measure_gives_no_skew() -> None:
    assert deskew.estimate_skew(deskew.dark_points(Image.new("L", (600, 800), 255))) == 0.0
    noise = Image.effect_noise((600, 600), 120)
    assert abs(deskew.estimate_skew(deskew.dark_points(noise))) <= deskew.MAX_SKEW


def test_direction_of_lines(page: Image.Image) -> None:
    assert not deskew.lines_run_vertically(deskew.dark_points(page))
    assert deskew.lines_run_vertically(deskew.dark_points(page.rotate(90, expand=True)))
    skewed = page.rotate(6, expand=True, fillcolor=255).rotate(90, expand=True)
    assert deskew.lines_run_vertically(deskew.dark_points(skewed))


def test_flattening_only_where_light_is_uneven_or_ink_is_faded(page: Image.Image) -> None:
    grey = np.asarray(page, dtype=np.float32)
    shaded = Image.fromarray((grey * np.linspace(0.5, 1.0, grey.shape[1])).astype(np.uint8))
    faded = Image.fromarray((255 - (255 - grey) * 0.15).astype(np.uint8))
    assert not deskew.needs_flattening(page)
    assert deskew.needs_flattening(shaded)
    assert deskew.needs_flattening(faded)
    for spoilt in (shaded, faded):
        flat = np.asarray(deskew.flatten(spoilt))
        assert np.percentile(flat, 50) > 240
        assert np.percentile(flat, 0.5) < 80
