from __future__ import annotations

import numpy as np

from lucida.models.windows import Windows, batches, join, unit


def make(lengths: list[int]) -> Windows:
    ids = [np.full(length, length, dtype=np.int64) for length in lengths]
    return Windows(ids, np.arange(len(lengths)), len(lengths))


def test_batches_cover_every_window_once_and_pad_with_zeros() -> None:
    windows = make([3, 200, 7, 7, 90, 1, 256])
    rows: list[int] = []
    for batch in batches(windows, 400):
        assert batch.ids.shape == batch.mask.shape
        assert batch.ids.size <= 400 or len(batch.rows) == 1
        for place, row in enumerate(batch.rows):
            length = len(windows.ids[row])
            assert batch.mask[place].sum() == length
            np.testing.assert_array_equal(batch.ids[place, :length], windows.ids[row])
            assert not batch.ids[place, length:].any()
        rows += batch.rows.tolist()
    assert sorted(rows) == list(range(7))


def test_a_window_beyond_the_budget_goes_alone() -> None:
    assert [len(batch.rows) for batch in batches(make([50, 50]), 10)] == [1, 1]


def test_join_weighs_by_tokens() -> None:
    vectors = unit(np.array([[1, 0], [0, 1], [1, 1]], dtype=np.float32))
    joined = join(vectors, np.array([0, 0, 1]), np.array([30, 10, 5]), 2)
    np.testing.assert_allclose(joined[0], np.array([3, 1]) / np.sqrt(10), rtol=1e-6)
    np.testing.assert_allclose(joined[1], vectors[2], rtol=1e-6)


def test_zero_rows_stay_finite() -> None:
    assert not unit(np.zeros((1, 4), dtype=np.float32)).any()
