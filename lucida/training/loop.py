"""How a run of steps goes on until its minutes are spent: reports on the way, and is saved now and then."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar

#: Steps between two reports.
REPORTED = 20


@dataclass(frozen=True, slots=True)
class Report:
    """Where a run stands: share done 0..1, steps, examples a second, mean losses since the last report."""

    progress: float
    step: int
    rate: float
    losses: dict[str, float]


class Run(Protocol):
    """What can be gone on with step by step.

    Attributes:
        step: steps done.
        seconds: spent on them, before interruptions too.
    """

    step: int
    seconds: float

    @property
    def progress(self) -> float:
        """Share of the run that is done, 0..1."""

    def advance(self) -> dict[str, float]:
        """One step; its losses by name."""


AnyRun = TypeVar("AnyRun", bound=Run)


def spend(
    run: AnyRun,
    *,
    batch: int,
    save_minutes: float,
    save: Callable[[AnyRun], None],
    observe: Callable[[Report], None],
    evaluate: Callable[[AnyRun], None] | None = None,
) -> None:
    """Go on until the budget is spent.

    Args:
        run: to go on with.
        batch: examples per step, for the rate.
        save_minutes: between two savings; the end is saved, too.
        save: keeps the run.
        observe: hears of it every twenty steps.
        evaluate: called after each saving.
    """
    saved, seen, mark, sums = run.seconds, 0, run.seconds, dict[str, float]()
    while run.progress < 1:
        begun = time.perf_counter()
        losses = run.advance()
        run.seconds += time.perf_counter() - begun
        seen += batch
        for name, value in losses.items():
            sums[name] = sums.get(name, 0.0) + value / REPORTED
        if run.step % REPORTED == 0:
            observe(Report(run.progress, run.step, seen / max(run.seconds - mark, 1e-9), sums))
            sums, seen, mark = {}, 0, run.seconds
        if run.seconds - saved > 60 * save_minutes or run.progress >= 1:
            save(run)
            saved = run.seconds
            if evaluate is not None:
                evaluate(run)
