"""Large merges, prepared on a thread of their own while the library is written.

The thread reads old files and writes one new one, which no row names yet; only the writer's own thread commits. So a
library whose process dies, or that is closed before the thread is done, has lost time and nothing else: the file is
swept, and the merge is due again.
"""

from __future__ import annotations

import os
import sys
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

from lucida.errors import LibraryError, StorageFullError
from lucida.index.merging import Plan, Prepared, commit, due, in_force, merge, plan, prepare
from lucida.index.storage import remove_files
from lucida.lazy import require

if TYPE_CHECKING:
    from lucida.index.publication import Publisher

_NICENESS = 10


class _GivenUpError(Exception):
    """Nobody wants the segment any more."""


class Background:
    """Prepares one merge at a time. All methods are for the writer's thread."""

    def __init__(self) -> None:
        self._thread: threading.Thread | None = None
        self._unwanted = threading.Event()
        self._planned: Plan | None = None
        self._prepared: Prepared | None = None
        self._error: Exception | None = None

    @property
    def busy(self) -> bool:
        """Whether a merge has been begun and is not yet in force."""
        return self._thread is not None

    def begin(self, publisher: Publisher, planned: Plan) -> None:
        """Prepare a merge; nothing must be under way."""
        self._unwanted.clear()
        self._planned = planned
        self._thread = threading.Thread(target=self._run, args=(publisher, planned), name="merging", daemon=True)
        self._thread.start()

    def _run(self, publisher: Publisher, planned: Plan) -> None:
        _step_back()
        try:
            self._prepared = prepare(publisher, planned, self._pulse)
        except (_GivenUpError, StorageFullError):
            pass  # it stays due; a full disk is reported by whoever writes what was asked for
        except (LibraryError, RuntimeError, OSError, MemoryError) as error:  # the writer's thread raises it
            self._error = error

    def _pulse(self) -> None:
        if self._unwanted.is_set():
            raise _GivenUpError

    def collect(self, publisher: Publisher, *, wait: bool = False) -> None:
        """Put what is prepared in force, unless another merge has taken its segments meanwhile.

        Args:
            publisher: whose library it is.
            wait: for the merge that is under way.

        Raises:
            LibraryDamagedError: a segment is not what was written; nothing is changed.
        """
        if self._thread is None or (self._thread.is_alive() and not wait):
            return
        planned = self._planned
        prepared, error = self._ended()
        if error is not None and planned is not None and in_force(publisher, planned):
            raise error  # otherwise it is that of a file which was rightly deleted before it was read
        if prepared is not None:
            with publisher.swept_on_failure():
                commit(publisher, prepared)

    def stop(self, publisher: Publisher) -> None:
        """Give up what is under way, and drop what is prepared."""
        self._unwanted.set()
        prepared, _ = self._ended()
        if prepared is not None and prepared.segment is not None:
            remove_files([publisher.segments / prepared.segment.name])

    def close(self, publisher: Publisher) -> None:
        """Put what is prepared in force, if it can be; give up what is under way."""
        with suppress(LibraryError):
            self.collect(publisher)
        self.stop(publisher)

    def _ended(self) -> tuple[Prepared | None, Exception | None]:
        if self._thread is not None:
            self._thread.join()
        outcome = self._prepared, self._error
        self._thread = self._planned = self._prepared = self._error = None
        return outcome


def _step_back() -> None:
    """Leave the processors to those who wait for an answer: one thread, and that at low priority where we can."""
    require("faiss", "store vectors").omp_set_num_threads(1)
    if sys.platform == "linux":  # there, niceness is each thread's own
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)


def settle(publisher: Publisher, background: Background) -> None:
    """Merge what has come due since the last publication: small segments at once, large ones in the background.

    Large merges that nobody gave the time for, because the library was never open for long, are waited for in the end.
    """
    background.collect(publisher)
    while found := [entry for entry in due(publisher) if not entry.is_large(publisher.scale)]:
        for entry in found:
            merge(publisher, entry.group)
    while late := next((entry for entry in due(publisher) if entry.overdue), None):
        if background.busy:
            background.collect(publisher, wait=True)
        else:
            merge(publisher, late.group)
    if not background.busy and (large := due(publisher)):
        background.begin(publisher, plan(publisher, large[0].group))
