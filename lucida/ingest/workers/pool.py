"""Reads many files in worker processes, ahead of whoever consumes the results, and survives whatever they do."""

from __future__ import annotations

import queue
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from multiprocessing.connection import wait
from pathlib import Path
from types import TracebackType
from typing import Self

from lucida.config import ReadOptions
from lucida.errors import DependencyError
from lucida.ingest.files.walk import FoundFile
from lucida.ingest.workers.cores import usable_cores
from lucida.ingest.workers.process import WorkerProcess
from lucida.ingest.workers.worker import Outcome, PageRead, Ready, Setup
from lucida.models.protocols import OcrEngine
from lucida.types import Document, Failure
from lucida.types.paths import printable

#: Results that may wait for the consumer. More would only hold memory: the consumer is then the slower side.
_MAX_WAITING_PAGES = 400
_MAX_WAITING_FILES = 64
_TICK_SECONDS = 0.25
#: So many processes in a row that die before they are ready mean that the installation is at fault, not the files.
_MAX_FALSE_STARTS = 3


@dataclass(frozen=True, slots=True)
class ReadEvent:
    """A page was read."""

    path: str
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class ReadResult:
    """A file is done: exactly one of ``document`` and ``failure`` is given."""

    file: FoundFile
    sha256: str
    document: Document | None
    failure: Failure | None


class ReadPool:
    """Worker processes that read files; use as a context manager.

    Args:
        options: how to read; also the limits on time and memory.
        ocr: reads scans; must be picklable.
        workers: at most so many processes; None for one per core this process may use. They are started when there is
            work for them, so that one file costs one process.
        reader: ``module:function`` that reads a file, for tests.
    """

    def __init__(
        self,
        options: ReadOptions,
        ocr: OcrEngine | None,
        *,
        workers: int | None = None,
        reader: str = "lucida.ingest.read:read_source",
    ) -> None:
        self._setup = Setup(options, ocr, reader)
        self._most = workers or usable_cores()
        self._workers: list[WorkerProcess] = []
        self._stop = threading.Event()
        self._ending = threading.Lock()
        self._thread: threading.Thread | None = None
        self._pending: deque[FoundFile] = deque()
        self._false_starts = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End all workers; what they were reading is lost."""
        self._halt()
        for worker in self._workers:
            worker.dismiss()
        for worker in self._workers:
            worker.end(patience=0.5)
        self._workers.clear()

    def read(self, files: Iterable[FoundFile]) -> Iterator[ReadEvent | ReadResult]:
        """Read files; results come in the order in which they are done.

        Reading goes on in the background while the caller works on a result, until enough results wait. A pool serves
        one such iterator at a time; starting another, or closing this one early, ends what it was reading.

        Args:
            files: drawn at once, in the caller's thread.

        Raises:
            DependencyError: the worker processes do not start.
        """
        self._halt()
        feed = _Feed()
        self._stop.clear()
        self._pending = deque(files)
        thread = threading.Thread(target=self._serve, args=(feed,), name="lucida-read-pool", daemon=True)
        self._thread = thread
        thread.start()
        try:
            yield from feed
        finally:
            if self._thread is thread:
                self._halt()

    def _halt(self) -> None:
        """Stop handing out and gathering, and end the workers that are still at it: their results are no one's."""
        self._stop.set()
        with self._ending:  # closing in one thread ends the iterator in another, and both come here
            if self._thread is not None:
                self._thread.join()
                self._thread = None
            for worker in self._busy():
                self._bury(worker)

    def _serve(self, feed: _Feed) -> None:
        try:
            while not self._stop.is_set() and (self._pending or self._busy()):
                self._hand_out(feed)
                self._gather(feed)
        except BaseException as error:  # noqa: BLE001 - handed to the consumer's thread, which raises it
            feed.fail(error)
        else:
            feed.finish()

    def _busy(self) -> list[WorkerProcess]:
        return [worker for worker in self._workers if worker.file is not None]

    def _hand_out(self, feed: _Feed) -> None:
        while self._pending and feed.has_room(len(self._busy())):
            worker = next((worker for worker in self._workers if worker.file is None), None)
            if worker is None:
                if len(self._workers) >= self._most:
                    return
                worker = WorkerProcess(self._setup)
                self._workers.append(worker)
            worker.assign(self._pending.popleft())

    def _gather(self, feed: _Feed) -> None:
        """Wait a moment for messages; deal with those that came and with workers that have fallen silent."""
        busy = self._busy()
        if not busy:
            feed.wait_for_room(_TICK_SECONDS)
            return
        heard = set(wait([worker.connection for worker in busy], timeout=_TICK_SECONDS))
        for worker in busy:
            file = worker.file
            if file is None:
                continue
            if worker.connection in heard:
                self._hear(worker, file, feed)
            elif worker.silent_for(self._setup.options.stall_seconds):
                self._give_up(worker, file, feed)

    def _hear(self, worker: WorkerProcess, file: FoundFile, feed: _Feed) -> None:
        match worker.listen():
            case None:
                self._mourn(worker, file, feed)
            case Ready(problem=problem):
                self._false_starts = 0
                if problem:
                    raise _unable(problem)
            case PageRead(page=page, pages=pages):
                feed.put(ReadEvent(file.path, page, pages))
            case Outcome() as outcome:
                worker.file = None
                if outcome.retiring:
                    self._bury(worker, patience=1.0)
                feed.put(_result(file, outcome))

    def _mourn(self, worker: WorkerProcess, file: FoundFile, feed: _Feed) -> None:
        """A worker has died. Its file is at fault, unless it never got that far."""
        how = self._bury(worker)
        if worker.ready:
            sentence = f"{_name(file)} ended the process that read it ({how})."
            feed.put(_failed(file, worker.sha256, sentence, "Save it anew in its own program, or leave it out."))
            return
        self._false_starts += 1
        if self._false_starts >= _MAX_FALSE_STARTS:
            raise _unable(how)
        self._pending.appendleft(file)

    def _give_up(self, worker: WorkerProcess, file: FoundFile, feed: _Feed) -> None:
        self._bury(worker)
        seconds = self._setup.options.stall_seconds
        sentence = f"{_name(file)} was given up after {seconds:g} s without progress."
        feed.put(_failed(file, worker.sha256, sentence, "Allow more time with --timeout, or leave it out."))

    def _bury(self, worker: WorkerProcess, patience: float = 0.0) -> str:
        self._workers.remove(worker)
        return worker.end(patience)


