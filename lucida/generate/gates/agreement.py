"""Does a sample show what its label says, and not what another label says? Asked of the shared space."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lucida.generate.gates.gate import Candidate, Finding

if TYPE_CHECKING:
    from lucida.models.protocols import Vectors

#: Vectors, float32 (n, dimension), to probabilities, float32 (n, labels + 1), the last that none fits.
Probabilities = Callable[["Vectors"], "Vectors"]


@dataclass(frozen=True, slots=True)
class Agreement:
    """Passes what its own label wins.

    Args:
        labels: all labels of the dataset, in the order of the probabilities' columns.
        probabilities: of the labels, and that none of them fits.
        least: of the own label.
        most: of any other label.
    """

    labels: tuple[str, ...]
    probabilities: Probabilities
    least: float
    most: float
    name: str = "agreement"

    def judge(self, candidates: Sequence[Candidate]) -> list[Finding]:
        """Samples without a vector pass: there is nobody to ask."""
        seen = [candidate.vector for candidate in candidates if candidate.vector is not None]
        rows = iter(self.probabilities(np.stack(seen)) if seen else ())
        return [
            self._finding(candidate.label, next(rows))
            if candidate.vector is not None
            else Finding(self.name, True, 1.0, self.least, "not asked: there is no encoder of pictures")
            for candidate in candidates
        ]

    def _finding(self, label: str, row: Vectors) -> Finding:
        own = self.labels.index(label)
        others = np.delete(row[:-1], own)
        rival = int(others.argmax()) if len(others) else -1
        if rival >= 0 and others[rival] > self.most:
            name = [other for other in self.labels if other != label][rival]
            value = float(others[rival])
            return Finding("rival", False, value, self.most, f"looks like {name} ({value:.2f}, at most {self.most:g})")
        value = float(row[own])
        says = f"looks like {label} with {value:.2f} (at least {self.least:g})"
        return Finding(self.name, value >= self.least, value, self.least, says)
