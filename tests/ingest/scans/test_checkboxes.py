"""Boxes to tick, drawn as forms draw them, among letters that look much like them."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from lucida.ingest.scans.checkboxes import EMPTY, TICKED, Found, find_boxes, with_boxes
from lucida.types import Box, Word

SIDE = 20


@pytest.fixture
def page() -> Image.Image:
    return Image.new("L", (600, 300), 245)


def draw(page: Image.Image, x: int, y: int, mark: str = "", side: int = SIDE) -> None:
    pen = ImageDraw.Draw(page)
    pen.rectangle((x, y, x + side, y + side), outline=70, width=2)
    if mark == "cross":
        pen.line((x - 2, y - 1, x + side + 2, y + side + 1), fill=40, width=2)
        pen.line((x + side + 1, y - 2, x - 1, y + side + 2), fill=40, width=2)
    elif mark == "tick":
        pen.line((x + 3, y + 10, x + 8, y + 17), fill=40, width=3)
        pen.line((x + 8, y + 17, x + 18, y - 3), fill=40, width=3)


def places(found: list[Found]) -> list[tuple[float, float, bool]]:
    return [(round(box.x0, -1), round(box.y0, -1), box.ticked) for box in found]


def test_empty_and_ticked_boxes_are_found(page: Image.Image) -> None:
    draw(page, 50, 50)
    draw(page, 150, 50, "cross")
    draw(page, 250, 50, "tick")
    found = find_boxes(page, 150)
    assert places(found) == [(50, 50, False), (150, 50, True), (250, 50, True)]
    assert all(abs(box.x1 - box.x0 - SIDE) <= 3 and abs(box.y1 - box.y0 - SIDE) <= 3 for box in found)


def test_a_noisy_scan_with_broken_lines_still_shows_them(page: Image.Image) -> None:
    draw(page, 50, 50)
    draw(page, 150, 52, "cross")
    rng = np.random.default_rng(1)
    grey = np.asarray(page).astype(np.int16) + rng.normal(0, 12, (300, 600)).astype(np.int16)
    grey[58, 45:60] = 245  # a scratch across a side
    noisy = Image.fromarray(np.clip(grey, 0, 255).astype(np.uint8))
    assert places(find_boxes(noisy, 150)) == [(50, 50, False), (150, 50, True)]


def test_letters_lines_cells_bullets_and_pictures_are_no_boxes(page: Image.Image) -> None:
    pen = ImageDraw.Draw(page)
    for size, y in ((16, 10), (22, 40), (30, 70)):
        pen.text((10, y), "DOBEHMU 0868 PROBE ODEUR", fill=20, font=ImageFont.load_default(size))
    for x in range(20, 300, 40):  # cells of a grid have walls in common
        pen.rectangle((x, 150, x + 40, 170), outline=0, width=1)
    pen.rectangle((400, 150, 415, 165), fill=20)
    pen.rectangle((450, 150, 520, 230), outline=0, width=2)
    pen.line((20, 260, 500, 260), fill=0, width=2)
    assert find_boxes(page, 150) == []


@pytest.mark.parametrize("side", [12, 16, 20])
def test_a_bold_o_is_no_box(page: Image.Image, side: int) -> None:
    pen = ImageDraw.Draw(page)
    for x, hole in ((60, side // 3), (160, side // 5)):
        # The uprights of a bold letter reach beyond where it is flat above and below.
        pen.rounded_rectangle((x, 60, x + side, 60 + side), radius=side // 3, outline=20, width=max(side // 4, 3))
        pen.rectangle((x + hole, 60, x + side - hole, 62), fill=20)
    draw(page, 300, 60)
    assert places(find_boxes(page, 150)) == [(300, 60, False)]


def test_a_blank_or_tiny_page_has_none() -> None:
    assert find_boxes(Image.new("L", (400, 400), 255), 150) == []
    assert find_boxes(Image.new("L", (5, 5), 0), 150) == []
    assert find_boxes(Image.new("L", (400, 400), 0), 20) == []


def word(text: str, x0: float, x1: float, line: int = 0, *, confidence: float = 0.9, y: float = 0.5) -> Word:
    return Word(text, Box(x0, y - 0.02, x1, y + 0.02), confidence, line)


def box(x: float, *, ticked: bool = False) -> Found:
    """At a share of a raster of 1000 x 500 pixels, level with the words."""
    return Found(x * 1000, 240, x * 1000 + 20, 260, ticked)


def texts(words: list[Word]) -> list[str]:
    return [one.text for one in words]


def test_boxes_take_the_place_of_what_was_read_there() -> None:
    words = [word("O", 0.1, 0.12), word("single", 0.13, 0.2), word("[xX", 0.29, 0.325), word("married", 0.33, 0.4)]
    made = with_boxes(words, [box(0.1), box(0.3, ticked=True)], (1000, 500))
    assert texts(made) == [EMPTY, "single", TICKED, "married"]
    assert made[2].box.x0 == pytest.approx(0.3)
    assert {one.line for one in made} == {0}


def test_a_box_that_was_read_as_the_first_letter_is_cut_off() -> None:
    made = with_boxes([word("Osingle", 0.1, 0.24, confidence=0.4)], [box(0.1)], (1000, 500))
    assert texts(made) == [EMPTY, "single"]
    assert made[1].box.x0 >= made[0].box.x1


def test_letters_of_words_that_were_read_surely_stay() -> None:
    words = [word("Delivery", 0.1, 0.26), word("section", 0.3, 0.38), word("B", 0.4, 0.42)]
    assert with_boxes(words, [box(0.1), box(0.4, ticked=True)], (1000, 500)) == words


def test_a_box_goes_to_the_line_beside_it_or_is_left_out() -> None:
    words = [word("yes", 0.13, 0.2, 3), word("no", 0.13, 0.2, 4, y=0.6)]
    made = with_boxes(words, [box(0.1, ticked=True), Found(100, 20, 120, 40, False)], (1000, 500))
    assert [(one.text, one.line) for one in made] == [(TICKED, 3), ("yes", 3), ("no", 4)]
