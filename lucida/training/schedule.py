"""How a run goes on: its budget, its learning rate, the size of its pictures.

A budget is counted in minutes, so that "train for two hours" means the same on any machine; the share that is done
rules the rest.
"""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Schedule:
    """Warm-up, then a cosine down to nothing; pictures grow on the way.

    Progressive resizing: Tan & Le, "EfficientNetV2: Smaller Models and Faster Training" (2021).

    Attributes:
        peak_rate: greatest learning rate.
        warm_up: share of the run in which the rate rises.
        sides: sides of the training pictures in pixels, in order ...
        until: ... and the share of the run at which each gives way to the next; the last is 1.
    """

    peak_rate: float = 0.2
    warm_up: float = 0.03
    sides: tuple[int, ...] = (96, 128)
    until: tuple[float, ...] = (0.65, 1.0)

    def rate(self, progress: float) -> float:
        """The learning rate at a share of the run, 0..1."""
        if progress < self.warm_up:
            return self.peak_rate * max(progress / self.warm_up, 0.01)
        share = min((progress - self.warm_up) / (1 - self.warm_up), 1.0)
        return self.peak_rate * max(0.5 * (1 + math.cos(math.pi * share)), 1e-4)

    def side(self, progress: float) -> int:
        """The pictures' side in pixels at a share of the run, 0..1."""
        return next((side for side, end in zip(self.sides, self.until, strict=True) if progress < end), self.sides[-1])
