"""Debts of data are found: pictures drawn as vectors, so that every fault is known."""

from __future__ import annotations

import numpy as np
import pytest

from lucida.training.alignment import Debt, assess, own_ranks, slipped

COUNT, SIZE = 200, 64


@pytest.fixture
def said() -> np.ndarray:
    return unit(np.random.default_rng(1).normal(size=(COUNT, SIZE)))


@pytest.fixture
def pictures(said: np.ndarray) -> np.ndarray:
    """Vectors near to their captions', and in a cone of their own, as real ones are."""
    noise = np.random.default_rng(2).normal(size=(COUNT, SIZE)) / np.sqrt(SIZE)
    return unit(said + 0.8 * noise + np.eye(SIZE)[0] * 2)


def unit(rows: np.ndarray) -> np.ndarray:
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def judged(pictures: np.ndarray, said: np.ndarray, captions: list[str] | None = None, **more: object) -> Debt:
    names = [f"{row}.png" for row in range(len(pictures))]
    hashes = more.pop("hashes", names)
    return assess(names, captions or [f"caption {row}" for row in range(len(said))], hashes, pictures, said, **more)  # type: ignore[arg-type]


def test_fitting_pairs_have_no_debt(pictures: np.ndarray, said: np.ndarray) -> None:
    debt = judged(pictures, said)
    assert debt.reasons == []
    assert debt.mean_rank < 0.05
    assert debt.suspects == []


def test_shuffled_captions_are_refused(pictures: np.ndarray, said: np.ndarray) -> None:
    debt = judged(pictures, said[np.random.default_rng(3).permutation(COUNT)])
    assert any("no better than shuffled" in reason for reason in debt.reasons)


def test_captions_that_slipped_by_one_are_recognised(pictures: np.ndarray, said: np.ndarray) -> None:
    captions = [f"caption {row}" for row in range(COUNT)]
    assert slipped(captions, pictures, said) == 0
    assert slipped(captions, pictures, np.roll(said, 1, axis=0)) == 1
    assert slipped(captions, pictures, np.roll(said, -2, axis=0)) == -2
    assert any("slipped" in reason for reason in judged(pictures, np.roll(said, 1, axis=0)).reasons)


def test_a_few_wrong_captions_are_named_with_what_fits_better(pictures: np.ndarray, said: np.ndarray) -> None:
    mixed = said.copy()
    mixed[5:15] = said[[*range(6, 15), 5]]
    debt = judged(pictures, mixed)
    assert {suspect.name for suspect in debt.suspects} <= {f"{row}.png" for row in range(5, 15)}
    assert len(debt.suspects) >= 3
    assert debt.reasons == []
    assert 0.02 < debt.unfit < 0.1, "a twentieth of the captions is wrong"
    better = {suspect.name: suspect.better for suspect in debt.suspects}
    assert all(
        better[f"{row}.png"] == f"caption {row - 1 if row > 5 else 14}"
        for row in range(5, 15)
        if f"{row}.png" in better
    )


def test_many_wrong_captions_are_refused(pictures: np.ndarray, said: np.ndarray) -> None:
    mixed = said.copy()
    mixed[:80] = said[np.random.default_rng(3).permutation(80)]
    assert any("fit no better than chance" in reason for reason in judged(pictures, mixed).reasons)


def test_copies_and_contradictions_are_told_apart(pictures: np.ndarray, said: np.ndarray) -> None:
    hashes = [str(row) for row in range(COUNT)]
    hashes[1], hashes[3] = hashes[0], hashes[2]
    captions = [f"caption {row}" for row in range(COUNT)]
    captions[1] = captions[0]
    debt = judged(pictures, said, captions, hashes=hashes)
    assert debt.duplicates == [["0.png", "1.png"]]
    assert debt.conflicts == [["2.png", "3.png"]]


def test_classes_out_of_balance_and_broken_pictures_are_refused(pictures: np.ndarray, said: np.ndarray) -> None:
    captions = ["cat"] * (COUNT - 2) + ["dog"] * 2
    two = np.where(np.array(captions)[:, None] == "cat", said[0], said[1])
    debt = judged(unit(two + pictures * 0.1), two, captions, broken=[(f"b{i}.png", "cut short") for i in range(20)])
    assert any("out of balance" in reason and "'dog'" in reason for reason in debt.reasons)
    assert any("20 of 220 pairs cannot be read" in reason for reason in debt.reasons)
    assert debt.classes == {"cat": COUNT - 2, "dog": 2}


def test_nothing_readable_is_refused_and_not_a_crash() -> None:
    empty = np.zeros((0, SIZE), dtype=np.float32)
    assert assess([], [], [], empty, empty, [("a.png", "cut short")]).reasons == ["Not one pair can be read."]


def test_ranks_count_distinct_captions_once() -> None:
    said = np.eye(3, dtype=np.float32)[[0, 0, 1, 2]]
    ranks, better = own_ranks(["a", "a", "b", "c"], np.eye(3, dtype=np.float32)[[0, 1, 1, 2]], said)
    assert ranks.tolist() == [0.0, 0.5, 0.0, 0.0]
    assert better[1] == 2
