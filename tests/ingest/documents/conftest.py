"""Documents that are made with PyMuPDF, read end to end."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pymupdf
import pytest

from lucida.config import ReadOptions
from lucida.ingest.documents.pdf import read_document
from lucida.types import Document

PROSE = (
    "The survey found that most households repair their bicycles at home. A smaller group relies on the workshop "
    "in the market square. Prices there have risen by 4.5 percent since last year, as Dr. Miller reported. "
)
ROWS = [["Region", "2023", "2024", "Change"], ["North", "1,200", "1,320", "10 %"], ["South", "800", "720", "-10 %"]]


@pytest.fixture
def prose() -> str:
    """Three sentences, 200 characters."""
    return PROSE


@pytest.fixture
def rows() -> list[list[str]]:
    """What ``draw_table`` draws."""
    return ROWS


@pytest.fixture
def read() -> Callable[..., Document]:
    """Reads a file with some options, without OCR."""

    def document(path: Path, media_type: str = "application/pdf", **options: object) -> Document:
        return read_document(path, media_type, ReadOptions(**options), None, lambda done, total: None)

    return document


@pytest.fixture
def save() -> Callable[..., Path]:
    """Writes and closes a document."""

    def written(document: pymupdf.Document, path: Path, **options: object) -> Path:
        document.save(path, **options)
        document.close()
        return path

    return written


@pytest.fixture
def draw_table() -> Callable[..., None]:
    """Draws a table of three rows and four columns, with or without rules."""

    def draw(page: pymupdf.Page, top: float, *, ruled: bool) -> None:
        for r, row in enumerate(ROWS):
            for c, text in enumerate(row):
                box = pymupdf.Rect(72 + c * 100, top + r * 20, 172 + c * 100, top + r * 20 + 20)
                if ruled:
                    page.draw_rect(box, width=0.5)
                page.insert_text((box.x0 + 4, box.y1 - 6), text, fontsize=10)

    return draw


@pytest.fixture
def plain(tmp_path: Path, save: Callable[..., Path]) -> Path:
    """A page of titles, prose and a list, with a title and an author."""
    document = pymupdf.open()
    page = document.new_page(width=595, height=842)
    page.insert_htmlbox(
        pymupdf.Rect(50, 50, 545, 782),
        f"<h1>Annual survey</h1><p>{PROSE * 3}</p><h2>Method</h2><p>{PROSE}</p><ul><li>first item here</li>"
        "<li>second item there</li></ul>",
    )
    document.set_metadata({"title": "A survey", "author": "J. Doe", "creationDate": "D:20240131120500+01'00'"})
    return save(document, tmp_path / "plain.pdf")