class _Feed:
    """Results on their way from the pool's thread to the consumer, counted so that they never pile up."""

    def __init__(self) -> None:
        self._queue: queue.SimpleQueue[ReadEvent | ReadResult | BaseException | None] = queue.SimpleQueue()
        self._room = threading.Condition()
        self._files = 0
        self._pages = 0

    def __iter__(self) -> Iterator[ReadEvent | ReadResult]:
        while (entry := self._queue.get()) is not None:
            if isinstance(entry, BaseException):
                raise entry
            if isinstance(entry, ReadResult):
                self._count(-1, entry)
            yield entry

    def put(self, entry: ReadEvent | ReadResult) -> None:
        if isinstance(entry, ReadResult):
            self._count(1, entry)
        self._queue.put(entry)

    def finish(self) -> None:
        self._queue.put(None)

    def fail(self, error: BaseException) -> None:
        self._queue.put(error)

    def has_room(self, under_way: int) -> bool:
        return self._pages < _MAX_WAITING_PAGES and self._files + under_way < _MAX_WAITING_FILES

    def wait_for_room(self, seconds: float) -> None:
        with self._room:
            if not self.has_room(0):
                self._room.wait(seconds)

    def _count(self, sign: int, result: ReadResult) -> None:
        with self._room:
            self._files += sign
            self._pages += sign * len(result.document.pages if result.document else ())
            self._room.notify()


def _name(file: FoundFile) -> str:
    return printable(Path(file.path).name)


def _failed(file: FoundFile, sha256: str, sentence: str, advice: str) -> ReadResult:
    return ReadResult(file, sha256, None, Failure(printable(file.path), sentence, advice))


def _unable(reason: str) -> DependencyError:
    return DependencyError(
        f"The processes that read files do not start ({reason.rstrip('.')}).",
        "Run lucida doctor, and reinstall what it names.",
    )


def _result(file: FoundFile, outcome: Outcome) -> ReadResult:
    if outcome.size or outcome.mtime_ns:
        file = replace(file, size=outcome.size, mtime_ns=outcome.mtime_ns)
    return ReadResult(file, outcome.sha256, outcome.document, outcome.failure)
