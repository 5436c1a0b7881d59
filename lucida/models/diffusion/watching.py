"""Tells how far a drawing is, step by step."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from lucida.models.diffusion.preview import preview
from lucida.models.protocols.drawing import DrawStep

if TYPE_CHECKING:
    from lucida.models.diffusion.checking import Plan


class Watcher:
    """Turns the pipeline's calls after each step into ``DrawStep``.

    Args:
        plan: what is drawn.
        on_step: whom to tell, or None.
        factor: pixels per side of a latent, for previews.
    """

    def __init__(self, plan: Plan, on_step: Callable[[DrawStep], None] | None, factor: int) -> None:
        self._plan, self._on_step, self._factor = plan, on_step, factor
        self._began = time.monotonic()
        self._done = self._before = self._many = 0
        #: What ``on_step`` raised: the caller's own error, not the model's.
        self.failure: BaseException | None = None

    def begin(self, before: int, many: int) -> None:
        """A call for the next pictures begins."""
        self._before, self._many = before, many

    def step(self, pipe: Any, number: int, _time: Any, state: dict[str, Any]) -> dict[str, Any]:
        """Hear of a step."""
        self.latents(pipe, number, _time, state["latents"])
        return {}

    def latents(self, pipe: Any, number: int, _time: Any, latents: Any) -> None:
        """Hear of a step from a pipeline that tells nothing but latents."""
        if self._on_step is None:
            return
        each = int(getattr(pipe, "num_timesteps", None) or self._plan.request.num_inference_steps or 1)
        self._done = self._before * each + (number + 1) * self._many
        told = DrawStep(
            done=self._done,
            total=self._plan.request.count * each,
            seconds=time.monotonic() - self._began,
            preview=lambda: preview(pipe, latents, self._plan.drawn_px, self._factor),
        )
        try:
            self._on_step(told)
        except BaseException as error:
            self.failure = error
            raise
