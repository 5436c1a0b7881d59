"""What a long run tells whoever watches it. The library reports; faces decide how that looks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Progress:
    """A snapshot of an ingest run, or of a switch to another encoder.

    Attributes:
        phase: "scan" while folders are walked, "read" while files are read and embedded, "embed" while vectors are made
            for what the library holds already (``files`` then counts items), "done" once at the end.
        files: files to deal with, as far as the walk has come.
        files_done: files read, skipped or failed.
        failed: files that could not be read.
        pages: pages read so far.
        items: items published so far.
        current: printable path of the file last heard of, with its page where it has many, e.g. ``a.pdf (3/12)``.
        pictures: pictures embedded so far.
    """

    phase: str
    files: int = 0
    files_done: int = 0
    failed: int = 0
    pages: int = 0
    items: int = 0
    current: str = ""
    pictures: int = 0


#: Called with each snapshot, from the thread that runs the ingest; must return quickly.
Observer: TypeAlias = Callable[[Progress], None]


class EmbedProgress:
    """Tells an observer how the embedding of items goes.

    Args:
        items: how many there are to embed.
        observer: is told.
    """

    def __init__(self, items: int, observer: Observer) -> None:
        self._observer = observer
        self._now = Progress("embed", files=items)
        observer(self._now)

    def __call__(self, embedded: int, looked_at: int) -> None:
        """Tell of a batch: how many items got vectors, and how many were looked at."""
        done, pictures = self._now.files_done + looked_at, self._now.pictures + embedded
        self._now = replace(self._now, files_done=done, pictures=pictures)
        self._observer(self._now)

    def done(self) -> None:
        """Tell of the end."""
        self._observer(replace(self._now, phase="done"))


def ignore_progress(progress: Progress) -> None:
    """The observer of runs that nobody watches."""
