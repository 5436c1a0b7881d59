"""Joining ranked lists whose scores cannot be compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

#: The constant of the original paper; it damps the lead of the very first ranks.
RRF_K = 60


def reciprocal_rank_fusion(
    rankings: Sequence[Sequence[int]], *, k: int = RRF_K, weights: Sequence[float] | None = None
) -> list[tuple[int, float]]:
    """Fuse rankings: an item's score is the sum over lists of ``weight / (k + rank)``, ranks counting from 1.

    Cormack, Clarke & Buettcher, "Reciprocal rank fusion outperforms Condorcet and individual rank learning methods",
    SIGIR 2009.

    Args:
        rankings: item ids, best first; an id that comes twice in one list counts where it comes first.
        k: damping constant.
        weights: one per list; all 1 when None.

    Returns:
        (item id, score), best first. Ties go to the item with the better single rank, then to the smaller id.

    Raises:
        ValueError: there are not as many weights as rankings.
    """
    scores: dict[int, float] = {}
    best_rank: dict[int, int] = {}
    for ranking, weight in zip(rankings, weights or [1.0] * len(rankings), strict=True):
        for rank, item in enumerate(dict.fromkeys(ranking), start=1):
            scores[item] = scores.get(item, 0.0) + weight / (k + rank)
            best_rank[item] = min(rank, best_rank.get(item, rank))
    return sorted(scores.items(), key=lambda pair: (-pair[1], best_rank[pair[0]], pair[0]))
