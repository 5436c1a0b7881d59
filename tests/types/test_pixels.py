from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from lucida.types import PixelRule


def scene(width: int, height: int) -> Image.Image:
    """Smooth shapes with some texture, as pictures have."""
    x, y = np.meshgrid(np.linspace(0, 7, width), np.linspace(0, 5, height))
    grey = 120 + 60 * np.sin(x * 2) * np.cos(y * 3) + np.random.default_rng(0).normal(0, 6, x.shape)
    return Image.fromarray(np.stack([grey, 255 - grey, grey / 2 + 40], axis=2).clip(0, 255).astype(np.uint8))


def reference(picture: Image.Image, rule: PixelRule) -> np.ndarray:
    """open_clip's own preprocessing, without the scaling of values."""
    from open_clip.transform import image_transform

    size = (rule.height_px, rule.width_px)
    steps = image_transform(
        size, is_train=False, mean=(0, 0, 0), std=(1, 1, 1), resize_mode=rule.resize, interpolation=rule.interpolation
    )
    return (steps(picture) * 255).round().permute(1, 2, 0).numpy()


@pytest.mark.parametrize("resize", ["shortest", "squash", "longest"])
@pytest.mark.parametrize("interpolation", ["bicubic", "bilinear"])
@pytest.mark.parametrize("size", [(300, 200), (97, 333), (64, 64), (40, 30), (1200, 900)])
def test_like_open_clip(resize: str, interpolation: str, size: tuple[int, int]) -> None:
    rule, picture = PixelRule(64, 64, resize, interpolation), scene(*size)  # type: ignore[arg-type]
    ours, theirs = np.asarray(rule.fit(picture)).astype(int), reference(picture, rule)
    assert ours.shape == theirs.shape == (64, 64, 3)
    tolerance = 2 if max(size) < 400 else 14  # larger ones are averaged in blocks first
    assert abs(ours - theirs).max() <= tolerance
    assert abs(ours - theirs).mean() < 1


@pytest.mark.parametrize("resize", ["shortest", "squash", "longest"])
def test_sizes_that_are_not_square(resize: str) -> None:
    rule = PixelRule(48, 32, resize)  # type: ignore[arg-type]
    for size in ((480, 321), (321, 480), (48, 32), (7, 1000), (1000, 7)):
        assert rule.fit(scene(*size)).size == (48, 32)


@pytest.mark.parametrize("size", [(1, 1), (1, 40_000), (40_000, 1), (2, 3)])
@pytest.mark.parametrize("resize", ["shortest", "squash", "longest"])
def test_extreme_shapes_take_no_memory(size: tuple[int, int], resize: str) -> None:
    rule = PixelRule(32, 32, resize)  # type: ignore[arg-type]
    assert rule.fit(Image.new("RGB", size, (200, 10, 10))).size == (32, 32)
    assert rule.shrinkage(*size) >= 1


def test_a_picture_of_the_right_size_is_left_alone() -> None:
    picture = scene(64, 64)
    for resize in ("shortest", "squash", "longest"):
        assert PixelRule(64, 64, resize).fit(picture).tobytes() == picture.tobytes()  # type: ignore[arg-type]


def test_other_modes_become_rgb() -> None:
    rule = PixelRule(16, 16)
    for mode in ("L", "1", "P", "CMYK", "RGBA"):
        assert rule.fit(scene(40, 30).convert(mode)).mode == "RGB"


def test_filling_up_uses_the_grey_level() -> None:
    pixels = np.asarray(PixelRule(32, 32, "longest", fill=90).fit(Image.new("RGB", (64, 16), "white")))
    assert (pixels[0] == 90).all()
    assert (pixels[16] == 255).all()


def test_how_much_smaller_it_may_be_decoded() -> None:
    assert PixelRule(224, 224).shrinkage(4000, 3000) == pytest.approx(3000 / 448, rel=0.01)
    assert PixelRule(224, 224, "longest").shrinkage(4000, 3000) == pytest.approx(4000 / 448, rel=0.01)
    assert PixelRule(128, 128, "squash").shrinkage(4000, 3000) == pytest.approx(3000 / 256, rel=0.01)
    assert PixelRule(224, 224).shrinkage(300, 200) == 1


@pytest.mark.parametrize("bad", [(0, 4), (4, -1), (4, 4, "stretch"), (4, 4, "squash", "sinc")])
def test_rules_that_cannot_be(bad: tuple) -> None:  # type: ignore[type-arg]
    with pytest.raises(ValueError, match="no such"):
        PixelRule(*bad)
