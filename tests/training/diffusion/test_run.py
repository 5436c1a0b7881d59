"""A run from packed sets to a folder that the generator mini is loaded from."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from lucida.errors import UsageError
from lucida.models.mini.drawer import Drawer
from lucida.models.protocols.drawing import DrawRequest
from lucida.training.diffusion.recipe import Recipe
from lucida.training.diffusion.run import Stage, Tools, fine_tune, train
from lucida.training.diffusion.sources import Source
from lucida.training.diffusion.tuning import own_source


def test_what_was_trained_draws(trained: Path, found: list[Source], space: Any) -> None:
    drawn = Drawer(trained / "model", encoder=space).draw(DrawRequest("red", num_inference_steps=2))
    assert drawn.images[0].size == (16, 16)
    card = json.loads((trained / "model" / "training.json").read_text(encoding="utf-8"))
    assert card["steps"] >= 1
    assert [one["name"] for one in card["sets"]] == ["photos64", "pictograms"]
    assert card["texts"] == sum(len(one.says(concept)) for one in found for concept in range(4))


def test_a_run_that_is_over_only_writes_its_folder_again(
    trained: Path, found: list[Source], recipe: Recipe, tools: Tools
) -> None:
    before = (trained / "model" / "unet" / "diffusion_pytorch_model.safetensors").read_bytes()
    card = train(recipe, trained, found, tools)
    assert (trained / "model" / "unet" / "diffusion_pytorch_model.safetensors").read_bytes() == before
    assert card["steps"] >= 1


def test_an_interrupted_run_goes_on_where_it_was(
    found: list[Source], recipe: Recipe, tools: Tools, tmp_path: Path
) -> None:
    class Stopped(Exception):
        pass

    def stop(stage: Stage) -> None:
        if stage.name == "latents":
            raise Stopped

    with pytest.raises(Stopped):
        train(recipe, tmp_path, found, replace(tools, observe=stop))
    first = (tmp_path / "vae" / "checkpoint.safetensors").stat().st_mtime_ns
    heard: list[Stage] = []
    train(recipe, tmp_path, found, replace(tools, observe=heard.append))
    assert (tmp_path / "vae" / "checkpoint.safetensors").stat().st_mtime_ns == first
    assert not [stage for stage in heard if stage.name == "latents"]  # they were done before it was stopped
    assert (tmp_path / "model" / "model_index.json").is_file()


def test_with_more_minutes_the_denoiser_goes_on_and_its_latents_stay(
    found: list[Source], recipe: Recipe, tools: Tools, tmp_path: Path
) -> None:
    train(recipe, tmp_path, found, tools)
    kept = [tmp_path / "vae" / "checkpoint.safetensors", tmp_path / "latents" / "card.json"]
    before = [path.stat().st_mtime_ns for path in kept]
    first = json.loads((tmp_path / "model" / "training.json").read_text(encoding="utf-8"))["steps"]
    assert train(replace(recipe, minutes=0.05), tmp_path, found, tools)["steps"] > first
    assert [path.stat().st_mtime_ns for path in kept] == before


def test_another_denoiser_takes_the_same_latents(
    trained: Path, found: list[Source], recipe: Recipe, tools: Tools, tmp_path: Path
) -> None:
    before = [path.stat().st_mtime_ns for path in sorted(trained.glob("*/*"))]
    dit = replace(recipe, shape=replace(recipe.shape, denoiser="dit"))
    train(dit, tmp_path, found, tools, borrowed=trained)
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["denoiser", "model"]
    made, other = (tools.forge.load(place / "model").vae.config for place in (tmp_path, trained))
    assert made.latents_mean == other.latents_mean
    with pytest.raises(UsageError, match="does not hold the latents"):
        train(replace(dit, pictures=30), tmp_path, found, tools, borrowed=trained)
    with pytest.raises(UsageError, match="no run whose latents"):
        train(dit, tmp_path, found, tools, borrowed=tmp_path)
    assert [path.stat().st_mtime_ns for path in sorted(trained.glob("*/*"))] == before


def test_a_folder_of_another_shape_is_refused(trained: Path, found: list[Source], recipe: Recipe, tools: Tools) -> None:
    with pytest.raises(UsageError, match="another shape"):
        train(replace(recipe, seed=9), trained, found, tools)
    with pytest.raises(UsageError, match="do not divide"):
        train(replace(recipe, shape=replace(recipe.shape, side=18)), trained, found, tools)


def test_own_pictures_are_learned_on_top(
    trained: Path, found: list[Source], recipe: Recipe, tools: Tools, space: Any, tmp_path: Path
) -> None:
    start = tools.forge.load(trained / "model")
    before = start.denoiser.conv_in.weight.detach().clone()
    card = fine_tune(recipe, tmp_path, [own_source(found[0].packed)], tools, start, name="mini-1")
    after = tools.forge.load(tmp_path / "model")
    assert card["from"] == "mini-1"
    assert not torch.equal(before, after.denoiser.conv_in.weight)
    assert after.vae.config.latents_mean == start.vae.config.latents_mean
    assert Drawer(tmp_path / "model", encoder=space).draw(DrawRequest("blue", num_inference_steps=1)).images
