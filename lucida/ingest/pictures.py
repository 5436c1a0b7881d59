"""Picture files: JPEG, PNG, WebP, GIF, BMP, TIFF with any number of pages, AVIF, HEIC."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from lucida.config import ReadOptions
from lucida.errors import DamagedSourceError, SourceError
from lucida.ingest.exif import creation_date, facts
from lucida.ingest.limits import check_pixels
from lucida.ingest.looks import looks_like_text
from lucida.ingest.ocr import read_scan
from lucida.ingest.passages import build_passages
from lucida.ingest.previews import encode_preview
from lucida.lazy import require
from lucida.types import Box, Document, Page, Picture, PictureRole

if TYPE_CHECKING:
    from PIL.Image import Image

    from lucida.models.protocols import OcrEngine

#: A fax archive can have thousands of frames; beyond these a file is more likely broken than read.
MAX_FRAMES = 2000
#: Scans are read at this size at most: more pixels do not read better, and take longer.
_MAX_OCR_PX = 3600
#: Resolution to assume for a page whose file does not say, by its longer side over that of A4 (11.7 inches).
_LONG_SIDE_IN = 11.7


def read_picture(
    path: Path,
    media_type: str,
    options: ReadOptions,
    ocr: OcrEngine | None,
    on_page: Callable[[int, int], None],
) -> Document:
    """Read a picture; a TIFF's frames become pages, of animations only the first frame counts.

    Orientation tags are honoured: pages and boxes are as displayed. A frame that looks like a page of text is read by
    OCR, and becomes a page picture; anything else is a photo.

    Args:
        path: the file.
        media_type: what its bytes are.
        options: the limit on pixels.
        ocr: reads frames that look like text; None leaves them without words.
        on_page: told (done, total) after each frame.

    Raises:
        UnsafeSourceError: it declares more pixels than allowed.
        DamagedSourceError: it does not decode.
        DependencyError: the OCR engine is not installed.
    """
    notes: list[str] = []
    pages: list[Page] = []
    with _opened(path, media_type) as image:
        check_pixels(path.name, *image.size, options.max_pixels)
        total = getattr(image, "n_frames", 1) if media_type == "image/tiff" else 1
        if total > MAX_FRAMES:
            notes.append(f"Only the first {MAX_FRAMES:,} of {total:,} frames were read.")
            total = MAX_FRAMES
        created, metadata = creation_date(image), facts(image)
        for number in range(1, total + 1):
            pages.append(_read_frame(image, path, number, options, ocr))
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


@contextmanager
def _opened(path: Path, media_type: str) -> Iterator[Image]:
    """The image, not yet decoded, with the decoder's complaints turned into an error of ours."""
    from PIL import Image

    if media_type == "image/heic":
        require("pi_heif", "read HEIC pictures").register_heif_opener(thumbnails=False)
    with warnings.catch_warnings():
        # Our own limit is checked against the declared size; Pillow's warnings about size and odd tags are no news.
        warnings.simplefilter("ignore")
        try:
            with Image.open(path) as image:
                yield image
        except (SourceError, MemoryError, FileNotFoundError, PermissionError):
            raise
        except Image.DecompressionBombError as error:
            check_pixels(path.name, 1 << 20, 1 << 20, 1)
            raise AssertionError from error
        except (OSError, ValueError, SyntaxError, EOFError, IndexError, KeyError, TypeError, RuntimeError) as error:
            reason = (str(error) or type(error).__name__).rstrip(".")
            raise DamagedSourceError(
                f"{path.name} does not decode as a picture ({reason}).", "Get a complete copy of the file."
            ) from error


def _read_frame(image: Image, path: Path, number: int, options: ReadOptions, ocr: OcrEngine | None) -> Page:
    from PIL import ImageOps

    if number > 1:
        image.seek(number - 1)
        check_pixels(path.name, *image.size, options.max_pixels)
    full = image.size
    dpi = _stated_dpi(image)
    if image.format == "JPEG":
        # Decoding at a fraction of the size costs a fraction of the time; a scan still keeps what OCR needs.
        image.draft("RGB" if image.mode != "L" else "L", (_MAX_OCR_PX // 2, _MAX_OCR_PX // 2))
    upright = ImageOps.exif_transpose(image)
    turned = (upright.width > upright.height) != (full[0] > full[1]) and full[0] != full[1]
    width, height = (full[1], full[0]) if turned else full
    picture = upright if upright.mode in ("RGB", "L") else _flattened(upright)
    role = PictureRole.PHOTO
    page = Page(number, float(width), float(height))
    if looks_like_text(picture):
        role = PictureRole.PAGE
        page = _read_text(picture, dpi * picture.width / max(width, 1) if dpi else None, number, (width, height), ocr)
    preview = Picture(role, number, Box.whole(), width, height, encode_preview(picture))
    return _with_picture(page, preview)


def _read_text(picture: Image, dpi: float | None, number: int, size: tuple[int, int], ocr: OcrEngine | None) -> Page:
    """Read a frame's words, at no more pixels than pay."""
    width, height = size
    if ocr is None:
        note = "It looks like a page of text, and no OCR engine was given to read it."
        return Page(number, float(width), float(height), warnings=(note,))
    longest = max(picture.size)
    if longest > _MAX_OCR_PX:
        scale = _MAX_OCR_PX / longest
        picture = picture.resize((round(picture.width * scale), round(picture.height * scale)), reducing_gap=2.0)
        dpi = dpi * scale if dpi else None
    plausible = dpi if dpi and 70 <= dpi <= 700 else max(picture.size) / _LONG_SIDE_IN
    return read_scan(
        picture, max(round(plausible), 70), ocr, number=number, width_pt=float(width), height_pt=float(height)
    )


def _flattened(image: Image) -> Image:
    """RGB on white: transparent logos and diagrams are drawn for paper."""
    from PIL import Image as Pillow

    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        rgba = image.convert("RGBA")
        paper = Pillow.new("RGBA", rgba.size, "white")
        return Pillow.alpha_composite(paper, rgba).convert("RGB")
    if image.mode.startswith("I;16") or image.mode == "I":
        # Pillow clips 16-bit values when it converts; a scan in 16 bits would come out white.
        return image.point(lambda value: value / 256).convert("L")
    return image.convert("L" if image.mode == "1" else "RGB")


def _stated_dpi(image: Image) -> float | None:
    dpi = image.info.get("dpi")
    try:
        return float(dpi[0]) if dpi else None
    except (TypeError, ValueError, ZeroDivisionError, IndexError):
        return None


def _with_picture(page: Page, picture: Picture) -> Page:
    from dataclasses import replace

    return replace(page, pictures=(picture,))
