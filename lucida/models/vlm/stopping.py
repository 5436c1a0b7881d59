"""When a model has said enough: a deadline, beside the limit of tokens and its own mark of the end."""

from __future__ import annotations

import time
from typing import Any

from lucida.lazy import require


class Deadline:
    """A stopping criterion of transformers, by shape.

    Args:
        at: ``time.monotonic()`` at which to stop; None is never.
    """

    def __init__(self, at: float | None) -> None:
        self._at = at
        #: Whether it was this that stopped the model.
        self.reached = False

    def passed(self) -> bool:
        """Whether time has run out; remembered."""
        self.reached = self.reached or (self._at is not None and time.monotonic() >= self._at)
        return self.reached

    def __call__(self, input_ids: Any, scores: Any, **_: Any) -> Any:
        """Asked after every token: one truth value for each row of ``input_ids``, of shape (n, t)."""
        torch = require("torch", "run a model")
        return torch.full((input_ids.shape[0],), self.passed(), dtype=torch.bool, device=input_ids.device)
