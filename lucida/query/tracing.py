"""The trace of an answer: every step with the time it took."""

from __future__ import annotations

import time

from lucida.types import Step


class Trace:
    """Collects steps with the time each took."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self._last = time.perf_counter()

    def add(self, name: str, detail: str) -> None:
        """Note a step; it took what has passed since the last one."""
        now = time.perf_counter()
        self.steps.append(Step(name, detail, now - self._last))
        self._last = now

    def extend(self, steps: list[Step]) -> None:
        """Take over steps that were timed elsewhere."""
        self.steps += steps
        self._last = time.perf_counter()
