"""Is a sample sharp? Variance of the Laplacian (Pech-Pacheco et al., "Diatom autofocusing in brightfield microscopy: a
comparative study", 2000).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lucida.generate.gates.gate import Candidate, Finding

if TYPE_CHECKING:
    from PIL.Image import Image

#: Longest side at which sharpness is measured: larger pictures would be judged by their noise.
_SIDE_PX = 512


@dataclass(frozen=True, slots=True)
class Sharpness:
    """Passes pictures whose Laplacian varies by at least ``least`` squared grey levels."""

    least: float
    name: str = "sharpness"

    def judge(self, candidates: Sequence[Candidate]) -> list[Finding]:
        return [self._finding(laplacian_variance(candidate.image)) for candidate in candidates]

    def _finding(self, value: float) -> Finding:
        says = f"sharpness {value:.0f} (at least {self.least:g})"
        return Finding(self.name, value >= self.least, value, self.least, says)


def laplacian_variance(image: Image) -> float:
    """Variance of the Laplacian over 4 neighbours, in squared grey levels of 255; 0 for pictures under 3 x 3."""
    from PIL.Image import Resampling

    grey = image.convert("L")
    if max(grey.size) > _SIDE_PX:
        scale = _SIDE_PX / max(grey.size)
        size = max(round(grey.width * scale), 1), max(round(grey.height * scale), 1)
        grey = grey.resize(size, Resampling.BOX, reducing_gap=2.0)
    if min(grey.size) < 3:
        return 0.0
    pixels = np.asarray(grey, dtype=np.float32)
    middle = pixels[1:-1, 1:-1]
    laplacian = pixels[:-2, 1:-1] + pixels[2:, 1:-1] + pixels[1:-1, :-2] + pixels[1:-1, 2:] - 4 * middle
    return float(laplacian.var())
