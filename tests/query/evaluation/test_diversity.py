from __future__ import annotations

import numpy as np
import pytest

from lucida.query.evaluation.diversity import density_and_coverage, mean_distance, vendi_score


def unit(count: int, seed: int, width: int = 6, shift: float = 0.0) -> np.ndarray:
    rows = np.random.default_rng(seed).normal(size=(count, width)) + shift
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def test_the_mean_distance_is_that_of_all_pairs() -> None:
    rows = unit(9, 0)
    pairs = [1 - float(rows[i] @ rows[j]) for i in range(9) for j in range(i)]
    assert mean_distance(rows) == pytest.approx(np.mean(pairs), abs=1e-6)
    assert mean_distance(rows[:1]) == 0.0


def test_the_vendi_score_counts_what_differs() -> None:
    eye = np.eye(5, 8, dtype=np.float32)
    assert vendi_score(eye) == pytest.approx(5.0)
    assert vendi_score(np.repeat(eye[:2], 4, axis=0)) == pytest.approx(2.0)
    assert vendi_score(np.repeat(eye[:1], 30, axis=0)) == pytest.approx(1.0)
    assert vendi_score(eye[:0]) == 0.0
    # Wide and tall tables have the same eigenvalues.
    rows = unit(20, 1)
    values = np.linalg.eigvalsh(rows.astype(np.float64) @ rows.T / 20)
    values = values[values > 1e-12]
    assert vendi_score(rows) == pytest.approx(np.exp(-(values * np.log(values)).sum()))


def test_density_and_coverage_as_the_paper_counts_them() -> None:
    reference, vectors = unit(30, 2), unit(25, 3, shift=0.4)
    apart = 1 - reference @ reference.T
    np.fill_diagonal(apart, np.inf)
    reach = np.sort(apart, axis=1)[:, 2]
    inside = (1 - reference @ vectors.T) <= reach[:, None]
    density, coverage = density_and_coverage(reference, vectors, neighbours=3)
    assert density == pytest.approx(inside.sum() / (3 * 25))
    assert coverage == pytest.approx(inside.any(axis=1).mean())


def test_like_sets_cover_and_copies_of_one_picture_do_not() -> None:
    reference = unit(600, 4)
    density, coverage = density_and_coverage(reference, unit(600, 5))
    assert density == pytest.approx(1.0, abs=0.2)
    assert coverage > 0.9
    _, poor = density_and_coverage(reference, np.repeat(reference[:1], 600, axis=0))
    assert poor < 0.1
    with pytest.raises(ValueError, match="two reference pictures"):
        density_and_coverage(reference[:1], reference)
