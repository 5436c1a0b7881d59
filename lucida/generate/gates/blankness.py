"""Is there anything to see? Black, white and plain pictures are what generators give when they fail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lucida.generate.gates.gate import Candidate, Finding

if TYPE_CHECKING:
    from PIL.Image import Image

#: A picture is looked at so large: noise of single pixels is nothing to see.
_SIDE_PX = 64


@dataclass(frozen=True, slots=True)
class Blankness:
    """Passes pictures of which some channel varies by at least ``least`` levels."""

    least: float
    name: str = "blankness"

    def judge(self, candidates: Sequence[Candidate]) -> list[Finding]:
        return [self._finding(variation(candidate.image)) for candidate in candidates]

    def _finding(self, value: float) -> Finding:
        says = f"varies by {value:.1f} levels (at least {self.least:g})"
        return Finding(self.name, value >= self.least, value, self.least, says)


def variation(image: Image) -> float:
    """The largest standard deviation of the three channels, in levels of 255, at 64 px."""
    small = image.convert("RGB").reduce(max(max(image.size) // _SIDE_PX, 1))
    return float(np.asarray(small, dtype=np.float32).std(axis=(0, 1)).max())
