"""``Library``: chooses the back ends, opens the index, and hands the verbs to the rooms that do the work."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from lucida.config import TEXT_ENCODER, ReadOptions
from lucida.errors import LibraryError, UsageError
from lucida.index import Compacted, Filter, Problem, SourceRow
from lucida.library.making import MakingLibrary
from lucida.library.progress import EmbedProgress, Observer, ignore_progress
from lucida.types import Answer, Box, Citation, Hit, IngestReport
from lucida.types.paths import printable

if TYPE_CHECKING:
    from PIL.Image import Image

    from lucida.library.filling import SwitchReport
    from lucida.library.labelling import Labelled
    from lucida.library.sketching import Sketchbook
    from lucida.models.protocols import VisionLanguageModel
    from lucida.query.duplicates import DuplicateGroup
    from lucida.query.looking.drawing_tool import Pencil


class Library(MakingLibrary):
    """One folder that can be searched and asked. Use ``Library.open``; close it, or use it in a ``with`` block.

    Many processes may read one library at a time, and one may write. A ``Library`` holds the writer's lock only while
    a writing method runs.
    """

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
            ModelError: the library belongs to another encoder than the settings name, or an encoder failed: then what
                could be read is in the library, and the next ingest makes the vectors that lack.
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
            embedder = self._embedder(index)
            shared = embedder.fitting()
            if options.pixels is None:
                options = replace(options, pixels=getattr(shared, "pixel_rule", None))
            run = Ingestion(
                index, embedder, ocr, options, ignore=self.config.ignore, workers=workers, observer=observer
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

    def switch_encoder(
        self, spec: str, *, allow_download: bool = False, observer: Observer = ignore_progress
    ) -> SwitchReport:
        """Put pictures (and, where its texts are not MiniLM's, passages' windows) into another encoder's space.

        Until all is embedded, the old vectors answer, in this process and in others; then the new ones take their
        place in one step. A switch that was interrupted or killed goes on where it ended when it is asked for again.
        Whole pages of documents are drawn from their sources, so those should be at hand.

        Args:
            spec: "mini", ``openclip:...``, ``hf:...``, or "minilm" to do without pictures' vectors.
            allow_download: fetch weights that are not on this machine.
            observer: is told how it goes: ``files`` counts items to embed.

        Raises:
            UsageError: there is no such encoder.
            ModelError, DependencyError: it is not here, or a package that it needs is not.
            LibraryError: locked by another writer, or the disk is full; what was done is kept.
        """
        from lucida.library.filling import SwitchReport, switch
        from lucida.models.registry import load_shared_encoder

        if spec == TEXT_ENCODER:
            with self._writing() as index:
                self.configure(encoder=spec)
                index.forget_shared()
            return SwitchReport(spec, 0, 0, 0.0)
        encoder = load_shared_encoder(spec, allow_download=allow_download)
        with self._writing() as index:
            numbers = index.statistics()
            told = EmbedProgress(numbers.pictures + (0 if encoder.text_is_minilm else numbers.passages), observer)
            report = switch(index, encoder, told, lambda: self.configure(encoder=spec), self.passwords)
        told.done()
        return report

    def verify(self, *, repair: bool = False) -> list[Problem]:
        """Check that catalogue, segments, blobs and full text agree; with ``repair``, mend what can be mended.

        Repairing also embeds the pictures that lack vectors, where their encoder is here.
        """
        if repair:
            with self._writing() as index:
                problems = index.verify(repair=True)
                if index.due():
                    from lucida.library.filling import catch_up

                    catch_up(index, self._embedder(index), lambda *_: None, self.passwords)
                return problems
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
        query: str = "",
        *,
        images: Iterable[Image | str | os.PathLike[str]] = (),
        like: Iterable[int] = (),
        plus: Iterable[str] = (),
        minus: Iterable[str] = (),
        top_k: int = 10,
        kind: str | None = None,
        path: str | None = None,
        media_type: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        all_copies: bool = False,
        cutoff: bool = True,
    ) -> list[Hit]:
        """Find pictures and passages by words, by pictures, by items, or by all of them together.

        Args:
            query: words or a sentence; may be empty where something else is given.
            images: pictures, or names of picture files ("-" for standard input).
            like: ids of items; they are not among the hits.
            plus, minus: what is added or taken away: texts or names of picture files, each with a weight if need be
                (``2:golden retriever``).
            top_k: at most so many hits.
            kind: "passage", "picture" or "page"; None for any.
            path: glob on the source's path, or on its name when it has no slash.
            media_type: e.g. ``application/pdf`` or ``image/*``.
            since, until: bounds on the source's own date.
            all_copies: near-duplicates as hits of their own.
            cutoff: leave out what does not match; without it the nearest come however far they are.

        Returns:
            The most likely matches first, with reasons (``why``); empty when nothing matches.

        Raises:
            UsageError: nothing is asked for, a picture cannot be read, an item is not there, or an argument makes no
                sense.
            ModelError: an encoder that the library was made with is not here.
        """
        from lucida.query.opening import parts_of
        from lucida.query.request import SearchRequest
        from lucida.query.search import search

        where = Filter(kind=kind, path=path, media_type=media_type, since=since, until=until)
        parts = parts_of(images, like, plus, minus)
        if query or any(part.text for part in parts):
            self._backends.load_encoder_ahead()
        index = self._reading()
        return search(index, self._encoders(index), SearchRequest(query, top_k, where, parts, all_copies, cutoff))

    def ask(
        self,
        question: str,
        *,
        path: str | None = None,
        media_type: str | None = None,
        model: str | None = None,
        draw: Sketchbook | None = None,
        timeout: float | None = None,
        record: bool = True,
    ) -> Answer:
        """Answer from the documents, with the place that proves it, or abstain.

        Args:
            question: in English, German, French or Spanish.
            path: glob on the source's path, or on its name when it has no slash.
            media_type: e.g. ``application/pdf`` or ``image/*``.
            model: spec of a vision-language model that looks at the pages; None for the one in ``lucida.toml``, and
                "none" for none at all.
            draw: where pictures go, and who draws them, where the question asks for one: the model then may write a
                prompt. What is drawn proves nothing, and is in the answer's ``drawings``.
            timeout: seconds after which nothing costly is begun any more: the answer is what was proved until then.
            record: keep the question and its answer in the catalogue.

        Raises:
            UsageError: the question is empty, there is no such model, or ``draw`` is given and no model looks.
            ModelError, DependencyError: the model, the generator or a package that they need is not here.
        """
        from lucida.library.asking import Hands
        from lucida.query.ask import ask

        looking = self._backends.model(model)
        pencil = None if draw is None else self._pencil(draw, question, looking)
        self._backends.load_encoder_ahead()
        self._backends.load_reader_ahead()
        index = self._reading()
        encoder = self.encoder() if index.encoder() is not None else None
        where = Filter(path=path, media_type=media_type)

        def pictures(words: str, top_k: int, cutoff: bool) -> list[int]:
            hits = self.search(words, kind="picture", path=path, media_type=media_type, top_k=top_k, cutoff=cutoff)
            return [hit.id for hit in hits]

        hands = Hands(index, pictures, self._backends.ocr(self.config.languages), self.passwords)
        aids = hands.aids(self._backends.reader(), looking, timeout, pencil)
        answer = ask(index, encoder, question, where, aids=aids)
        if record:
            index.record_answer(question, answer)
        return answer

    def _pencil(self, book: Sketchbook, question: str, model: VisionLanguageModel | None) -> Pencil:
        from lucida.library.sketching import pencil_for

        return pencil_for(self, self._reading(), book, question, model)

    def evidence(self, answer: Answer, *, dpi: int = 150) -> Image | None:
        """Draw the answer's citations: a crop of each page with its boxes marked; None for an abstention."""
        from lucida.query.evidence import by_page, draw_evidence, evidence_sheet

        pictures = [
            (
                draw_evidence(self.page_image(source, page, dpi=dpi), [citation.box for citation in cited]),
                f"{printable(Path(source).name)}, page {page}: {' · '.join(citation.quote for citation in cited)}",
            )
            for (source, page), cited in by_page(answer.citations).items()
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

    def duplicates(
        self,
        *,
        kinds: Sequence[str] = ("exact", "near", "alike"),
        path: str | None = None,
        alike: float | None = None,
        on_compared: Callable[[int, int], None] = lambda _done, _total: None,
    ) -> list[DuplicateGroup]:
        """Files and pictures that are there more than once: exact, near and alike, kept apart. Nothing is deleted.

        Args:
            kinds: of "exact", "near" and "alike".
            path: only sources that fit this glob.
            alike: closeness from which pictures are alike, 0 as any two, 1 the same; None for the usual.
            on_compared: told (done, total) while pixels are compared.

        Raises:
            UsageError: there is no such kind.
        """
        from lucida.library import looking

        index = self._reading()
        return looking.duplicates(index, kinds=kinds, path=path, alike=alike, on_compared=on_compared)

    def classify(
        self, labels: Sequence[str], *, none: bool = True, top_k: int = 1, path: str | None = None
    ) -> Iterator[Labelled]:
        """Say of each picture in the library which of some labels fits it best, or that none does.

        Args:
            labels: words for what pictures may show; ``car|automobile`` is a label with a synonym.
            none: whether "none of these" may be the answer.
            top_k: how many labels each guess tells of.
            path: only pictures of sources that fit this glob.

        Raises:
            UsageError: there are no labels, or no pictures have vectors.
            ModelError, DependencyError: the encoder of the pictures is not here.
        """
        from lucida.library import looking

        return looking.classify(self._reading(), self.shared_encoder(), labels, none=none, top_k=top_k, path=path)

    def preview(self, item_id: int) -> Image:
        """A picture at preview size, RGB, longest side at most 512 px: as stored, or, of a whole page, drawn anew.

        Raises:
            UsageError: there is no such item, or it is a passage.
            SourceError: it has to be drawn, and its source is gone or is no longer what was read.
        """
        from lucida.library.previews import preview

        rows = self._reading().items([item_id])
        if not rows:
            raise UsageError(f"There is no item {item_id} in the library.", "lucida search shows ids.")
        return preview(self._reading(), rows[0], self.passwords)
