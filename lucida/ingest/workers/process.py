"""A worker as its parent sees it: started, given a file, listened to, and ended."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from multiprocessing.connection import Connection

from lucida.ingest.files.walk import FoundFile
from lucida.ingest.workers.worker import Begun, Message, Ready, Setup

#: Threads in libraries would fight over the cores that the workers themselves fill.
_ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OMP_THREAD_LIMIT", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")

#: glibc gives every thread a heap that reserves 64 MB of addresses, which count against the memory limit.
_FEW_HEAPS = {"MALLOC_ARENA_MAX": "2"}
#: A process may take so long to start on a machine that is busy, whatever the limit for files is.
_START_SECONDS = 120.0

_PROGRAM = "from lucida.ingest.workers.worker import main; main()"


class WorkerProcess:
    """One worker, idle or busy with one file.

    A plain child process instead of ``multiprocessing``'s: those import the caller's main module again, so a script
    without a main guard would start itself over in each of them.

    Attributes:
        file: what it is reading, or None.
        sha256: hash of what it is reading, once it has told.
        ready: whether it has started and understood its setup.
    """

    def __init__(self, setup: Setup) -> None:
        ours, theirs = socket.socketpair()
        command = [sys.executable, "-P", "-W", "ignore", "-c", _PROGRAM, str(theirs.fileno())]
        environment = {**os.environ, **_ONE_THREAD, **_FEW_HEAPS, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - our own module, in our own interpreter
                command,
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=environment,
                start_new_session=True,  # so that its own children, the OCR engine's, can be ended with it
            )
        self.connection = Connection(ours.detach())
        self.file: FoundFile | None = None
        self.sha256 = ""
        self.ready = False
        self._heard = time.monotonic()
        with contextlib.suppress(OSError):  # dead already: the first assignment will find out
            self.connection.send(setup)

    def assign(self, file: FoundFile) -> None:
        """Give it a file to read."""
        self.file, self.sha256 = file, ""
        self._heard = time.monotonic()
        with contextlib.suppress(OSError):  # dead: listening to it gives the end of its life
            self.connection.send(file.path)

    def listen(self) -> Message | None:
        """Its next message, which must be there already; None when it has died."""
        self._heard = time.monotonic()
        try:
            message: Message = self.connection.recv()
        except (EOFError, OSError):
            return None
        if isinstance(message, Begun):
            self.sha256 = message.sha256
        elif isinstance(message, Ready):
            self.ready = not message.problem
        return message

    def silent_for(self, seconds: float) -> bool:
        """Whether it has been silent for longer than that; one that is still starting is given two minutes."""
        return time.monotonic() - self._heard > (seconds if self.ready else max(seconds, _START_SECONDS))

    def dismiss(self) -> None:
        """Tell an idle worker to go."""
        with contextlib.suppress(OSError):
            self.connection.send(None)

    def end(self, patience: float = 0.0) -> str:
        """Make sure that it and its children are gone.

        Args:
            patience: seconds that it gets to leave by itself.

        Returns:
            How it ended, for people: ``signal SIGSEGV`` or ``exit code 1``.
        """
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(patience)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        code = self._process.wait()
        self.connection.close()
        return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
