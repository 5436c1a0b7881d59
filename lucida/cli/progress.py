"""Shows an ingest run: a live bar on a terminal, a plain line now and then elsewhere."""

from __future__ import annotations

import time
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self

from lucida.cli.output import err
from lucida.library.progress import Progress

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID

#: Away from a terminal, one line per so many seconds.
PLAIN_INTERVAL_SECONDS = 5.0


class Display(Protocol):
    """A context manager that is called with every snapshot."""

    def __enter__(self) -> Self: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
    def __call__(self, progress: Progress) -> None: ...


def display() -> Display:
    """The display that fits where stderr goes."""
    return LiveDisplay() if err().is_terminal else PlainDisplay()


class PlainDisplay:
    """Lines for logs and pipes: start, every few seconds, nothing once done (the command prints its summary)."""

    def __init__(self, interval: float = PLAIN_INTERVAL_SECONDS) -> None:
        self._interval = interval
        self._started = self._printed = time.monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def __call__(self, progress: Progress) -> None:
        now = time.monotonic()
        if now - self._printed < self._interval or progress.phase == "done":
            return
        self._printed = now
        seconds = max(now - self._started, 1e-9)
        seen = f"{progress.pictures} pictures, {progress.pictures / seconds:.1f} pictures/s, "
        if progress.phase == "embed":
            err().print(f"embed: {progress.files_done}/{progress.files}, {seen.rstrip(', ')}")
            return
        err().print(
            f"{progress.phase}: {progress.files_done}/{progress.files} files, {progress.pages} pages, "
            f"{progress.pages / seconds:.1f} pages/s, {seen if progress.pictures else ''}"
            f"{progress.failed} failed, {progress.current}"
        )


class LiveDisplay:
    """A bar of files with pages, pages/s, pictures/s, time left and the file being read."""

    def __init__(self) -> None:
        self._bar: RichProgress | None = None
        self._task: TaskID | None = None

    def __enter__(self) -> Self:
        from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as RichProgress

        self._bar = RichProgress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TextColumn("{task.fields[counts]} ·"),
            TimeRemainingColumn(),
            TextColumn("· {task.fields[current]}", markup=False),
            console=err(),
            transient=True,
        )
        self._bar.start()
        self._task = self._bar.add_task("Looking", total=None, counts="files", current="")
        self._started = time.monotonic()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def __call__(self, progress: Progress) -> None:
        if self._bar is None or self._task is None:
            return
        reading = progress.phase != "scan"
        self._bar.update(
            self._task,
            description="Embedding" if progress.phase == "embed" else "Reading" if reading else "Looking",
            total=progress.files if reading else None,
            completed=progress.files_done,
            counts=_counts(progress, max(time.monotonic() - self._started, 1e-9)),
            current=_tail(progress.current, 48),
        )


def _counts(progress: Progress, seconds: float) -> str:
    """What has been done so far, and how fast."""
    pages = f"files · {progress.pages} pages · {progress.pages / seconds:.1f}/s"
    pictures = f"{progress.pictures} pictures · {progress.pictures / seconds:.1f}/s"
    if progress.phase == "embed":
        return pictures
    return f"{pages} · {pictures}" if progress.pictures else pages


def _tail(text: str, length: int) -> str:
    return text if len(text) <= length else "…" + text[-length + 1 :]
