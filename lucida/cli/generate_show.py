"""How runs that make pictures are shown: a bar while they go, counts and places at the end."""

from __future__ import annotations

import time
from collections import Counter as Tally
from types import TracebackType
from typing import TYPE_CHECKING, Self

from lucida.cli.counter import INTERVAL_SECONDS
from lucida.cli.output import err, out, plural, print_json, short_path

if TYPE_CHECKING:
    from rich.progress import Progress

    from lucida.generate.making.job import Making
    from lucida.library.generating import Made


class MakingBar:
    """A context that gives what hears of a run: a bar on a terminal, a line now and then elsewhere."""

    def __init__(self) -> None:
        self._bar: Progress | None = None
        self._shown = time.monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Take the bar away, before something else is printed."""
        if self._bar is not None:
            self._bar.stop()

    def __call__(self, making: Making) -> None:
        """Show how far the run is."""
        said = f"{making.accepted:,}/{making.wanted:,} accepted of {making.drawn:,} drawn · {making.label}"
        if making.steps:
            said += f" · step {making.step}/{making.steps}"
        if err().is_terminal:
            self._draw(making, said)
        elif time.monotonic() - self._shown >= INTERVAL_SECONDS:
            self._shown = time.monotonic()
            err().print(f"Drawing: {said}", markup=False)

    def _draw(self, making: Making, said: str) -> None:
        if self._bar is None:
            from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

            said_column = TextColumn("{task.description}", markup=False)
            columns = (BarColumn(bar_width=24), said_column, TimeRemainingColumn())
            self._bar = Progress(*columns, console=err(), transient=True)
            self._bar.add_task(said, total=making.wanted)
            self._bar.start()
        self._bar.update(self._bar.task_ids[0], completed=making.accepted, description=said)


def report(made: Made, *, as_json: bool) -> None:
    """Say what was made: one JSON document, or counts, reasons and places."""
    if as_json:
        print_json(made.to_json())
    else:
        samples = made.manifest.samples()
        passed = sum(row["accepted"] for row in samples)
        told = f"{plural(len(samples), 'picture')} drawn, {passed:,} accepted"
        if made.manifest.real:
            told += f", {len(made.manifest.real):,} real from the library"
        out().print(told)
        gates = Tally(reason["gate"] for row in samples for reason in row["reasons"])
        if gates:
            out().print("not passed: " + ", ".join(f"{gate} {count:,}" for gate, count in gates.most_common()))
        places = (("sheet", made.sheet), ("card", made.card), ("manifest", made.folder / "manifest.json"))
        for name, path in places:
            if path is not None:
                out().print(f"{name}: {short_path(str(path))}")
    seconds = made.manifest.seconds()
    if seconds["drawing"]:
        share = seconds["gates"] / seconds["drawing"]
        err().print(f"drawing {seconds['drawing']:.1f} s, gates {seconds['gates']:.1f} s ({share:.0%})")
    for note in (*made.manifest.notes, *made.manifest.shortfalls()):
        err().print(f"note: {note}", style="yellow", markup=False)
