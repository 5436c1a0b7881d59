"""A new model's words and places lie in the encoder's space; what was learned since is not begun anew."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from lucida.errors import UsageError
from lucida.training.vlm.beginning import Space, begin_in
from lucida.training.vlm.building import Eye, build_model
from lucida.training.vlm.feed import Share
from lucida.training.vlm.recipe import vlm_trainer
from lucida.training.vlm.trainer import Recipe, Trainer

_DIMENSION = 48


def _words(texts: Sequence[str]) -> NDArray[np.float32]:
    """A unit vector for each text, always the same one."""
    rows = [np.random.default_rng(list(text.encode())).normal(size=_DIMENSION) for text in texts]
    vectors = np.array(rows, dtype=np.float32)
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))


@pytest.fixture
def space() -> Space:
    rng = np.random.default_rng(3)
    return Space(rng.normal(0, 0.02, (_DIMENSION, 1920)).astype(np.float32), _words)


@pytest.fixture
def seen() -> torch.Tensor:
    return torch.rand(6, 1920, 2, 2, generator=torch.Generator().manual_seed(4))


@pytest.fixture
def model(recipe: Recipe, tokenizer: Any, eye: Eye) -> Any:
    torch.manual_seed(1)
    return build_model(recipe.shape, tokenizer, eye)


def test_words_are_as_near_to_each_other_as_in_the_space(
    model: Any, tokenizer: Any, space: Space, seen: torch.Tensor
) -> None:
    before = model.get_input_embeddings().weight.detach().clone()
    begin_in(space, model, tokenizer, seen)
    now = model.get_input_embeddings().weight.detach()
    decoded = {number: tokenizer.decode([number]).strip() for number in range(len(tokenizer))}
    words = {number: text for number, text in decoded.items() if len(text) >= 3 and text.isalpha()}
    rest = [number for number in decoded if number not in words]
    assert len(words) > 50
    placed = now[list(words)].numpy()
    assert np.linalg.norm(placed, axis=1) == pytest.approx(1, abs=1e-4)
    vectors = space.words(list(words.values()))
    vectors = vectors - vectors.mean(axis=0)
    wanted = vectors @ vectors.T / np.outer(np.linalg.norm(vectors, axis=1), np.linalg.norm(vectors, axis=1))
    off = ~np.eye(len(words), dtype=bool)
    assert np.corrcoef((placed @ placed.T)[off], wanted[off])[0, 1] > 0.85  # width 32 of 48 dimensions
    # What is no word keeps its direction, at about the same length.
    rest = [number for number in rest if before[number].any()]  # all but what fills up
    same = torch.nn.functional.cosine_similarity(before[rest], now[rest])
    assert float(same.min()) == pytest.approx(1, abs=1e-4)
    assert float(now[rest].norm(dim=1).mean()) == pytest.approx(1, abs=0.1)


def test_a_picture_s_places_lie_where_the_head_would_put_them(
    model: Any, tokenizer: Any, space: Space, seen: torch.Tensor
) -> None:
    begin_in(space, model, tokenizer, seen)
    features = seen.permute(0, 2, 3, 1).flatten(0, 2)
    with torch.no_grad():
        found = model.model.multi_modal_projector(features).numpy()
    led = features.numpy() @ space.head.T
    led = led - led.mean(axis=0)
    assert np.linalg.norm(found, axis=1).mean() == pytest.approx(1, abs=0.1)
    # Distances in the space, but for the dimensions that found no room, are those of the model.
    ours, theirs = _distances(found), _distances(led)
    assert np.corrcoef(ours, theirs)[0, 1] > 0.8


def _distances(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    apart = np.linalg.norm(rows[:, None] - rows[None], axis=2)
    return np.asarray(apart[np.triu_indices(len(rows), 1)])


def test_a_model_wider_than_the_space_has_room_for_all_of_it(
    recipe: Recipe, tokenizer: Any, eye: Eye, space: Space, seen: torch.Tensor
) -> None:
    wide = build_model(replace(recipe.shape, width=64), tokenizer, eye)
    begin_in(space, wide, tokenizer, seen)
    assert torch.isfinite(wide.get_input_embeddings().weight).all()
    with torch.no_grad():
        found = wide.model.multi_modal_projector(seen.permute(0, 2, 3, 1).flatten(0, 2))
    assert float(found[:, _DIMENSION:].abs().max()) < 0.01


def test_only_a_new_run_begins_there(
    tmp_path: Path, shares: dict[str, Share], eye: Eye, recipe: Recipe, writer: Callable[..., Any], space: Space
) -> None:
    def begun() -> Trainer:
        return vlm_trainer(shares, tmp_path, recipe, eye, writer, space)

    name = "model.language_model.embed_tokens.weight"
    first = begun()
    assert {group["pace"] for group in first.optimiser.param_groups} == {0.05, 0.2, 0.3, 1.0}
    start = first.own[name].detach().clone()
    assert torch.equal(first.mean[name], start)
    for _ in range(2):
        first.advance()
    first.keep()
    second = begun()
    assert second.step == 2
    assert torch.equal(second.own[name], first.own[name])
    assert not torch.equal(second.own[name], start)


def test_the_head_of_the_eye_leads_to_the_space(eye: Eye, tmp_path: Path) -> None:
    assert eye.head().shape == (384, 1920)
    from safetensors.torch import save_file

    bare = tmp_path / "bare.safetensors"
    save_file({"visual.trunk.stem": torch.zeros(1)}, bare)
    with pytest.raises(UsageError, match="no space of words"):
        replace(eye, weights=bare).head()
