"""Which words compete, which hold back, and which pictures are kept for measuring."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from lucida.training.augment import Views
from lucida.training.data.packed import Card, PackedSet
from lucida.training.material import Bank, Material, share_general_words


def made(concepts: tuple[tuple[str, ...], ...], topics: tuple[tuple[str, ...], ...] = (), **card: object) -> Material:
    count = len(concepts)
    arrays = np.zeros((count, 8, 8, 3), dtype=np.uint8), None, np.arange(count), np.zeros(count, dtype=np.int16)
    packed = PackedSet(Path("set"), *arrays, Card(("photo",), concepts, "drawn", "none", topics=topics, **card))  # type: ignore[arg-type]
    return Material.of(packed, "all", 1.0, Views())


def test_concepts_that_share_a_name_do_not_compete(words: object) -> None:
    photographs, objects = made((("cortland", "apple"), ("macoun", "Apple"), ("tank",))), made((("apple",),))
    bank = Bank([photographs, objects], words)  # type: ignore[arg-type]
    rivals = bank.among(torch.tensor([0]), torch.Generator())[2]
    apples = torch.tensor([0, 1, 3])
    assert rivals[apples][:, apples].equal(torch.eye(3, dtype=torch.bool))
    assert rivals[2].all()
    assert objects.offset == 3


def test_classes_that_exclude_each_other_compete_however_near_their_words(words: object) -> None:
    near = (("spiny lobster",), ("lobster spiny",), ("lobster", "spiny lobster"))
    lobsters = made(near)
    assert not Bank([lobsters], words).among(torch.tensor([0]), torch.Generator())[2][0, 1]  # type: ignore[arg-type]
    lobsters.exclusive = True
    rivals = Bank([lobsters, made((("spiny lobster now",),))], words).among(torch.tensor([0]), torch.Generator())[2]  # type: ignore[arg-type]
    assert rivals[0, 1]
    assert not rivals[0, 2], "what shares a name never competes"
    assert not rivals[0, 3], "another set may mean the same"


def test_keywords_behind_the_names_are_not_names(words: object) -> None:
    bank = Bank([made((("grin", "happy"), ("smile", "happy")), names=(1, 1))], words)  # type: ignore[arg-type]
    assert bank.among(torch.tensor([0]), torch.Generator())[2].all()


def test_in_a_large_bank_the_words_of_a_batch_compete(words: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lucida.training.material._LARGE", 3)
    bank = Bank([made((("one",), ("two",), ("three",), ("four",)))], words)  # type: ignore[arg-type]
    said, targets, rivals = bank.among(torch.tensor([3, 1, 3]), torch.Generator())
    assert said.shape == (2, 384)
    assert targets.tolist() == [1, 0, 1]
    assert rivals.all()


def test_general_words_are_true_of_some_and_not_of_most(words: object) -> None:
    concepts = tuple((f"thing {number}",) for number in range(8))
    topics = tuple((*(("animal",) if number < 3 else ()), *(("object",) if number else ())) for number in range(8))
    material = made(concepts, topics)
    vectors = share_general_words([material], words)  # type: ignore[arg-type]
    assert vectors is not None
    assert vectors.shape == (1, 384), "seven of eight is too many, three is enough"
    assert material.general is not None
    assert material.general[:, 0].tolist() == [True] * 3 + [False] * 5


def test_a_family_that_is_held_out_is_not_drawn(squares: PackedSet) -> None:
    material = Material.of(squares, "colours", 1.0, Views(), without_families=("fancy",))
    rows = material.drawn(500, torch.Generator().manual_seed(1))
    assert set(squares.styles[rows]) == {0}
    assert (np.diff(rows) >= 0).all()


def test_mixtures_of_words_stay_on_the_sphere_and_differ(squares: PackedSet, words: object) -> None:
    bank = Bank([Material.of(squares, "colours", 1.0, Views())], words)  # type: ignore[arg-type]
    one, two = (bank.drawn(torch.Generator().manual_seed(seed)) for seed in (1, 2))
    assert torch.allclose(one.norm(dim=1), torch.ones(4), atol=1e-5)
    assert not torch.allclose(one, two)
