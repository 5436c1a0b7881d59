from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from lucida.ingest.pictures.looks import text_signs


def text_page(
    width: int = 1000, height: int = 1400, *, ink: int = 20, paper: int = 245, lines: int = 34
) -> Image.Image:
    page = Image.new("L", (width, height), paper)
    draw = ImageDraw.Draw(page)
    for line in range(lines):
        text = "The quick brown fox jumps over the lazy dog and runs away again"
        draw.text((90, 80 + line * 36), text, fill=ink, font=ImageFont.load_default(22))
    return page


@pytest.mark.parametrize("angle", [0, 90, 180, 270, 4, -6])
def test_a_page_of_text_however_it_lies(angle: int) -> None:
    assert text_signs(text_page().rotate(angle, expand=True, fillcolor=245)).page


def test_light_on_dark_is_text_too() -> None:
    assert text_signs(text_page(ink=225, paper=30)).page


def test_faded_print() -> None:
    assert text_signs(text_page(ink=150, paper=225)).page


def test_uneven_light_and_noise_do_not_hide_a_page() -> None:
    page = np.asarray(text_page(), dtype=np.float32)
    light = np.linspace(0.45, 1.0, page.shape[1])[None, :] * np.linspace(1.0, 0.8, page.shape[0])[:, None]
    noise = np.random.default_rng(1).normal(0, 6, page.shape)
    assert text_signs(Image.fromarray(np.clip(page * light + noise, 0, 255).astype(np.uint8))).page


def test_two_lines_are_text_but_no_page() -> None:
    signs = text_signs(text_page(lines=2))
    assert signs.text
    assert not signs.page


def test_a_photograph_of_a_page_on_a_table() -> None:
    table = Image.fromarray(np.random.default_rng(1).normal(90, 9, (1900, 1600)).clip(0, 255).astype(np.uint8))
    table.paste(text_page(), (250, 200))
    assert text_signs(table).page


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("grain", [6, 16, 60, 250])
def test_textures_of_every_grain_are_no_text(seed: int, grain: int) -> None:
    coarse = np.random.default_rng(seed).integers(0, 255, (grain * 3 // 4, grain, 3), dtype=np.uint8)
    assert not text_signs(Image.fromarray(coarse).resize((1000, 750), Image.Resampling.BICUBIC)).text


def test_stripes_fences_and_boards_are_no_text() -> None:
    rows, columns = np.indices((700, 900))
    for pattern in (columns // 7 % 2, rows // 7 % 2, (columns // 9 + rows // 9) % 2, (columns + rows) // 8 % 2):
        assert not text_signs(Image.fromarray((pattern * 180 + 40).astype(np.uint8))).text


@pytest.mark.parametrize("size", [(400, 400), (5, 5), (3000, 20)])
def test_empty_and_tiny_pictures_are_no_text(size: tuple[int, int]) -> None:
    assert not text_signs(Image.new("RGB", size, "white")).text
