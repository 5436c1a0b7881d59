from __future__ import annotations

import numpy as np
import pytest

from lucida.query.evaluation.kid import kid, scaled, squared_mmd


def _drawn(seed: int, count: int = 200, shift: float = 0.0) -> np.ndarray:
    return np.random.default_rng(seed).normal(shift, 1.0, (count, 16))


def test_the_estimate_is_the_double_sum_of_the_paper() -> None:
    one, two = _drawn(0, 7), _drawn(1, 5)

    def kernel(x: np.ndarray, y: np.ndarray) -> float:
        return float((x @ y / 16 + 1) ** 3)

    within_one = [kernel(one[i], one[j]) for i in range(7) for j in range(7) if i != j]
    within_two = [kernel(two[i], two[j]) for i in range(5) for j in range(5) if i != j]
    across = [kernel(x, y) for x in one for y in two]
    by_hand = np.mean(within_one) + np.mean(within_two) - 2 * np.mean(across)
    assert squared_mmd(one, two) == pytest.approx(by_hand, rel=1e-12)


def test_sets_of_one_kind_are_at_no_distance_and_others_the_farther_the_more_they_differ() -> None:
    same, _ = kid(_drawn(0), _drawn(1), subsets=30, subset_size=100)
    near, _ = kid(_drawn(0), _drawn(1, shift=0.3), subsets=30, subset_size=100)
    far, _ = kid(_drawn(0), _drawn(1, shift=0.8), subsets=30, subset_size=100)
    assert abs(same) < 0.05 < near < far


def test_there_is_no_bias_by_the_size_of_subsets() -> None:
    small, _ = kid(_drawn(0, 400), _drawn(1, 400, 0.3), subsets=200, subset_size=20)
    large, _ = kid(_drawn(0, 400), _drawn(1, 400, 0.3), subsets=20, subset_size=300)
    assert small == pytest.approx(large, rel=0.1)


def test_the_seed_decides_and_small_sets_are_taken_whole() -> None:
    assert kid(_drawn(0), _drawn(1), subsets=3, subset_size=50, seed=4) == kid(
        _drawn(0), _drawn(1), subsets=3, subset_size=50, seed=4
    )
    _, spread = kid(_drawn(0, 20), _drawn(1, 20), subsets=5, subset_size=1_000)
    assert spread == pytest.approx(0.0, abs=1e-12)


def test_scaled_unit_rows_meet_the_kernel_by_their_cosine() -> None:
    rows = _drawn(0, 6)
    unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    assert np.allclose(scaled(unit) @ scaled(unit).T / 16, unit @ unit.T)


@pytest.mark.parametrize(("one", "two"), [((1, 4), (9, 4)), ((9, 4), (9, 5)), ((9,), (9, 4))])
def test_what_cannot_be_compared_is_refused(one: tuple[int, ...], two: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"rows|compare"):
        kid(np.ones(one), np.ones(two))
