"""Random views: same chance, same views; captions that speak of left and right stay true."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from lucida.training.augment import Views, centre_view, random_views

STILL = Views(scale=(1.0, 1.0), aspect=1.0, flip=False, rotate=0.0, colour=0.0, grey=0.0)


@pytest.fixture
def pixels() -> np.ndarray:
    """Four pictures whose left half is red and whose right half is blue."""
    rows = np.zeros((4, 16, 16, 3), dtype=np.uint8)
    rows[:, :, :8, 0], rows[:, :, 8:, 2] = 255, 255
    return rows


def drawn(pixels: np.ndarray, views: Views, seed: int = 1, alpha: np.ndarray | None = None) -> torch.Tensor:
    return random_views(pixels, 32, views, torch.Generator().manual_seed(seed), alpha)


def test_one_seed_gives_one_set_of_views(pixels: np.ndarray) -> None:
    assert torch.equal(drawn(pixels, Views(), 3), drawn(pixels, Views(), 3))
    assert not torch.equal(drawn(pixels, Views(), 3), drawn(pixels, Views(), 4))


def test_views_have_the_side_asked_for_and_stay_in_range(pixels: np.ndarray) -> None:
    views = drawn(pixels, Views())
    assert views.shape == (4, 3, 32, 32)
    assert views.min() >= 0
    assert views.max() <= 1


def test_left_stays_left_without_flips(pixels: np.ndarray) -> None:
    views = drawn(pixels, STILL)
    assert (views[:, 0, 16, 4] > 0.9).all()
    assert (views[:, 2, 16, 28] > 0.9).all()


def test_flips_happen_about_half_of_the_time(pixels: np.ndarray) -> None:
    many = np.repeat(pixels, 50, axis=0)
    flipped = drawn(many, Views(scale=(1.0, 1.0), aspect=1.0, rotate=0.0, colour=0.0, grey=0.0))[:, 2, 16, 4] > 0.5
    assert 0.3 < flipped.float().mean() < 0.7


def test_cut_outs_keep_their_own_pixels_and_change_their_ground(pixels: np.ndarray) -> None:
    alpha = np.zeros((4, 16, 16), dtype=np.uint8)
    alpha[:, 4:12, 4:12] = 255
    on_white = np.where(alpha[..., None] > 0, pixels, 255).astype(np.uint8)
    grounds = torch.cat([drawn(on_white, STILL, seed, alpha)[:, :, 2, 2] for seed in range(10)])
    inside = torch.cat([drawn(on_white, STILL, seed, alpha)[:, :, 16, 10] for seed in range(10)])
    assert torch.allclose(inside, torch.tensor([1.0, 0.0, 0.0]).expand_as(inside), atol=1e-5)
    assert (grounds < 0.99).any(), "every ground is white"
    assert (grounds > 0.99).all(dim=1).any(), "no ground is white"


def test_the_centre_view_is_the_picture(pixels: np.ndarray) -> None:
    assert torch.equal(centre_view(pixels, 16), torch.from_numpy(pixels).permute(0, 3, 1, 2).float() / 255)
