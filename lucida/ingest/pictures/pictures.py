"""Picture files: JPEG, PNG, WebP, GIF, BMP, TIFF with any number of pages, AVIF, HEIC."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from lucida.config import ReadOptions
from lucida.ingest.documents.previews import encode_preview
from lucida.ingest.pictures.exif import creation_date, facts
from lucida.ingest.pictures.frames import decoded, displayed_size, frame_count, go_to_frame, opened_picture, stated_dpi
from lucida.ingest.pictures.looks import SIDE_PX, text_signs
from lucida.ingest.pictures.seen import MOST_PAGES, seen
from lucida.ingest.scans.ocr import read_scan
from lucida.ingest.structure.passages import build_passages
from lucida.types import Box, Document, Page, Picture, PictureRole, Word

if TYPE_CHECKING:
    from PIL.Image import Image

    from lucida.models.protocols import OcrEngine
    from lucida.types import PixelRule

#: A fax archive can have thousands of frames; beyond these a file is more likely broken than read.
MAX_FRAMES = 2000
#: Scans are read at this size at most: more pixels do not read better, and take longer.
_MAX_OCR_PX = 3600
#: Resolution to assume for a page whose file does not say, by its longer side over that of A4 (11.7 inches).
_LONG_SIDE_IN = 11.7
#: So many different words of three letters or more, read without doubt, prove that there is text.
_MIN_TRUE_WORDS = 2
_MIN_CONFIDENCE = 0.8


def read_picture(
    path: Path,
    media_type: str,
    options: ReadOptions,
    ocr: OcrEngine | None,
    on_page: Callable[[int, int], None],
) -> Document:
    """Read a picture; a TIFF's frames become pages, of animations only the first frame counts.

    Orientation tags are honoured: pages and boxes are as displayed. A frame that looks like holding text is read by
    OCR; where it is all about its words it becomes a page picture, anything else (charts with their labels too) a
    photo.

    Args:
        path: the file.
        media_type: what its bytes are.
        options: the limit on pixels, and what the image encoder takes.
        ocr: reads frames that look like text; None leaves them without words.
        on_page: told (done, total) after each frame.

    Raises:
        UnsafeSourceError: it declares more pixels than allowed.
        DamagedSourceError: it does not decode.
        DependencyError: the OCR engine is not installed.
    """
    notes: list[str] = []
    pages: list[Page] = []
    with opened_picture(path, media_type, options.max_pixels) as image:
        total = frame_count(image, media_type)
        if total > MAX_FRAMES:
            notes.append(f"Only the first {MAX_FRAMES:,} of {total:,} frames were read.")
            total = MAX_FRAMES
        created, metadata = creation_date(image), facts(image)
        caption = metadata.get("description", "")
        for number in range(1, total + 1):
            go_to_frame(image, path, number, options.max_pixels)
            rule = options.pixels if number <= MOST_PAGES else None
            pages.append(_read_frame(image, path, number, ocr, caption, rule))
            on_page(number, total)
    document_pages = tuple(pages)
    return Document(
        media_type=media_type,
        title="",
        created=created,
        pages=document_pages,
        passages=build_passages(document_pages),
        metadata=metadata,
        warnings=tuple(notes),
    )


def _read_frame(
    image: Image, path: Path, number: int, ocr: OcrEngine | None, caption: str, rule: PixelRule | None
) -> Page:
    dpi, (width, height) = stated_dpi(image), displayed_size(image)
    picture = decoded(image, path, _side_px(width, height, rule))
    signs, first = text_signs(picture), picture
    page = Page(number, float(width), float(height))
    if signs.text:
        if max(picture.size) < min(max(width, height), _MAX_OCR_PX):
            picture = decoded(image, path, _MAX_OCR_PX // 2)
        page = _read_text(picture, dpi * picture.width / width if dpi else None, page, ocr)
    role = PictureRole.PAGE if signs.page and (page.words or ocr is None) else PictureRole.PHOTO
    preview = Picture(role, number, Box.whole(), width, height, encode_preview(first), caption)
    # Of the first decoding, whose size depends on nothing but the file's own.
    return replace(page, pictures=(seen(preview, first, rule),))


def _side_px(width: int, height: int, rule: PixelRule | None) -> int:
    """How long the longer side has to be for all that is made of the picture; a panorama needs more for its height."""
    return max(SIDE_PX, round(max(width, height) / rule.shrinkage(width, height)) if rule else 0)


def _read_text(picture: Image, dpi: float | None, page: Page, ocr: OcrEngine | None) -> Page:
    """Read a frame's words, at no more pixels than pay. What comes back without true words was no text after all."""
    if ocr is None:
        return replace(page, warnings=("It looks like text, and no OCR engine was given to read it.",))
    longest = max(picture.size)
    if longest > _MAX_OCR_PX:
        scale = _MAX_OCR_PX / longest
        picture = picture.resize((round(picture.width * scale), round(picture.height * scale)), reducing_gap=2.0)
        dpi = dpi * scale if dpi else None
    plausible = dpi if dpi and 70 <= dpi <= 700 else max(picture.size) / _LONG_SIDE_IN
    size = {"width_pt": page.width_pt, "height_pt": page.height_pt}
    scan = read_scan(picture, max(round(plausible), 70), ocr, number=page.number, **size)
    return scan if len({word.text for word in scan.words if _is_true(word)}) >= _MIN_TRUE_WORDS else page


def _is_true(word: Word) -> bool:
    """Whether OCR means it: specks and textures come back as single signs, or in doubt."""
    return word.confidence >= _MIN_CONFIDENCE and sum(map(str.isalpha, word.text)) >= 3
