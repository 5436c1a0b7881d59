"""A run learns, can be killed at any moment, and goes on as if nothing had been."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from lucida.models.mini.export import save_tower
from lucida.training import checkpoint
from lucida.training.augment import Views
from lucida.training.data.packed import PackedSet
from lucida.training.encoder import Recipe, Report, Trainer
from lucida.training.material import Bank, Material, share_general_words
from lucida.training.schedule import Schedule

RECIPE = Recipe(
    architecture="test_resnet", batch=16, minutes=0.08, schedule=Schedule(0.05, sides=(32,), until=(1.0,)), average=0.9
)


def trainer(folder: Path, squares: PackedSet, words: object, recipe: Recipe = RECIPE, **more: Path) -> Trainer:
    material = Material.of(squares, "colours", 1.0, Views(colour=0.05, grey=0.0))
    banks = {"colours": Bank([material], words)}  # type: ignore[arg-type]
    return Trainer(recipe, folder, [material], banks, share_general_words([material], words), **more)  # type: ignore[arg-type]


def steps(run: Trainer, count: int) -> list[float]:
    losses = []
    for _ in range(count):
        generator = torch.Generator().manual_seed(run.step)
        losses.append(sum(run._step(32, generator).values()))
        run.step += 1
    return losses


@pytest.mark.slow  # several seconds of training or drawing
def test_a_run_learns_to_tell_colours_apart(tmp_path: Path, squares: PackedSet, words: object) -> None:
    run = trainer(tmp_path / "run", squares, words)
    reports: list[Report] = []
    run.run(reports.append)
    assert run.progress == 1
    vectors = run.vectors(squares.pixels, side=32)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-3)
    best = (vectors @ run.banks["colours"].mean().numpy().T).argmax(axis=1)
    assert (best == squares.concepts).mean() > 0.9


@pytest.mark.slow  # several seconds of training or drawing
def test_a_run_goes_on_from_its_checkpoint_exactly(tmp_path: Path, squares: PackedSet, words: object) -> None:
    whole = trainer(tmp_path / "whole", squares, words)
    expected = steps(whole, 6)
    first = trainer(tmp_path / "cut", squares, words)
    before = steps(first, 3)
    checkpoint.save(first, first.folder)
    second = trainer(tmp_path / "cut", squares, words)
    assert second.step == 3
    assert before + steps(second, 3) == pytest.approx(expected, rel=1e-4)


def test_a_checkpoint_that_was_being_written_leaves_the_last_one(
    tmp_path: Path, squares: PackedSet, words: object
) -> None:
    run = trainer(tmp_path, squares, words)
    steps(run, 1)
    checkpoint.save(run, tmp_path)
    (tmp_path / "checkpoint.safetensors.half").write_bytes(b"cut")
    assert trainer(tmp_path, squares, words).step == 1


def test_a_tower_that_is_adapted_begins_where_it_was_and_stays_near(
    tmp_path: Path, squares: PackedSet, words: object
) -> None:
    old = trainer(tmp_path / "old", squares, words)
    steps(old, 2)
    save_tower(tmp_path / "tower", old.tower.state_dict(), architecture="test_resnet", image_size=32)
    weights = tmp_path / "tower" / "model.safetensors"
    new = trainer(tmp_path / "new", squares, words, replace(RECIPE, stay_weight=1.0), start=weights)
    begun, left = (run.state_dict()["head.proj.weight"] for run in (new.mean_tower, old.tower))
    assert torch.allclose(begun, left, atol=1e-3)
    stay = new._step(32, torch.Generator().manual_seed(1))["stay"]
    assert 0 <= stay < 0.5


def test_the_folder_is_what_open_clip_loads(tmp_path: Path, squares: PackedSet, words: object) -> None:
    from PIL import Image

    from lucida.models.mini.encoder import Mini

    run = trainer(tmp_path / "run", squares, words)
    steps(run, 2)
    save_tower(
        tmp_path / "tower", run.mean_tower.state_dict(), architecture="test_resnet", image_size=64, resize_mode="squash"
    )
    picture = np.ascontiguousarray(squares.pixels[0])
    loaded = Mini(tmp_path / "tower").encode_images([Image.fromarray(picture)])
    own = run.vectors(picture[None], side=64)
    assert float((loaded * own).sum()) > 0.99
