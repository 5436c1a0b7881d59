"""How far a run of several parts is: a bar for each part, one after the other."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from typing import TYPE_CHECKING

from lucida.cli.run_bar import RunBar

if TYPE_CHECKING:
    from lucida.training.diffusion.run import Stage

#: Steps of a bar.
_FINE = 1000


class StageBar:
    """Shows one run. As a context it gives a function that takes where the run stands."""

    def __init__(self) -> None:
        self._open = ExitStack()
        self._name = ""
        self._advance: Callable[..., None] = lambda *_: None

    def __enter__(self) -> Callable[[Stage], None]:
        return self._observe

    def __exit__(self, *exc_info: object) -> None:
        self._open.close()

    def _observe(self, stage: Stage) -> None:
        if stage.name != self._name:
            self._open.close()
            self._name = stage.name
            self._advance = self._open.enter_context(RunBar(stage.name.capitalize(), _FINE))
        self._advance(round(_FINE * stage.progress), _FINE, stage.remark)
