from __future__ import annotations

import pytest

from lucida.query.fusion import RRF_K, reciprocal_rank_fusion


def test_scores_are_those_of_the_paper() -> None:
    fused = dict(reciprocal_rank_fusion([[1, 2], [2, 3]]))
    assert fused[1] == pytest.approx(1 / (RRF_K + 1))
    assert fused[2] == pytest.approx(1 / (RRF_K + 2) + 1 / (RRF_K + 1))
    assert fused[3] == pytest.approx(1 / (RRF_K + 2))


def test_an_item_of_both_lists_beats_the_first_of_one() -> None:
    assert reciprocal_rank_fusion([[1, 2], [3, 2]])[0][0] == 2


def test_ties_go_to_the_better_rank_then_the_smaller_id() -> None:
    assert [item for item, _ in reciprocal_rank_fusion([[9, 4], [3, 7]])] == [3, 9, 4, 7]


def test_repeated_ids_count_once_at_their_best_rank() -> None:
    assert reciprocal_rank_fusion([[5, 5, 6]]) == [(5, 1 / 61), (6, 1 / 62)]


def test_weights() -> None:
    assert reciprocal_rank_fusion([[1], [2]], weights=[1.0, 2.0])[0][0] == 2
    with pytest.raises(ValueError, match="zip"):
        reciprocal_rank_fusion([[1], [2]], weights=[1.0])


def test_nothing_gives_nothing() -> None:
    assert reciprocal_rank_fusion([]) == []
    assert reciprocal_rank_fusion([[], []]) == []
