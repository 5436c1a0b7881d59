from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageEnhance

from lucida.query.sameness import compare, view

PICTURES = Path(__file__).parents[2] / "examples" / "pictures"
NAMES = ["beach.jpg", "cat.jpg", "bar-chart-bakery.png", "castle.jpg", "floor-plan-flat.png"]


@pytest.fixture(scope="module")
def pictures() -> list[Image.Image]:
    return [Image.open(PICTURES / name).convert("RGB") for name in NAMES]


def recompressed(picture: Image.Image) -> Image.Image:
    packed = io.BytesIO()
    picture.save(packed, "JPEG", quality=25)
    return Image.open(packed)


def cropped(share: float, at: float = 0.5):
    def crop(picture: Image.Image) -> Image.Image:
        width, height = round(picture.width * (1 - share)), round(picture.height * (1 - share))
        left, top = round((picture.width - width) * at), round((picture.height - height) * at)
        return picture.crop((left, top, left + width, top + height))

    return crop


def _dimmer(value: int) -> int:
    return value * 4 // 5


COPIES = {
    "scaled": lambda p: p.resize((p.width // 4, p.height // 4)),
    "stretched": lambda p: p.resize((p.width, p.height * 11 // 10)),
    "recompressed": recompressed,
    "cropped by 5 %": cropped(0.05),
    "cropped by 15 %": cropped(0.15, 0.2),
    "one side cut": lambda p: p.crop((0, p.height // 8, p.width, p.height)),
    "paler": lambda p: ImageEnhance.Contrast(p).enhance(0.7),
    "warmer": lambda p: Image.merge("RGB", [p.getchannel("R"), p.getchannel("G"), p.getchannel("B").point(_dimmer)]),
    "without colour": lambda p: p.convert("L"),
}  # fmt: skip


@pytest.mark.parametrize("change", COPIES)
def test_copies_are_the_same_either_way_round(pictures, change: str) -> None:
    for picture in pictures:
        copy = COPIES[change](picture)
        assert compare(view(picture), view(copy)).same, (picture, change)
        assert compare(view(copy), view(picture)).same, (picture, change)


def test_other_pictures_are_not(pictures) -> None:
    views = [view(picture) for picture in pictures]
    assert not [1 for n, one in enumerate(views) for other in views[:n] if compare(one, other).same]


def test_something_that_moved_makes_another_shot(pictures) -> None:
    beach = pictures[0]
    moved = beach.copy()
    ImageDraw.Draw(moved).ellipse((200, 250, 420, 560), fill="firebrick")
    assert not compare(view(beach), view(moved)).same


def test_another_colour_is_another_product() -> None:
    shades = []
    for colour in ("crimson", "royalblue"):
        picture = Image.new("RGB", (300, 200), "white")
        draw = ImageDraw.Draw(picture)
        draw.ellipse((40, 40, 200, 180), fill=colour)
        draw.rectangle((210, 20, 290, 90), fill="darkgreen")
        shades.append(view(picture))
    assert not compare(*shades).same


def test_pages_with_other_words_are_other_pages() -> None:
    random = np.random.default_rng(0)
    pages = []
    for _ in range(2):
        page = Image.new("L", (600, 800), 255)
        draw = ImageDraw.Draw(page)
        for y in range(60, 740, 24):
            x = 60
            while x < 500:
                width = int(random.integers(15, 90))
                draw.rectangle((x, y, x + width, y + 10), fill=40)
                x += width + 10
        pages.append(page)
    assert not compare(view(pages[0]), view(pages[1])).same
    assert compare(view(pages[0]), view(recompressed(pages[0]))).same


@pytest.mark.parametrize("size", [(1, 1), (3000, 3), (2, 900), (5, 5)])
@pytest.mark.parametrize("mode", ["1", "L", "P", "RGBA"])
def test_any_picture_can_be_compared(size, mode) -> None:
    one = view(Image.new(mode, size))
    assert not compare(one, one).same  # blank pictures tell nothing
    assert not compare(one, view(Image.effect_noise((200, 150), 80))).same
