"""Vectors of the shared space as conditions: texts, pictures and mixtures of both in one form.

Texts and pictures lie in two cones of the space (the modality gap; Liang et al., "Mind the Gap", 2022). A denoiser that
was shown raw vectors of both would learn two languages, and a mixture, which lies between the cones, would be neither.
So the plane that both cones' means span is taken out of every vector. It is a linear map: what was mixed before is what
would be mixed after it, no matter with which weights, and nobody has to say which sort a vector is of. Two of all
directions are lost, those that tell most of how something is said and least of what.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

#: A vector of which less than this is left lies in the plane: it says nothing of what is to be drawn.
_LEAST = 1e-4


class Plane:
    """Takes the plane of some means out of vectors.

    Args:
        means: float (k, d), of each sort of vectors; rows that say nothing new are no harm, and none at all are none.
    """

    def __init__(self, means: ArrayLike) -> None:
        rows = np.atleast_2d(np.asarray(means, dtype=np.float64))
        self.means: NDArray[np.float32] = rows.astype(np.float32)
        # An orthonormal basis of the rows: right singular vectors of what is not nothing.
        _, sizes, basis = np.linalg.svd(rows, full_matrices=False)
        self._basis = basis[sizes > _LEAST]

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return int(self.means.shape[1])

    def conditions(self, vectors: ArrayLike) -> NDArray[np.float32]:
        """What a denoiser is shown for vectors.

        Args:
            vectors: float (n, d), of any length but zero.

        Returns:
            float32 (n, d), rows of length √d, so that a number is about 1 in size; zeros, which is what a denoiser is
            shown where nothing is asked for, in place of vectors that lie in the plane.
        """
        rows = np.asarray(vectors, dtype=np.float64)
        rest = rows - rows @ self._basis.T @ self._basis
        lengths = np.linalg.norm(rest, axis=1, keepdims=True)
        told = lengths > _LEAST * np.linalg.norm(rows, axis=1, keepdims=True)
        scaled = np.sqrt(rows.shape[1]) * rest / np.where(told, lengths, 1.0)
        return np.where(told, scaled, 0.0).astype(np.float32)

    def mixture(self, parts: Sequence[tuple[ArrayLike, float]]) -> NDArray[np.float32]:
        """The condition for several vectors with weights.

        Args:
            parts: vectors, float (d,), and how much each counts; each is brought to one length before it is weighed.

        Returns:
            float32 (d,).
        """
        rows = [weight * self.conditions(np.atleast_2d(vector))[0] for vector, weight in parts]
        total = np.sum(rows, axis=0) if rows else np.zeros(self.dimension)
        length = float(np.linalg.norm(total))
        scale = np.sqrt(self.dimension) / length if length > _LEAST else 0.0
        return np.asarray(scale * total, dtype=np.float32)

    def to_json(self) -> list[list[float]]:
        return [[round(float(value), 6) for value in row] for row in self.means]

    @classmethod
    def from_json(cls, rows: Any) -> Plane:
        """Read what ``to_json`` wrote.

        Raises:
            ValueError: it is no table of finite numbers.
        """
        table = np.asarray(rows, dtype=np.float64)
        if table.ndim != 2 or not np.isfinite(table).all():
            raise ValueError("the means of the space are no table of numbers")
        return cls(table)
