from __future__ import annotations

import numpy as np
import pytest

from lucida.errors import UsageError
from lucida.generate import draw_scene, scene_caption, scene_names


@pytest.mark.parametrize("name", scene_names())
def test_every_scene_is_a_picture(name: str) -> None:
    pixels = np.asarray(draw_scene(name, 160, 120, seed=1), dtype=float)
    assert pixels.shape == (120, 160, 3)
    assert pixels.std(axis=(0, 1)).max() > 12  # not a flat field
    assert scene_caption(name)[0].islower() or scene_caption(name).startswith("a ")


def test_same_seed_same_pixels_other_seed_other_pixels() -> None:
    first, again, other = (draw_scene("beach", 200, 150, seed=seed).tobytes() for seed in (5, 5, 6))
    assert first == again
    assert first != other


@pytest.mark.parametrize("size", [(300, 100), (100, 300), (97, 61)])
def test_any_aspect_ratio_gives_exactly_that_size(size: tuple[int, int]) -> None:
    assert draw_scene("train", *size).size == size


def test_unknown_scene_names_the_known_ones() -> None:
    with pytest.raises(UsageError, match="snowman"):
        draw_scene("volcano")


def test_there_are_enough_scenes_with_distinct_captions() -> None:
    captions = [scene_caption(name) for name in scene_names()]
    assert len(captions) == len(set(captions)) >= 26
