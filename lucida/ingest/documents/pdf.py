"""Documents that PyMuPDF opens: PDF, XPS, EPUB, MOBI, FB2, CBZ, SVG, TXT, DOCX, XLSX, PPTX."""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING

from lucida.errors import DamagedSourceError, DependencyError, LucidaError
from lucida.ingest.documents.opened import open_document
from lucida.ingest.documents.pages import PageReader
from lucida.ingest.documents.properties import carried_warnings, creation_date, outline, properties
from lucida.ingest.structure.passages import build_passages
from lucida.ingest.structure.sections import settle
from lucida.types import Document, Page

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pymupdf

    from lucida.config import ReadOptions
    from lucida.ingest.structure.compose import TitleStyle
    from lucida.models.protocols import OcrEngine

_log = logging.getLogger(__name__)


def read_document(
    path: Path,
    media_type: str,
    options: ReadOptions,
    ocr: OcrEngine | None,
    on_page: Callable[[int, int], None],
) -> Document:
    """Read a document page by page; nothing in it is run or fetched.

    Args:
        path: the file.
        media_type: what the file is, as found out from its bytes.
        options: passwords, layout and resolution.
        ocr: reads pages without usable text; None leaves them empty, with a warning.
        on_page: told (done, total) after each page.

    Raises:
        EncryptedSourceError: none of the passwords opens it.
        DamagedSourceError: it does not parse, has no pages, or none of them can be read.
        DependencyError: the OCR engine is not installed.
    """
    document = open_document(path, media_type, options.passwords)
    try:
        return _read(document, path, media_type, options, ocr, on_page)
    finally:
        document.close()


def _read(
    document: pymupdf.Document,
    path: Path,
    media_type: str,
    options: ReadOptions,
    ocr: OcrEngine | None,
    on_page: Callable[[int, int], None],
) -> Document:
    warnings = carried_warnings(document)
    total = document.page_count
    reader = PageReader(options, ocr)
    pages: list[Page] = []
    styles: list[tuple[TitleStyle | None, ...]] = []
    lost: list[int] = []
    for index in range(total):
        page, own = _one_page(document, index, reader, warnings)
        if page is None:
            lost.append(index + 1)
            page, own = Page(index + 1, 612.0, 792.0, warnings=("The page is damaged and was left out.",)), ()
        pages.append(page)
        styles.append(own)
        on_page(index + 1, total)
    if len(lost) == total:
        raise DamagedSourceError(
            f"No page of {path.name} can be read ({warnings[-1].partition(': ')[2].rstrip('.')}).",
            "Open it in a viewer and save it anew, or get another copy.",
        )
    settled = settle(pages, styles, outline(document))
    facts = properties(document)
    return Document(
        media_type=media_type,
        title=facts.pop("title", ""),
        created=creation_date(document),
        pages=settled,
        passages=build_passages(settled),
        metadata=facts,
        warnings=tuple(warnings),
    )


def _one_page(
    document: pymupdf.Document, index: int, reader: PageReader, warnings: list[str]
) -> tuple[Page | None, tuple[TitleStyle | None, ...]]:
    """Read one page; a parser's failure costs that page alone."""
    try:
        page = document.load_page(index)
        return reader.read(page, index + 1)
    except (MemoryError, DependencyError):
        raise
    except Exception as error:  # noqa: BLE001 - MuPDF raises many types, and none may cost the other pages
        _log.debug("page %d failed", index + 1, exc_info=True)
        why = error.message if isinstance(error, LucidaError) else _first_line(error)
        warnings.append(f"Page {index + 1} could not be read: {why.rstrip('.')}.")
        return None, ()


def _first_line(error: Exception) -> str:
    """What MuPDF says, without the error code that it says first."""
    lines = str(error).splitlines() or ["unknown"]
    return re.sub(r"^code=\d+: *", "", lines[0])
