"""How far two sets of pictures are from each other: the kernel inception distance, over any features.

Bińkowski, Sutherland, Arbel & Gretton, "Demystifying MMD GANs", ICLR 2018: the squared maximum mean discrepancy under
a cubic kernel, without bias, over random subsets. Unlike the Fréchet distance it needs no thousands of pictures to be
true on average. The paper's features are Inception's; figures over other features compare with one another alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

#: As the paper has it; smaller sets are taken whole.
SUBSETS = 100
SUBSET_SIZE = 1_000


def kid(
    features_a: ArrayLike,
    features_b: ArrayLike,
    *,
    subsets: int = SUBSETS,
    subset_size: int = SUBSET_SIZE,
    seed: int = 0,
) -> tuple[float, float]:
    """Mean and standard deviation of the unbiased squared MMD over subsets; 0 on average where both sets are alike.

    It may fall a little below 0: it is an estimate without bias of something that is never negative.

    Args:
        features_a, features_b: shapes (n, d) and (m, d), one row a picture. Give unit rows through ``scaled``.
        subsets: how many pairs of subsets are drawn.
        subset_size: rows of each, drawn without repetition; at most the smaller set's.
        seed: of the drawing.

    Returns:
        Both figures; the deviation tells how much subsets differ, and is no interval of the mean.

    Raises:
        ValueError: a set has fewer than two rows, the two have different widths, or no subset is asked for.
    """
    one, two = np.asarray(features_a, dtype=np.float64), np.asarray(features_b, dtype=np.float64)
    if one.ndim != 2 or two.ndim != 2 or one.shape[1] != two.shape[1]:
        raise ValueError(f"features of shapes {one.shape} and {two.shape} do not compare")
    size = min(subset_size, len(one), len(two))
    if size < 2 or subsets < 1:
        raise ValueError(f"{subsets} subsets of {size} rows: there must be one, of two")
    random = np.random.default_rng(seed)
    figures = [squared_mmd(_subset(one, size, random), _subset(two, size, random)) for _ in range(subsets)]
    return float(np.mean(figures)), float(np.std(figures))


def _subset(rows: NDArray[np.float64], size: int, random: np.random.Generator) -> NDArray[np.float64]:
    return rows[random.choice(len(rows), size, replace=False)]


def squared_mmd(one: NDArray[np.float64], two: NDArray[np.float64]) -> float:
    """The unbiased estimate under the kernel (x·y / d + 1)³ (Gretton et al., JMLR 2012, lemma 6).

    Args:
        one, two: float64, shapes (n, d) and (m, d), each of at least two rows.
    """
    width = one.shape[1]
    within_one = (one @ one.T / width + 1) ** 3
    within_two = (two @ two.T / width + 1) ** 3
    across = (one @ two.T / width + 1) ** 3
    # A row beside itself says nothing of the set: the diagonal is left out.
    alike_one = (within_one.sum() - np.trace(within_one)) / (len(one) * (len(one) - 1))
    alike_two = (within_two.sum() - np.trace(within_two)) / (len(two) * (len(two) - 1))
    return float(alike_one + alike_two - 2 * across.mean())


def scaled(vectors: ArrayLike) -> NDArray[np.float64]:
    """Unit rows made as long as the kernel expects, so that it sees their cosine: (cosine + 1)³.

    Args:
        vectors: unit rows, shape (n, d).

    Returns:
        float64, shape (n, d), rows of length √d.
    """
    rows = np.asarray(vectors, dtype=np.float64)
    longer: NDArray[np.float64] = rows * np.sqrt(rows.shape[1])
    return longer
