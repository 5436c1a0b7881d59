"""Gathers what helps to answer a question of a library: a reader, a model that looks, OCR for what they cannot read."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from lucida.ingest.render import render_page
from lucida.library.rereading import DPI, TWOFOLD, words_of
from lucida.query.aids import Aids
from lucida.types import Box, Word

if TYPE_CHECKING:
    from PIL.Image import Image

    from lucida.index import Index, PageRow
    from lucida.models.protocols import OcrEngine, Reader, VisionLanguageModel
    from lucida.query.looking.drawing_tool import Pencil

#: Pictures that a model looks at beside the pages that hold the question's words.
_MOST_PICTURES = 1


class Hands:
    """What reaches into a library on behalf of a question.

    Args:
        index: open for reading.
        search: finds pictures by words, (question, how many, with cutoff) to their ids, under the question's filters.
        ocr: reads parts of pages; None for nobody.
        passwords: tried in turn on encrypted documents.
    """

    def __init__(
        self,
        index: Index,
        search: Callable[[str, int, bool], Sequence[int]],
        ocr: OcrEngine | None,
        passwords: tuple[str, ...] = (),
    ) -> None:
        self._index, self._search, self._ocr, self._passwords = index, search, ocr, passwords

    def aids(
        self,
        reader: Reader | None,
        model: VisionLanguageModel | None,
        timeout: float | None,
        pencil: Pencil | None = None,
    ) -> Aids:
        """Everything that there is, for one question."""
        from lucida.query.looking.looker import Looker

        looker = None if model is None else Looker(model, self.picture, self.read, self.pictures, pencil)
        deadline = None if timeout is None else time.monotonic() + timeout
        return Aids(reader, looker, self.reread, deadline)

    def picture(self, page: PageRow) -> Image:
        """A page as a person sees it."""
        return render_page(Path(page.source), page.media_type, page.number, passwords=self._passwords)

    def read(self, page: PageRow, box: Box) -> Sequence[Word] | None:
        """Words of a part of a page by OCR at full resolution."""

        def drawn(part: Box) -> Image:
            place = Path(page.source)
            return render_page(place, page.media_type, page.number, dpi=DPI, passwords=self._passwords, box=part)

        return words_of(self._ocr, drawn, box)

    def reread(self, page: PageRow, box: Box) -> Sequence[Word] | None:
        """The same for pages that carry a text of their own beside their pixels; see ``query.second_look``."""
        return self.read(page, box) if page.media_type in TWOFOLD else None

    def pictures(self, question: str, alone: bool) -> Sequence[PageRow]:
        """Pictures without words that a question may be about; the nearest at any rate where there is nothing else."""
        if self._index.picture_count() == 0:
            return ()
        items = self._index.items(self._search(question, _MOST_PICTURES, not alone))
        pages = [self._index.page(item.source_id, item.page) for item in items]
        return [page for page in pages if page is not None and not page.words]
