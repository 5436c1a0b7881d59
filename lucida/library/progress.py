"""What a long run tells whoever watches it. The library reports; faces decide how that looks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Progress:
    """A snapshot of an ingest run.

    Attributes:
        phase: "scan" while folders are walked, "read" while files are read and embedded, "done" once at the end.
        files: files to deal with, as far as the walk has come.
        files_done: files read, skipped or failed.
        failed: files that could not be read.
        pages: pages read so far.
        items: items published so far.
        current: printable path of the file last heard of, with its page where it has many, e.g. ``a.pdf (3/12)``.
    """

    phase: str
    files: int = 0
    files_done: int = 0
    failed: int = 0
    pages: int = 0
    items: int = 0
    current: str = ""


#: Called with each snapshot, from the thread that runs the ingest; must return quickly.
Observer: TypeAlias = Callable[[Progress], None]


def ignore_progress(progress: Progress) -> None:
    """The observer of runs that nobody watches."""
