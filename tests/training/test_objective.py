"""The losses: what they reward, and whom they leave out."""

from __future__ import annotations

import torch

from lucida.training.objective import prototype_loss, retrieval_loss, rivals_of

WORDS = torch.nn.functional.normalize(torch.tensor([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.9, 0.1, 0.0]]), dim=1)
SCALE = torch.tensor(10.0)


def test_a_picture_at_its_words_costs_less_than_one_at_another() -> None:
    rivals = rivals_of(WORDS)
    right = prototype_loss(WORDS[:1], WORDS, torch.tensor([0]), rivals, SCALE)
    wrong = prototype_loss(WORDS[1:2], WORDS, torch.tensor([0]), rivals, SCALE)
    assert right < 0.6 < wrong


def test_words_that_mean_the_same_do_not_compete() -> None:
    rivals = rivals_of(WORDS)
    assert rivals.tolist() == [[True, True, False], [True, True, True], [False, True, True]]
    alone = prototype_loss(WORDS[:1], WORDS[:2], torch.tensor([0]), rivals[:2, :2], SCALE)
    beside = prototype_loss(WORDS[:1], WORDS, torch.tensor([0]), rivals, SCALE)
    assert torch.isclose(alone, beside)


def test_words_said_to_be_related_do_not_compete_but_a_word_is_its_own() -> None:
    assert rivals_of(WORDS, torch.ones(3, 3, dtype=torch.bool)).equal(torch.eye(3, dtype=torch.bool))


def test_general_words_draw_the_pictures_they_are_true_of() -> None:
    pictures = WORDS[:2]
    truth = torch.tensor([[True], [False]])
    assert retrieval_loss(pictures, WORDS[:1], truth, SCALE) < retrieval_loss(pictures, WORDS[1:2], truth, SCALE)


def test_a_word_true_of_all_or_none_teaches_nothing() -> None:
    pictures = WORDS[:2].clone().requires_grad_()
    loss = retrieval_loss(pictures, WORDS[:2], torch.tensor([[True, False], [True, False]]), SCALE)
    loss.backward()
    assert loss == 0
    assert pictures.grad is not None
    assert not pictures.grad.any()
