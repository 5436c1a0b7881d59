from __future__ import annotations

import numpy as np
import pytest

from lucida.query.evaluation import zero_shot


def rows(*angles: float) -> np.ndarray:
    """Unit vectors in the plane, degrees."""
    radians = np.radians(angles)
    return np.stack([np.cos(radians), np.sin(radians)], axis=1).astype(np.float32)


def test_ranks_count_the_nearer_classes() -> None:
    classes = rows(0, 30, 90)
    found = zero_shot.ranks(rows(2, 20, 80, 85), classes, np.array([0, 0, 2, 0]))
    assert found.tolist() == [0, 1, 0, 2]


def test_a_space_where_all_is_equal_scores_nothing() -> None:
    same = rows(10, 10, 10)
    assert zero_shot.ranks(same, same, np.array([0, 1, 2])).tolist() == [2, 2, 2]
    assert zero_shot.retrieval_ranks(same, same, np.arange(3), np.arange(3)).tolist() == [2, 2, 2]


def test_ranks_over_many_blocks_are_those_of_one() -> None:
    random = np.random.default_rng(0)
    images = random.normal(size=(1_300, 16)).astype(np.float32)
    classes = random.normal(size=(20, 16)).astype(np.float32)
    labels = random.integers(0, 20, 1_300)
    scores = images @ classes.T
    expected = [(scores[i] > scores[i, labels[i]]).sum() for i in range(1_300)]
    assert zero_shot.ranks(images, classes, labels).tolist() == expected


def test_retrieval_counts_wrong_pictures_before_the_first_right_one() -> None:
    images, shown = rows(0, 10, 20, 90), np.array([7, 8, 7, 9])
    found = zero_shot.retrieval_ranks(rows(1, 1, 1, 1), images, np.array([7, 8, 9, 5]), shown)
    assert found.tolist() == [0, 1, 3, 4]


def test_precision_of_the_first_k() -> None:
    images, labels = rows(0, 5, 10, 60, 70), np.array([0, 1, 0, 2, 2])
    found = zero_shot.precision_at(rows(0, 65), images, labels, [frozenset({0}), frozenset({2, 1})], k=3)
    assert found.tolist() == [pytest.approx(2 / 3), pytest.approx(2 / 3)]
    assert zero_shot.precision_at(rows(0), images, labels, [frozenset({0})], k=50).tolist() == [pytest.approx(0.4)]


def test_neighbours_leave_the_picture_itself_out() -> None:
    images, labels = rows(0, 1, 50, 51, 52), np.array([0, 1, 2, 2, 2])
    assert zero_shot.neighbour_hits(images, labels, 1).tolist() == [False, False, True, True, True]
    assert zero_shot.neighbour_hits(images[:1], labels[:1], 3).tolist() == [False]


def test_equal_votes_go_to_the_nearest() -> None:
    images, labels = rows(0, 2, 5), np.array([0, 0, 1])
    assert zero_shot.neighbour_hits(images, labels, 2).tolist() == [True, True, False]


def test_a_class_is_the_mean_of_its_prompts(colours) -> None:
    red, mixed = zero_shot.class_vectors(colours, [("red",), ("red", "blue")], ("{}", "a {} thing"))
    np.testing.assert_allclose(red, [1, 0, 0, 0, 0, 0, 0, 0], atol=1e-6)
    np.testing.assert_allclose(mixed[[0, 2]], [0.5**0.5] * 2, atol=1e-6)


def test_kinds_are_told_apart_by_their_mean_prompt() -> None:
    prompts = {"page": rows(-10, 10), "picture": rows(80, 100)}
    assert zero_shot.kind_hits(rows(5, 50, 88), prompts, ["page", "page", "picture"]).tolist() == [True, False, True]
