"""``Library``: chooses the back ends, opens the index, and hands the verbs to the rooms that do the work."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Self

from lucida.config import LibraryConfig, ReadOptions, library_folder
from lucida.errors import LibraryError, UsageError
from lucida.index import Compacted, Filter, Index, ItemRow, PageRow, Problem, SourceRow, Statistics
from lucida.library.backends import Backends
from lucida.library.place import settled
from lucida.library.progress import Observer, ignore_progress
from lucida.types import Answer, Box, Citation, Hit, IngestReport
from lucida.types.paths import printable

if TYPE_CHECKING:
    from PIL.Image import Image

    from lucida.models.protocols import TextEncoder


class Library:
    """One folder that can be searched and asked. Use ``Library.open``; close it, or use it in a ``with`` block.

    Many processes may read one library at a time, and one may write. A ``Library`` holds the writer's lock only while
    a writing method runs.
    """

    def __init__(self, folder: Path, config: LibraryConfig) -> None:
        self.folder = folder
        self.config = config
        self._index: Index | None = None
        #: Tried in turn when a page of an encrypted document is drawn; kept in memory only.
        self.passwords: tuple[str, ...] = ()
        self._backends = Backends(config)

    @classmethod
    def open(cls, folder: str | os.PathLike[str] | None = None, *, create: bool = True) -> Self:
        """Open the library in a folder, made on first use.

        Args:
            folder: the library's own folder; None takes ``$LUCIDA_LIBRARY``, else ``./.lucida``.
            create: make it when it is not there.

        Raises:
            UsageError: it is not there and ``create`` is false, the folder is a file or holds other things, or
                ``lucida.toml`` is wrong.
            LibraryError: it is damaged, or was written by a newer Lucida.
        """
        path = library_folder(folder)
        library = cls(path, settled(path, create=create))
        if not library.config.database and not (path / "catalogue.db").exists():
            with library._writing():
                pass  # opening for writing makes the catalogue
        return library

    def close(self) -> None:
        """Let go of files and database connections. The object can be used again; it reopens what it needs."""
        if self._index is not None:
            self._index.close()
            self._index = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    # -- writing ------------------------------------------------------------------------------------------------

    def ingest(
        self,
        *paths: str | os.PathLike[str],
        options: ReadOptions | None = None,
        prune: bool = False,
        retry_failed: bool = False,
        workers: int | None = None,
        observer: Observer = ignore_progress,
    ) -> IngestReport:
        """Read files and folders into the library; what has not changed since last time is skipped.

        Files that cannot be read are listed in the report's ``failed`` and stop nothing.

        Raises:
            UsageError: no path was given.
            DependencyError: a language is asked for that the OCR engine lacks, or RapidOCR is chosen and missing.
                (Where Tesseract itself is missing, scans fail one by one, and the rest is read.)
            LibraryError: locked by another writer, damaged, or the disk is full.
        """
        from lucida.library.ingesting import Ingestion

        if not paths:
            raise UsageError("There is nothing to ingest.", "Name at least one file or folder.")
        if options is None:
            options = ReadOptions(languages=self.config.languages)
        else:
            self.passwords = options.passwords or self.passwords
        ocr = self._backends.ocr(options.languages)
        with self._writing() as index:
            run = Ingestion(
                index, self.encoder, ocr, options, ignore=self.config.ignore, workers=workers, observer=observer
            )
            return run.run([Path(path) for path in paths], prune=prune, retry_failed=retry_failed)

    def watch(
        self,
        *paths: str | os.PathLike[str],
        stop: threading.Event,
        options: ReadOptions | None = None,
        observer: Observer = ignore_progress,
    ) -> Iterator[IngestReport]:
        """Ingest, then keep going: yields a report after the first run and after each batch of changes.

        The writer's lock is held only while a batch is read. Vanished files are forgotten.
        """
        from lucida.ingest.files.watch import watch

        yield self.ingest(*paths, options=options, observer=observer, prune=True)
        roots = [Path(path).expanduser().absolute() for path in paths]
        for _changes in watch(roots, self.config.ignore, exclude=self.folder, stop=stop):
            yield self.ingest(*paths, options=options, observer=observer, prune=True)

    def remove(self, *patterns: str) -> list[SourceRow]:
        """Forget sources and all that was made from them, by id, path or glob. The files themselves stay.

        Returns:
            The sources that were removed.

        Raises:
            UsageError: a pattern matches no source.
        """
        rows = {row.id: row for pattern in patterns for row in self.find_sources(pattern)}
        with self._writing() as index:
            index.remove(list(rows))
        return list(rows.values())

    def compact(self) -> Compacted:
        """Merge vector segments and drop what was deleted from them."""
        with self._writing() as index:
            return index.compact()

    def verify(self, *, repair: bool = False) -> list[Problem]:
        """Check that catalogue, segments, blobs and full text agree; with ``repair``, mend what can be mended."""
        if repair:
            with self._writing() as index:
                return index.verify(repair=True)
        problems = self._reading().verify()
        if not problems:
            return []
        # A writer that was killed may have left files behind. The next one sweeps them, so they are no damage.
        with suppress(LibraryError), self._writing():
            pass
        return self._reading().verify()

    # -- finding ------------------------------------------------------------------------------------------------

    def search(
        self,
        query: str,
        *,
        top_k: int = 10,
        kind: str | None = None,
        path: str | None = None,
        media_type: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> list[Hit]:
        """Find passages by meaning and by words.

        Args:
            query: words or a sentence.
            top_k: at most so many hits.
            kind: "passage", "picture" or "page"; None for any.
            path: glob on the source's path, or on its name when it has no slash.
            media_type: e.g. ``application/pdf`` or ``image/*``.
            since, until: bounds on the source's own date.

        Raises:
            UsageError: the query is empty, or an argument makes no sense.
        """
        from lucida.query.search import SearchRequest, search

        where = Filter(kind=kind, path=path, media_type=media_type, since=since, until=until)
        self._backends.load_encoder_ahead()
        index = self._reading()
        encoder = self.encoder() if index.encoder() is not None else None
        return search(index, encoder, SearchRequest(query, top_k, where))

    def ask(self, question: str, *, path: str | None = None, media_type: str | None = None) -> Answer:
        """Answer from the documents, with the place that proves it, or abstain.

        Raises:
            UsageError: the question is empty.
        """
        from lucida.query.ask import ask

        self._backends.load_encoder_ahead()
        index = self._reading()
        encoder = self.encoder() if index.encoder() is not None else None
        answer = ask(index, encoder, question, Filter(path=path, media_type=media_type))
        index.record_answer(question, answer)
        return answer

    def evidence(self, answer: Answer, *, dpi: int = 150) -> Image | None:
        """Draw the answer's citations: crops of their pages with the boxes marked; None for an abstention."""
        from lucida.query.evidence import evidence_sheet

        pictures = [
            (
                self.cited(citation, dpi=dpi),
                f"{printable(Path(citation.source).name)}, page {citation.page}: {citation.quote}",
            )
            for citation in answer.citations
        ]
        return evidence_sheet(pictures) if pictures else None

    def cited(self, citation: Citation, *, dpi: int = 150) -> Image:
        """The part of the page around a citation, with its box marked."""
        from lucida.query.evidence import draw_evidence

        return draw_evidence(self.page_image(citation.source, citation.page, dpi=dpi), [citation.box])

    def page_image(self, source: str | int, page: int = 1, *, dpi: int = 150, box: Box | None = None) -> Image:
        """A page as displayed, RGB; with ``box``, that part of it.

        Raises:
            UsageError: the source is not in the library.
            SourceError: its file is gone or is no longer what was read.
        """
        from lucida.ingest.render import render_page

        row = self.source(source)
        return render_page(Path(row.path), row.media_type, page, dpi=dpi, passwords=self.passwords, box=box)

    def picture(self, hit: Hit | Citation, *, dpi: int = 150) -> Image:
        """The pixels a hit or a citation points at."""
        return self.page_image(hit.source, hit.page, dpi=dpi, box=hit.box)

    # -- looking after it ---------------------------------------------------------------------------------------

    def sources(self, *, failed: bool | None = None) -> list[SourceRow]:
        """All sources, or only those that could (False) or could not (True) be read."""
        return self._reading().sources(failed=failed)

    def source(self, key: str | int) -> SourceRow:
        """One source by id or path.

        Raises:
            UsageError: there is none, or the name fits several.
        """
        rows = self.find_sources(str(key))
        if len(rows) > 1:
            names = ", ".join(printable(row.path) for row in rows[:3])
            raise UsageError(f"{key} fits {len(rows)} sources ({names}, ...).", "Give the whole path or the id.")
        return rows[0]

    def find_sources(self, pattern: str) -> list[SourceRow]:
        """Sources by id, path (whole, relative, or name) or glob.

        Raises:
            UsageError: there is none.
        """
        from lucida.library.naming import matching

        rows = matching(pattern, self.sources())
        if not rows:
            raise UsageError(
                f"No source in the library matches {printable(pattern)}.", "See what there is with: lucida status."
            )
        return rows

    def pages(self, source: str | int) -> list[PageRow]:
        """The pages of a source, with words and regions."""
        return self._reading().pages(self.source(source).id)

    def passages(self, source: str | int, page: int | None = None) -> list[ItemRow]:
        """The passages of a source, in reading order."""
        return self._reading().passages_of(self.source(source).id, page)

    def statistics(self) -> Statistics:
        """Counts and sizes."""
        return self._reading().statistics()

    # -- back ends ----------------------------------------------------------------------------------------------

    def encoder(self) -> TextEncoder:
        """The text encoder that ``lucida.toml`` names, loaded on first use."""
        return self._backends.encoder()

    def configure(self, **changes: object) -> None:
        """Change settings and write them to ``lucida.toml``."""
        self.config = replace(self.config, **changes)  # type: ignore[arg-type]
        self.config.save(self.folder)
        self._backends = Backends(self.config)

    def _reading(self) -> Index:
        if self._index is None:
            self._index = Index.open(self.folder, database=self.config.database)
        return self._index

    @contextmanager
    def _writing(self) -> Iterator[Index]:
        self.close()
        with Index.open(self.folder, create=True, write=True, database=self.config.database) as index:
            yield index
