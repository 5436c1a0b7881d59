"""How far a long run is: a bar on a terminal, a line now and then elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lucida.cli.output import err

if TYPE_CHECKING:
    from collections.abc import Callable


class RunBar:
    """Shows one run. As a context it gives a function that takes what is done, of how much, and a remark.

    Args:
        what: is being done.
        total: how much there is to do.
    """

    def __init__(self, what: str, total: int) -> None:
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (TextColumn(what), BarColumn(bar_width=24), TextColumn("{task.percentage:>3.0f}%"))
        remark = TextColumn("{task.fields[remark]}", markup=False)
        self._progress = Progress(*columns, TimeRemainingColumn(), remark, console=err(), transient=True)
        self._task = self._progress.add_task(what, total=total, remark="")
        self._what, self._tenth = what, 0

    def __enter__(self) -> Callable[..., None]:
        self._progress.start()
        return self._advance

    def __exit__(self, *exc_info: object) -> None:
        self._progress.stop()

    def _advance(self, done: int, total: int, remark: str = "") -> None:
        self._progress.update(self._task, completed=done, total=total, remark=remark)
        if not err().is_terminal and (tenth := 20 * done // max(total, 1)) > self._tenth:
            self._tenth = tenth
            err().print(f"{self._what}: {done / max(total, 1):.0%} {remark}", markup=False)
