from __future__ import annotations

import itertools

import numpy as np
import pytest

from lucida.query.evaluation.intervals import crossed, difference, estimate


def test_a_constant_has_no_spread() -> None:
    found = estimate([0.4] * 30)
    assert (found.value, found.low, found.high, found.count) == (pytest.approx(0.4),) * 3 + (30,)


def test_nothing_is_known_of_no_rows() -> None:
    assert estimate([]).count == 0


def test_the_interval_is_that_of_the_normal_approximation_for_many_rows() -> None:
    values = np.random.default_rng(5).random(5_000) < 0.3
    found = estimate(values)
    half = 1.96 * values.std() / np.sqrt(len(values))
    assert found.low == pytest.approx(values.mean() - half, abs=0.002)
    assert found.high == pytest.approx(values.mean() + half, abs=0.002)


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    random = np.random.default_rng(0)
    inside = 0
    for trial in range(200):
        found = estimate(random.normal(1.0, 2.0, 60), seed=trial, resamples=400)
        inside += found.low <= 1.0 <= found.high
    assert 175 <= inside <= 199


def test_the_seed_decides() -> None:
    values = np.random.default_rng(1).random(40)
    assert estimate(values, seed=3) == estimate(values, seed=3)
    assert estimate(values, seed=3) != estimate(values, seed=4)


def test_the_randomisation_test_agrees_with_all_swaps_counted_out() -> None:
    first = [0.1, 0.5, 0.3, 0.9, 0.2, 0.4, 0.8, 0.6]
    second = [0.4, 0.6, 0.2, 1.0, 0.5, 0.4, 0.9, 0.8]
    deltas = np.array(second) - np.array(first)
    swaps = [abs(np.dot(signs, deltas)) for signs in itertools.product((-1, 1), repeat=8)]
    exact = np.mean([total >= abs(deltas.sum()) - 1e-9 for total in swaps])
    found = difference(first, second)
    assert found.p_value == pytest.approx(exact, abs=0.01)
    assert (found.better, found.worse, found.equal) == (6, 1, 1)
    assert found.estimate.value == pytest.approx(deltas.mean())


def test_equal_settings_do_not_differ() -> None:
    found = difference([0.5, 0.2, 1.0], [0.5, 0.2, 1.0])
    assert found.p_value == 1.0
    assert found.estimate.low == found.estimate.high == 0


def test_a_pure_gain_is_found_and_its_direction_kept() -> None:
    random = np.random.default_rng(2)
    first = random.random(50)
    found = difference(first, first + 0.1)
    assert found.p_value < 0.001
    assert found.estimate.low > 0
    assert difference(first + 0.1, first).estimate.high < 0


def test_unequal_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="paired"):
        difference([1.0], [1.0, 0.0])


def test_trials_that_differ_widen_the_interval_and_trials_that_agree_do_not() -> None:
    random = np.random.default_rng(0)
    rows = random.normal(0.2, 0.5, (1, 300)).repeat(5, axis=0)
    same, alone = crossed(rows), estimate(rows[0])
    assert same.value == pytest.approx(alone.value)
    assert same.high - same.low == pytest.approx(alone.high - alone.low, rel=0.1)
    apart = crossed(rows + np.array([-0.4, -0.2, 0.0, 0.2, 0.4])[:, None])
    assert apart.high - apart.low > 2 * (same.high - same.low)
    assert crossed(np.zeros((0, 3))).count == 0
