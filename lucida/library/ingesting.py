"""One ingest run: walk, triage, read ahead in worker processes, embed and publish in this one."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from lucida.config import ReadOptions
from lucida.index import FailedReading, FileState, Index
from lucida.ingest.files.walk import FoundFile, walk
from lucida.ingest.workers.pool import ReadEvent, ReadPool, ReadResult
from lucida.library.embedding import Embedder
from lucida.library.filling import catch_up
from lucida.library.progress import Observer, Progress, ignore_progress
from lucida.library.triage import Triage, Verdict
from lucida.models.protocols import OcrEngine
from lucida.types import Document, Failure, IngestReport
from lucida.types.paths import printable

#: A batch is published when it has this many passages (enough to keep the encoder's batches full) ...
BATCH_PASSAGES = 256
#: ... or this many pictures, whose pixels take memory (50 to 150 KB each) ...
BATCH_PICTURES = 256
#: ... or this many sources, or is this old: what a kill can cost is at most one batch.
BATCH_SOURCES = 64
BATCH_SECONDS = 5.0


@dataclass(slots=True)
class _Batch:
    documents: list[tuple[FileState, Document]] = field(default_factory=list)
    failures: list[FailedReading] = field(default_factory=list)
    passages: int = 0
    pictures: int = 0
    started: float = field(default_factory=time.monotonic)

    @property
    def due(self) -> bool:
        return (
            self.passages >= BATCH_PASSAGES
            or self.pictures >= BATCH_PICTURES
            or len(self.documents) + len(self.failures) >= BATCH_SOURCES
            or (bool(self.documents) and time.monotonic() - self.started > BATCH_SECONDS)
        )


class Ingestion:
    """Reads sources into an index that is open for writing.

    Args:
        index: open for writing.
        embedder: makes the vectors.
        ocr: reads scans; None leaves them without words.
        options: how sources are read.
        ignore: gitignore patterns beyond the built-in ones.
        workers: reading processes; None for one per core.
        observer: is told how the run goes.
    """

    def __init__(
        self,
        index: Index,
        embedder: Embedder,
        ocr: OcrEngine | None,
        options: ReadOptions,
        *,
        ignore: Sequence[str] = (),
        workers: int | None = None,
        observer: Observer = ignore_progress,
    ) -> None:
        self._index = index
        self._embedder = embedder
        self._ocr = ocr
        self._options = options
        self._ignore = ignore
        self._workers = workers
        self._observer = observer
        self._progress = Progress("scan")
        self._report = IngestReport()

    def run(self, roots: Sequence[Path], *, prune: bool = False, retry_failed: bool = False) -> IngestReport:
        """Ingest everything at or below the roots.

        Args:
            roots: files and folders.
            prune: forget sources below the roots whose files have vanished.
            retry_failed: read failed files again although they have not changed.

        Raises:
            KeyboardInterrupt: passed on, after what was read so far has been published.
            LibraryError: the index could not be written; what was published before is intact.
            ModelError: the library belongs to another encoder, or its encoder failed: then all that could be read has
                been published, and the next run makes the vectors that lack.
        """
        started = time.monotonic()
        roots = [Path(root).expanduser().absolute() for root in roots]
        triage = Triage(self._index, retry_failed=retry_failed)
        to_read = list(self._triaged(triage, roots))
        self._tell(phase="read", files=self._progress.files)
        if to_read:
            self._read(to_read)
        self._catch_up()
        if prune:
            self._report.removed = self._index.remove(list(triage.vanished_below(roots)))
        self._report.seconds = time.monotonic() - started
        self._tell(phase="done", current="")
        if self._embedder.problem is not None:
            raise self._embedder.problem
        return self._report

    def _catch_up(self) -> None:
        """Embed what this run or an earlier one left without vectors."""

        def told(embedded: int, looked_at: int) -> None:
            done, pictures = self._progress.files_done + looked_at, self._progress.pictures + embedded
            self._tell(phase="embed", files=max(self._progress.files, done), files_done=done, pictures=pictures)

        catch_up(self._index, self._embedder, told, self._options.passwords)

    def _triaged(self, triage: Triage, roots: Sequence[Path]) -> Iterator[FoundFile]:
        for found in walk(roots, self._ignore, exclude=self._index.folder):
            if isinstance(found, Failure):
                self._report.failed.append(found)
                self._tell(failed=self._progress.failed + 1)
                continue
            self._tell(files=self._progress.files + 1, current=printable(found.path))
            match triage.judge(found):
                case Verdict.READ:
                    yield found
                    continue
                case Verdict.UNCHANGED:
                    self._report.unchanged += 1
                case Verdict.MOVED:
                    self._report.moved += 1
            self._tell(files_done=self._progress.files_done + 1)

    def _read(self, files: Sequence[FoundFile]) -> None:
        batch = _Batch()
        try:
            with ReadPool(self._options, self._ocr, workers=self._workers) as pool:
                for event in pool.read(files):
                    if isinstance(event, ReadEvent):
                        self._heard_of(event)
                        continue
                    self._collect(batch, event)
                    if batch.due:
                        self._publish(batch)
                        batch = _Batch()
        finally:
            # Also on the way out of an interrupt, even of publishing: what has been read is worth keeping.
            self._publish(batch)

    def _heard_of(self, event: ReadEvent) -> None:
        place = f" ({event.page}/{event.pages})" if event.pages > 1 else ""
        self._tell(pages=self._progress.pages + 1, current=printable(event.path) + place)

    def _collect(self, batch: _Batch, result: ReadResult) -> None:
        state = FileState(result.file.path, result.file.size, result.file.mtime_ns, result.sha256)
        if result.document is not None:
            batch.documents.append((state, result.document))
            batch.passages += len(result.document.passages)
            batch.pictures += sum(len(page.pictures) for page in result.document.pages)
        elif result.failure is not None:
            batch.failures.append(FailedReading(state, result.failure))
            self._report.failed.append(result.failure)
            self._tell(failed=self._progress.failed + 1)
        self._tell(files_done=self._progress.files_done + 1)

    def _publish(self, batch: _Batch) -> None:
        if not batch.documents and not batch.failures:
            return
        readings = self._embedder.readings(batch.documents)
        published = self._index.publish(readings, batch.failures)
        self._report.added += published.added
        self._report.updated += published.updated
        self._report.pages += published.pages
        self._report.items += published.items
        seen = sum(int(r.picture_vectors.any(axis=1).sum()) for r in readings if r.picture_vectors is not None)
        self._tell(items=self._progress.items + published.items, pictures=self._progress.pictures + seen)

    def _tell(self, **changes: object) -> None:
        self._progress = replace(self._progress, **changes)  # type: ignore[arg-type]
        self._observer(self._progress)
