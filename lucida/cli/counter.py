"""Shows how far a long piece of work is: a live bar on a terminal, a plain line now and then elsewhere."""

from __future__ import annotations

import time
from types import TracebackType
from typing import TYPE_CHECKING, Self

from lucida.cli.output import err

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

#: Away from a terminal, one line per so many seconds.
INTERVAL_SECONDS = 5.0


class Counter:
    """A context manager that is called with (done, total); total is 0 while it is not known.

    Args:
        verb: what is being done, e.g. "Comparing".
        nouns: what is being counted, e.g. "pairs".
    """

    def __init__(self, verb: str, nouns: str) -> None:
        self._verb, self._nouns = verb, nouns
        self._bar: Progress | None = None
        self._task: TaskID | None = None
        self._started = self._shown = time.monotonic()

    def __enter__(self) -> Self:
        self._started = self._shown = time.monotonic()
        if err().is_terminal:
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

            rate = TextColumn("{task.fields[nouns]} · {task.fields[rate]:.1f}/s ·")
            text, bar = TextColumn("{task.description}"), BarColumn(bar_width=24)
            self._bar = Progress(
                text, bar, MofNCompleteColumn(), rate, TimeRemainingColumn(), console=err(), transient=True
            )
            self._bar.start()
            self._task = self._bar.add_task(self._verb, total=None, nouns=self._nouns, rate=0.0)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def __call__(self, done: int, total: int) -> None:
        now = time.monotonic()
        rate = done / max(now - self._started, 1e-9)
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, completed=done, total=total or None, rate=rate)
        elif now - self._shown >= INTERVAL_SECONDS:
            self._shown = now
            of = f"/{total:,}" if total else ""
            err().print(f"{self._verb}: {done:,}{of} {self._nouns}, {rate:.1f}/s")
