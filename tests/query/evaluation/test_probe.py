from __future__ import annotations

import numpy as np
import pytest

from lucida.query.evaluation.probe import choose_strength, fit


def clusters(count: int, spread: float, seed: int, classes: int = 4, width: int = 24) -> tuple[np.ndarray, np.ndarray]:
    """Unit rows around one direction per class."""
    centres = np.random.default_rng(99).normal(size=(classes, width))
    random = np.random.default_rng(seed)
    labels = np.arange(count) % classes
    rows = centres[labels] + spread * random.normal(size=(count, width)) * np.sqrt(width)
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32), labels


@pytest.mark.slow  # imports scikit-learn
@pytest.mark.parametrize("strength", [1.0, 10.0])
def test_the_optimum_is_that_of_scikit_learn(strength: float) -> None:
    linear = pytest.importorskip("sklearn.linear_model")
    rows, labels = clusters(120, 0.4, 0)
    theirs = linear.LogisticRegression(C=strength, max_iter=2_000, tol=1e-8).fit(rows, labels)
    ours = fit(rows, labels, 4, strength=strength)
    scores = rows @ ours.weights + ours.bias
    scores -= scores.mean(axis=1, keepdims=True)
    expected = theirs.decision_function(rows)
    assert np.abs(scores - (expected - expected.mean(axis=1, keepdims=True))).max() < 0.05
    assert (ours.predict(rows) == theirs.predict(rows)).mean() > 0.99


def test_rows_that_count_twice_are_rows_that_stand_there_twice() -> None:
    rows, labels = clusters(40, 0.5, 1)
    times = np.random.default_rng(0).integers(0, 3, 40)
    one = fit(rows, labels, 4, times=times)
    two = fit(np.repeat(rows, times, axis=0), np.repeat(labels, times), 4)
    assert np.allclose(one.weights, two.weights, atol=5e-3)


def test_a_class_without_examples_is_never_the_answer() -> None:
    rows, labels = clusters(40, 0.2, 2)
    probe = fit(rows, labels, 5)
    others, _ = clusters(200, 3.0, 3)
    assert 4 not in probe.predict(others)
    assert np.isfinite(probe.log_likelihood(others, np.full(200, 4)))


def test_noisy_examples_want_less_strength_than_clean_ones() -> None:
    times = np.random.default_rng(1).multinomial(160, np.full(160, 1 / 160))
    noisy = choose_strength(*clusters(160, 2.5, 4), 4, times)
    clean = choose_strength(*clusters(160, 0.1, 4), 4, times)
    assert noisy < clean
    assert choose_strength(*clusters(8, 0.1, 4), 4, np.ones(8, dtype=np.int64)) == 10.0


def test_nothing_is_learned_from_nothing() -> None:
    with pytest.raises(ValueError, match="at least one example"):
        fit(np.zeros((0, 4), np.float32), np.zeros(0, np.int64), 2)
