from __future__ import annotations

import pytest
from PIL import Image

from lucida.models.orientation import legibility, middle, most_legible, turned
from lucida.types import Box, Word


def word(text: str, confidence: float) -> Word:
    return Word(text, Box.whole(), confidence, 0)


def test_legibility_counts_trusted_letters() -> None:
    assert legibility([word("abc", 1.0), word("...", 0.9), word("xyz", 0.3), word("7", 0.8)]) == pytest.approx(3.8)


def test_turns_clockwise() -> None:
    image = Image.new("L", (3, 2), 0)
    image.putpixel((0, 0), 255)  # top left goes to top right
    assert turned(image, 90).size == (2, 3)
    assert turned(image, 90).getpixel((1, 0)) == 255
    assert turned(image, 0) is image


def test_the_first_wins_unless_another_is_clearly_better() -> None:
    scores = {10: [word("aaaa", 1.0)], 20: [word("aaaaaaaa", 1.0)]}
    wide, high = Image.new("L", (20, 10)), Image.new("L", (10, 20))
    assert most_legible(wide, (0, 90), lambda image: scores[image.width]) == 0
    assert most_legible(high, (0, 90), lambda image: scores[image.width]) == 90
    assert most_legible(high, (0, 90), lambda _: []) == 0


def test_middle() -> None:
    assert middle(Image.new("L", (5000, 300)), 1000).size == (1000, 300)
