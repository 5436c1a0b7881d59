from __future__ import annotations

import pytest

from lucida.query.evaluation.reliability import reliability


def test_reliability_is_what_was_promised_and_what_came_true() -> None:
    rows, error = reliability([0.05, 0.15, 0.15, 1.0], [False, True, False, True])
    assert [(one.low, one.count) for one in rows] == [(0.0, 1), (0.1, 2), (0.9, 1)]
    assert rows[1].right == 0.5
    assert rows[1].confidence == pytest.approx(0.15)
    assert error == pytest.approx((0.05 + 2 * 0.35 + 0.0) / 4)
    assert reliability([], []) == ((), 0.0)
