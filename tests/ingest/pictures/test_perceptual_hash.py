from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image, ImageEnhance

from lucida.ingest.pictures.perceptual_hash import perceptual_hash, pixel_digest

PICTURES = Path(__file__).parents[3] / "examples" / "pictures"
NAMES = ["beach.jpg", "cat.jpg", "red-bicycle.jpg", "bar-chart-bakery.png", "castle.jpg", "train.jpg"]


def distance(one: Image.Image, other: Image.Image) -> int:
    first, second = perceptual_hash(one), perceptual_hash(other)
    assert first is not None
    assert second is not None
    assert 0 <= first < 2**64
    return (first ^ second).bit_count()


@pytest.fixture(scope="module")
def pictures() -> list[Image.Image]:
    return [Image.open(PICTURES / name).convert("RGB") for name in NAMES]


def recompressed(picture: Image.Image) -> Image.Image:
    packed = io.BytesIO()
    picture.save(packed, "JPEG", quality=30)
    return Image.open(packed)


CHANGES = {
    "smaller": lambda p: p.resize((p.width // 3, p.height // 3)),
    "stretched": lambda p: p.resize((p.width, p.height * 5 // 4)),
    "recompressed": recompressed,
    "brighter": lambda p: ImageEnhance.Brightness(p).enhance(1.15),
    "paler": lambda p: ImageEnhance.Contrast(p).enhance(0.7),
    "grey": lambda p: p.convert("L"),
    "palette": lambda p: p.quantize(64),
}


@pytest.mark.parametrize("change", CHANGES)
def test_copies_stay_near(pictures, change: str) -> None:
    assert max(distance(picture, CHANGES[change](picture)) for picture in pictures) <= 8


def test_other_pictures_are_far(pictures) -> None:
    pairs = [(a, b) for number, a in enumerate(pictures) for b in pictures[:number]]
    assert min(distance(a, b) for a, b in pairs) > 14


def test_half_of_the_bits_are_set(pictures) -> None:
    assert all((perceptual_hash(picture) or 0).bit_count() == 32 for picture in pictures)


def test_a_picture_of_nothing_has_no_look() -> None:
    assert perceptual_hash(Image.new("RGB", (300, 200), "white")) is None
    assert perceptual_hash(Image.new("L", (1, 1))) is None


def test_the_digest_is_of_the_pixels_and_not_of_the_file(tmp_path, pictures) -> None:
    pictures[0].save(tmp_path / "a.png", compress_level=1)
    pictures[0].save(tmp_path / "b.png", compress_level=9)
    assert (tmp_path / "a.png").read_bytes() != (tmp_path / "b.png").read_bytes()
    one, other = (pixel_digest(Image.open(tmp_path / name)) for name in ("a.png", "b.png"))
    assert one == other
    assert len(one) == 32
    changed = pictures[0].copy()
    changed.putpixel((0, 0), (1, 2, 3))
    assert pixel_digest(changed) != one
    assert pixel_digest(pictures[0].transpose(Image.Transpose.FLIP_LEFT_RIGHT)) != one
    # The same bytes in another shape are another picture.
    assert pixel_digest(Image.new("L", (2, 8))) != pixel_digest(Image.new("L", (8, 2)))
