"""One ingest run: walk, triage, read ahead in worker processes, embed and publish in this one."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from lucida.config import ReadOptions
from lucida.index import FailedReading, FileState, Index, Reading
from lucida.ingest.files.walk import FoundFile, walk
from lucida.ingest.workers.pool import ReadEvent, ReadPool, ReadResult
from lucida.library.progress import Observer, Progress, ignore_progress
from lucida.library.triage import Triage, Verdict
from lucida.models.protocols import OcrEngine, TextEncoder
from lucida.types import Document, Failure, IngestReport
from lucida.types.paths import printable

#: A batch is published when it has this many passages (enough to keep the encoder's batches full) ...
BATCH_PASSAGES = 256
#: ... or this many sources, or is this old: what a kill can cost is at most one batch.
BATCH_SOURCES = 64
BATCH_SECONDS = 5.0


@dataclass(slots=True)
class _Batch:
    documents: list[tuple[FileState, Document]] = field(default_factory=list)
    failures: list[FailedReading] = field(default_factory=list)
    passages: int = 0
    started: float = field(default_factory=time.monotonic)

    @property
    def due(self) -> bool:
        return (
            self.passages >= BATCH_PASSAGES
            or len(self.documents) + len(self.failures) >= BATCH_SOURCES
            or (bool(self.documents) and time.monotonic() - self.started > BATCH_SECONDS)
        )


class Ingestion:
    """Reads sources into an index that is open for writing.

    Args:
        index: open for writing.
        encoder: called once, when the first passages are there: a run that finds nothing new loads no model. It may
            give None, and then passages are searched by their words alone.
        ocr: reads scans; None leaves them without words.
        options: how sources are read.
        ignore: gitignore patterns beyond the built-in ones.
        workers: reading processes; None for one per core.
        observer: is told how the run goes.
    """

    def __init__(
        self,
        index: Index,
        encoder: Callable[[], TextEncoder | None],
        ocr: OcrEngine | None,
        options: ReadOptions,
        *,
        ignore: Sequence[str] = (),
        workers: int | None = None,
        observer: Observer = ignore_progress,
    ) -> None:
        self._index = index
        self._encoder = encoder
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
        """
        started = time.monotonic()
        roots = [Path(root).expanduser().absolute() for root in roots]
        triage = Triage(self._index, retry_failed=retry_failed)
        to_read = list(self._triaged(triage, roots))
        self._tell(phase="read", files=self._progress.files)
        if to_read:
            self._read(to_read)
        if prune:
            self._report.removed = self._index.remove(list(triage.vanished_below(roots)))
        self._report.seconds = time.monotonic() - started
        self._tell(phase="done", current="")
        return self._report

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
                        full, batch = batch, _Batch()
                        self._publish(full)
        finally:
            # Also on the way out of an interrupt: what has been read is worth keeping.
            self._publish(batch)

    def _heard_of(self, event: ReadEvent) -> None:
        place = f" ({event.page}/{event.pages})" if event.pages > 1 else ""
        self._tell(pages=self._progress.pages + 1, current=printable(event.path) + place)

    def _collect(self, batch: _Batch, result: ReadResult) -> None:
        state = FileState(result.file.path, result.file.size, result.file.mtime_ns, result.sha256)
        if result.document is not None:
            batch.documents.append((state, result.document))
            batch.passages += len(result.document.passages)
        elif result.failure is not None:
            batch.failures.append(FailedReading(state, result.failure))
            self._report.failed.append(result.failure)
            self._tell(failed=self._progress.failed + 1)
        self._tell(files_done=self._progress.files_done + 1)

    def _publish(self, batch: _Batch) -> None:
        if not batch.documents and not batch.failures:
            return
        published = self._index.publish(self._embedded(batch.documents), batch.failures)
        self._report.added += published.added
        self._report.updated += published.updated
        self._report.pages += published.pages
        self._report.items += published.items
        self._tell(items=self._progress.items + published.items)

    def _embedded(self, documents: Sequence[tuple[FileState, Document]]) -> list[Reading]:
        texts = [passage_input(p.text, p.section) for _, document in documents for p in document.passages]
        encoder = self._encoder() if texts else None
        if encoder is None:
            return [Reading(state, document, None) for state, document in documents]
        self._index.bind_encoder(encoder.spec, encoder.fingerprint, encoder.dimension)
        vectors = encoder.encode_texts(texts)
        readings, at = [], 0
        for state, document in documents:
            end = at + len(document.passages)
            readings.append(Reading(state, document, vectors[at:end]))
            at = end
        return readings

    def _tell(self, **changes: object) -> None:
        self._progress = replace(self._progress, **changes)  # type: ignore[arg-type]
        self._observer(self._progress)


def passage_input(text: str, section: tuple[str, ...]) -> str:
    """What the encoder sees of a passage: its innermost title, then its text.

    A passage under "Cancellation" often does not say the word again; the title carries it into the vector.
    """
    return f"{section[-1]}. {text}" if section and not text.startswith(section[-1]) else text
