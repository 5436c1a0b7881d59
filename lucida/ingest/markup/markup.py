"""HTML, Markdown, plain text and spreadsheets, laid out on virtual pages (see ``grid``)."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from lucida.errors import DamagedSourceError
from lucida.ingest.documents.illustrations import page_picture, seen_page
from lucida.ingest.markup.decode import decode
from lucida.ingest.markup.drawing import draw_page
from lucida.ingest.markup.elements import Element, MarkedText
from lucida.ingest.markup.grid import lay_out
from lucida.ingest.markup.html import parse_html
from lucida.ingest.markup.spreadsheet import XLSX, parse_workbook
from lucida.ingest.pictures.seen import MOST_PAGES
from lucida.ingest.structure.lines import Rect
from lucida.ingest.structure.passages import build_passages
from lucida.types import Document, Page, Picture, RegionKind

if TYPE_CHECKING:
    import pymupdf

    from lucida.config import ReadOptions
    from lucida.types import PixelRule

#: Kinds that are read here rather than by PyMuPDF.
MARKUP_TYPES = frozenset({"text/html", "application/xhtml+xml", "text/markdown", "text/plain", XLSX})
_FRONT_MATTER = re.compile(r"\A---\n(.*?)\n(?:---|\.\.\.)\n", re.DOTALL)
_FIELD = re.compile(r"(title|author|date)\s*:\s*(.+)", re.IGNORECASE)


def read_markup(path: Path, media_type: str, options: ReadOptions, on_page: Callable[[int, int], None]) -> Document:
    """Read a marked-up or plain text. Scripts are dropped, nothing is fetched.

    Args:
        path: the file.
        media_type: one of ``MARKUP_TYPES``.
        options: whether to make page pictures, and what the image encoder takes.
        on_page: told (done, total) after each page.

    Raises:
        DamagedSourceError: there is no text in it.
    """
    marked = parse_markup(path.read_bytes(), media_type)
    pages = lay_out(marked.elements)
    if not any(page.words for page in pages):
        raise DamagedSourceError(f"{path.name} holds no text.", "Check that the file is complete.")
    for done in range(1, len(pages) + 1):
        on_page(done, len(pages))
    if options.page_pictures:
        pages = _with_pictures(pages, options.pixels)
    return Document(
        media_type=media_type,
        title=marked.title,
        created=marked.created,
        pages=pages,
        passages=build_passages(pages),
        metadata=marked.metadata,
        warnings=tuple(marked.warnings),
    )


def parse_markup(data: bytes, media_type: str) -> MarkedText:
    """Bytes of a marked-up text to its elements."""
    if media_type == XLSX:
        return parse_workbook(data)
    if media_type == "text/markdown":
        return parse_markdown(decode(data))
    if media_type == "text/plain":
        return MarkedText(_paragraphs(decode(data)))
    return parse_html(decode(data, declared=True))


def parse_markdown(text: str) -> MarkedText:
    """CommonMark with tables; a leading block of metadata between ``---`` lines is read, not shown."""
    from markdown_it import MarkdownIt

    fields: dict[str, str] = {}
    front = _FRONT_MATTER.match(text)
    if front:
        fields = {key.lower(): value.strip().strip("\"'") for key, value in _FIELD.findall(front.group(1))}
        text = text[front.end() :]
    marked = parse_html(MarkdownIt("commonmark").enable("table").render(text))
    first = next((element.text for element in marked.elements if element.kind is RegionKind.TITLE), "")
    marked.title = fields.get("title") or marked.title or first
    if "author" in fields:
        marked.metadata["author"] = fields["author"]
    return marked


def _paragraphs(text: str) -> list[Element]:
    """Paragraphs of a plain text: blank lines separate them, line ends are kept."""
    blocks = re.split(r"\n[ \t]*\n", text.expandtabs(4).replace("\f", "\n\n"))
    return [Element(RegionKind.TEXT, block.strip("\n"), verbatim=True) for block in blocks if block.strip()]


def _with_pictures(pages: Sequence[Page], rule: PixelRule | None) -> tuple[Page, ...]:
    import pymupdf

    with pymupdf.open() as paper:
        return tuple(replace(page, pictures=(_picture(page, paper, rule),)) for page in pages)


def _picture(page: Page, paper: pymupdf.Document, rule: PixelRule | None) -> Picture:
    picture = page_picture(page.number, Rect(0, 0, page.width_pt, page.height_pt))
    if rule is None or page.number > MOST_PAGES:
        return picture
    picture = seen_page(picture, draw_page(paper, page), rule)
    paper.delete_page(0)  # of a long text, one page at a time is enough
    return picture
