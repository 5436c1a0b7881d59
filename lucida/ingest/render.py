"""Draw one page of any source, as a person sees it: for evidence, previews and page pictures."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from lucida.config import ReadOptions
from lucida.errors import DamagedSourceError, SourceError
from lucida.ingest.documents.opened import open_document
from lucida.ingest.markup import grid
from lucida.ingest.markup.drawing import draw_page
from lucida.ingest.markup.markup import MARKUP_TYPES, parse_markup
from lucida.ingest.pictures.frames import decoded, frame_count, go_to_frame, opened_picture

if TYPE_CHECKING:
    import pymupdf
    from PIL.Image import Image

    from lucida.types import Box, Page

_MAX_PIXELS = 60_000_000


def render_page(
    path: Path,
    media_type: str,
    page: int,
    *,
    dpi: int = 150,
    passwords: tuple[str, ...] = (),
    box: Box | None = None,
) -> Image:
    """Render a page, or a part of it, as displayed.

    Args:
        path: the source.
        media_type: as found when it was read.
        page: counting from 1; the frame of a picture with several.
        dpi: resolution; pictures come at their own.
        passwords: tried in turn on encrypted documents.
        box: the part to render; None for the whole page.

    Returns:
        RGB.

    Raises:
        SourceError: the file is gone, has changed its kind, or no longer has that page.
    """
    if not path.is_file():
        raise SourceError(f"{path.name} is no longer there.", "Run ingest again to bring the library up to date.")
    if media_type.startswith("image/") and media_type != "image/svg+xml":
        return _picture(path, media_type, page, box)
    if media_type in MARKUP_TYPES:
        return _markup(path, media_type, page, dpi, box)
    document = open_document(path, media_type, passwords)
    try:
        _check_page(path, page, document.page_count)
        return _pixels(document, page - 1, path, dpi, box)
    finally:
        document.close()


def _check_page(path: Path, page: int, count: int) -> None:
    if not 1 <= page <= count:
        raise SourceError(
            f"{path.name} has no page {page} any more; it has {count}.",
            "Run ingest again to bring the library up to date.",
        )


def _pixels(document: pymupdf.Document, index: int, path: Path, dpi: int, box: Box | None) -> Image:
    import pymupdf
    from PIL import Image

    try:
        loaded = document.load_page(index)
        width, height = loaded.rect.width, loaded.rect.height
        part = (box.x1 - box.x0) * (box.y1 - box.y0) if box else 1.0
        zoom = min(dpi / 72, (_MAX_PIXELS / max(width * height * part, 1.0)) ** 0.5)
        clip = None
        if box:
            clip = pymupdf.Rect(box.x0 * width, box.y0 * height, box.x1 * width, box.y1 * height)
        pixmap = loaded.get_pixmap(matrix=pymupdf.Matrix(zoom, zoom), clip=clip, alpha=False)
    except (RuntimeError, ValueError, pymupdf.mupdf.FzErrorBase) as error:
        raise DamagedSourceError(
            f"Page {index + 1} of {path.name} cannot be drawn.", "Open the file in a viewer to see it."
        ) from error
    return Image.frombytes("RGB", (pixmap.width, pixmap.height), pixmap.samples)


def _picture(path: Path, media_type: str, page: int, box: Box | None) -> Image:
    most = ReadOptions().max_pixels
    with opened_picture(path, media_type, most) as opened:
        _check_page(path, page, frame_count(opened, media_type))
        go_to_frame(opened, path, page, most)
        image = decoded(opened, path).convert("RGB")
    return image.crop(box.to_px(*image.size)) if box else image


@lru_cache(maxsize=1)
def _laid_out(path: Path, media_type: str, _mtime_ns: int) -> tuple[Page, ...]:
    """The pages of a text, kept for whoever draws one after the other."""
    return grid.lay_out(parse_markup(path.read_bytes(), media_type).elements)


def _markup(path: Path, media_type: str, page: int, dpi: int, box: Box | None) -> Image:
    import pymupdf

    pages = _laid_out(path, media_type, path.stat().st_mtime_ns)
    _check_page(path, page, len(pages))
    document = pymupdf.open()
    try:
        draw_page(document, pages[page - 1])
        return _pixels(document, 0, path, dpi, box)
    finally:
        document.close()
