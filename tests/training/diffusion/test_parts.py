"""What a run is put together from: sources, conditions, losses, both denoisers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from lucida.errors import UsageError
from lucida.models.diffusion.latent.forge import Forge
from lucida.models.diffusion.latent.plane import Plane
from lucida.training.diffusion.denoising import Conditions, denoiser_learner, level_weights
from lucida.training.diffusion.latents import Latents
from lucida.training.diffusion.perceptual import Perception
from lucida.training.diffusion.recipe import Recipe, Shape
from lucida.training.diffusion.sources import KEPT, Source, drawn_views, sources


@pytest.fixture
def latents() -> Latents:
    rng = np.random.default_rng(0)
    vectors, texts = rng.normal(size=(40, 384)), rng.normal(size=(5, 384))
    first = np.arange(40) % 5
    ones = np.ones(4, dtype=np.float32)
    return Latents(
        (1 + 0.1 * rng.normal(size=(40, 4, 8, 8))).astype(np.float16),
        vectors.astype(np.float16), texts.astype(np.float16),
        first, np.ones(40, dtype=np.int64), np.full(40, 1 / 40), 0 * ones, ones, 0.0,
    )  # fmt: skip


def test_one_in_fifty_is_kept_for_measuring(found: list[Source]) -> None:
    photographs = found[0]
    assert len(photographs.kept) == len(photographs.packed) // KEPT
    assert not set(photographs.kept) & set(photographs.rows)
    assert photographs.says(0)[:2] == ("a photo of a red", "red paint")
    with pytest.raises(UsageError, match="none of the sets"):
        sources([photographs.packed.folder])


def test_views_are_the_same_for_the_same_seed(found: list[Source]) -> None:
    one, two = (drawn_views(found, 6, 16, torch.Generator().manual_seed(3), "cpu") for _ in range(2))
    assert one.shape == (6, 3, 16, 16)
    assert torch.equal(one, two)


def test_conditions_are_texts_pictures_mixtures_and_nothing(latents: Latents) -> None:
    plane = Plane(np.eye(384)[:2])
    recipe = replace(Recipe(), by_text=1.0, by_picture=0.0, blur=0.0, drop=0.0)
    rows = np.arange(40)
    drawn = Conditions(recipe, latents, plane).drawn(rows, np.random.default_rng(1))
    assert np.allclose(drawn, plane.conditions(latents.texts)[latents.first], atol=1e-3)
    drawn = Conditions(replace(recipe, by_text=0.0, by_picture=1.0), latents, plane).drawn(
        rows, np.random.default_rng(1)
    )
    assert np.allclose(drawn, plane.conditions(latents.vectors), atol=1e-3)
    drawn = Conditions(replace(recipe, drop=1.0), latents, plane).drawn(rows, np.random.default_rng(1))
    assert not drawn.any()
    mixed = Conditions(replace(recipe, by_text=0.0, blur=0.5), latents, plane).drawn(rows, np.random.default_rng(1))
    assert np.allclose(np.linalg.norm(mixed, axis=1), np.sqrt(384), rtol=1e-3)


def test_weights_of_noise_levels_are_one_in_terms_of_the_picture() -> None:
    kept = torch.tensor([0.99, 0.5, 0.01])
    ratio = kept / (1 - kept)
    bounded = ratio.clamp(max=5)
    assert torch.allclose(level_weights(kept, "sample", 5.0), bounded)
    assert torch.allclose(level_weights(kept, "epsilon", 5.0), bounded / ratio)
    assert torch.allclose(level_weights(kept, "v_prediction", 5.0), bounded / (ratio + 1))
    assert torch.equal(level_weights(kept, "epsilon", 0.0), torch.ones(3))


@pytest.mark.parametrize(("denoiser", "target"), [("unet", "epsilon"), ("dit", "sample"), ("dit", "v_prediction")])
@pytest.mark.slow  # several seconds of training or drawing
def test_every_denoiser_learns_every_target(
    denoiser: Any, target: Any, latents: Latents, recipe: Recipe, tmp_path: Any
) -> None:
    chosen = replace(recipe, shape=replace(recipe.shape, denoiser=denoiser), target=target, rate=3e-3, drop=0.0)
    torch.manual_seed(0)
    forge = Forge()
    network = forge.denoiser(*chosen.shape.denoiser_config(384))
    learner = denoiser_learner(
        chosen, tmp_path, network, chosen.noise_config(), latents, Plane(np.eye(384)[:2]), forge,
        minutes=1e9, device="cpu",
    )  # fmt: skip
    learner.seconds = 60 * 1e9 * 0.05  # past the warm-up
    with torch.no_grad():
        before = float(learner._losses(0)["noise"])
    losses = [learner.advance()["noise"] for _ in range(25)]
    with torch.no_grad():
        assert float(learner._losses(0)["noise"]) < 0.95 * before
    assert np.isfinite(losses).all()


def test_the_tower_sees_no_difference_where_there_is_none() -> None:
    class Trunk(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.stem = torch.nn.Conv2d(3, 4, 3, 2)
            self.stages = torch.nn.ModuleList([torch.nn.Conv2d(4, 4, 3, 2)] * 3)

    perception = Perception(Trunk(), (0.5,) * 3, (0.5,) * 3)
    one = torch.rand(2, 3, 16, 16) * 2 - 1
    assert float(perception.distance(one, one)) == pytest.approx(0, abs=1e-9)
    assert float(perception.distance(one, -one)) > 0.01


def test_what_is_shipped_fits() -> None:
    for denoiser in ("unet", "dit"):
        shape = Shape(denoiser=denoiser)  # type: ignore[arg-type]
        with torch.device("meta"):
            models = [Forge().vae(shape.vae_config()), Forge().denoiser(*shape.denoiser_config(384))]
        assert sum(2 * one.numel() for model in models for one in model.parameters()) < 19e6


def test_sizes_go_into_each_other() -> None:
    Shape().check()
    Shape(denoiser="dit", side=72).check()
    with pytest.raises(UsageError, match="multiple of 16"):
        Shape(side=72).check()
