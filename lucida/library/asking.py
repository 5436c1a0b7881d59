"""Gathers what helps to answer a question of a library: a reader, a model that looks, OCR for what they cannot read."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from lucida.library.rereading import DPI, TWOFOLD, words_of
from lucida.query.aids import Aids
from lucida.types import Box, Word

if TYPE_CHECKING:
    from PIL.Image import Image

    from lucida.index import Filter, PageRow
    from lucida.library.library import Library
    from lucida.models.protocols import OcrEngine, Reader, VisionLanguageModel

#: Pictures that a model looks at beside the pages that hold the question's words.
_MOST_PICTURES = 1


class Hands:
    """What reaches into a library on behalf of a question.

    Args:
        library: open.
        ocr: reads parts of pages; None for nobody.
        where: which documents may answer.
    """

    def __init__(self, library: Library, ocr: OcrEngine | None, where: Filter) -> None:
        self._library, self._ocr, self._where = library, ocr, where

    def aids(self, reader: Reader | None, model: VisionLanguageModel | None, timeout: float | None) -> Aids:
        """Everything that there is, for one question."""
        from lucida.query.looking.looker import Looker

        looker = None if model is None else Looker(model, self.picture, self.read, self.pictures)
        deadline = None if timeout is None else time.monotonic() + timeout
        return Aids(reader, looker, self.reread, deadline)

    def picture(self, page: PageRow) -> Image:
        """A page as a person sees it."""
        return self._library.page_image(page.source, page.number)

    def read(self, page: PageRow, box: Box) -> Sequence[Word] | None:
        """Words of a part of a page by OCR at full resolution."""
        return words_of(
            self._ocr, lambda part: self._library.page_image(page.source, page.number, dpi=DPI, box=part), box
        )

    def reread(self, page: PageRow, box: Box) -> Sequence[Word] | None:
        """The same for pages that carry a text of their own beside their pixels; see ``query.second_look``."""
        return self.read(page, box) if page.media_type in TWOFOLD else None

    def pictures(self, question: str, alone: bool) -> Sequence[PageRow]:
        """Pictures without words that a question may be about; the nearest at any rate where there is nothing else."""
        if self._library.statistics().pictures == 0:
            return ()
        where = self._where
        hits = self._library.search(
            question,
            kind="picture",
            path=where.path,
            media_type=where.media_type,
            top_k=_MOST_PICTURES,
            cutoff=not alone,
        )
        found = (row for hit in hits for row in self._library.pages(hit.source) if row.number == hit.page)
        return [row for row in found if not row.words]
