"""Picture files: JPEG, PNG, WebP, GIF, BMP, TIFF with any number of pages, AVIF, HEIC."""

from __future__ import annotations

import math
import struct
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from lucida.config import ReadOptions
from lucida.errors import DamagedSourceError, LucidaError
from lucida.ingest.exif import creation_date, facts, orientation
from lucida.ingest.limits import check_pixels, pillow_limit_lifted
from lucida.ingest.looks import SIDE_PX, text_signs
from lucida.ingest.ocr import read_scan
from lucida.ingest.passages import build_passages
from lucida.ingest.previews import encode_preview
from lucida.lazy import require
from lucida.types import Box, Document, Page, Picture, PictureRole, Word

if TYPE_CHECKING:
    from PIL.Image import Image

    from lucida.models.protocols import OcrEngine

#: A fax archive can have thousands of frames; beyond these a file is more likely broken than read.
MAX_FRAMES = 2000
#: Scans are read at this size at most: more pixels do not read better, and take longer.
_MAX_OCR_PX = 3600
#: Resolution to assume for a page whose file does not say, by its longer side over that of A4 (11.7 inches).
_LONG_SIDE_IN = 11.7
#: So many different words of three letters or more, read without doubt, prove that there is text.
_MIN_TRUE_WORDS = 2
_MIN_CONFIDENCE = 0.8
_UNDECODABLE = (OSError, ValueError, SyntaxError, EOFError, LookupError, TypeError, RuntimeError, struct.error)


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
    with _opened(path, media_type, options.max_pixels) as image:
        total = getattr(image, "n_frames", 1) if media_type == "image/tiff" else 1
        if total > MAX_FRAMES:
            notes.append(f"Only the first {MAX_FRAMES:,} of {total:,} frames were read.")
            total = MAX_FRAMES
        created, metadata = creation_date(image), facts(image)
        caption = metadata.get("description", "")
        for number in range(1, total + 1):
            if number > 1:
                with pillow_limit_lifted():
                    image.seek(number - 1)
                check_pixels(path.name, *image.size, options.max_pixels)
            pages.append(_read_frame(image, path, number, ocr, caption))
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
def _opened(path: Path, media_type: str, max_pixels: int) -> Iterator[Image]:
    """The image, not yet decoded, with the decoder's complaints turned into an error of ours."""
    from PIL import Image, UnidentifiedImageError

    if media_type == "image/heic":
        require("pi_heif", "read HEIC pictures").register_heif_opener(thumbnails=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with pillow_limit_lifted():
                image = Image.open(path)
            with image:
                check_pixels(path.name, *image.size, max_pixels)
                yield image
        except (LucidaError, MemoryError, FileNotFoundError, PermissionError):
            raise
        except _UNDECODABLE as error:
            # Pillow's sentence for a header that makes no sense names the whole path and no reason.
            unclear = isinstance(error, UnidentifiedImageError) or not str(error)
            reason = "" if unclear else f" ({str(error).rstrip('.')})"
            raise DamagedSourceError(
                f"{path.name} does not decode as a picture{reason}.", "Get a complete copy of the file."
            ) from error


def _read_frame(image: Image, path: Path, number: int, ocr: OcrEngine | None, caption: str) -> Page:
    dpi, (width, height) = _stated_dpi(image), _displayed_size(image)
    picture = _decoded(image, path, SIDE_PX)
    signs = text_signs(picture)
    page = Page(number, float(width), float(height))
    if signs.text:
        if max(picture.size) < min(max(width, height), _MAX_OCR_PX):
            picture = _decoded(image, path, _MAX_OCR_PX // 2)
        page = _read_text(picture, dpi * picture.width / width if dpi else None, page, ocr)
    role = PictureRole.PAGE if signs.page and (page.words or ocr is None) else PictureRole.PHOTO
    preview = Picture(role, number, Box.whole(), width, height, encode_preview(picture), caption)
    return replace(page, pictures=(preview,))


def _decoded(image: Image, path: Path, side_px: int) -> Image:
    """The current frame as displayed, grey or RGB; a JPEG no larger than it takes to have a side of ``side_px``.

    Decoding a JPEG at a fraction of its size costs a fraction of the time. It can be done once per opened file, hence
    the file is opened again when more is wanted.
    """
    from PIL import Image as Pillow

    lies = _lies(image)
    if image.format not in ("JPEG", "MPO"):
        return _upright(_flattened(image), lies)
    with pillow_limit_lifted():
        again = Pillow.open(path)
    with again:
        factor = next((factor for factor in (8, 4, 2) if max(image.size) >= side_px * factor), 1)
        again.draft(None, (image.width // factor, image.height // factor))
        return _upright(_flattened(again), lies)


def _lies(image: Image) -> int:
    """The orientation that is left to apply. Pillow's reader of TIFF has done so itself, in the size it gives too."""
    return 1 if image.format == "TIFF" else orientation(image)


def _upright(image: Image, lies: int) -> Image:
    from PIL.Image import Transpose

    turns = (
        None,
        Transpose.FLIP_LEFT_RIGHT,
        Transpose.ROTATE_180,
        Transpose.FLIP_TOP_BOTTOM,
        Transpose.TRANSPOSE,
        Transpose.ROTATE_270,
        Transpose.TRANSVERSE,
        Transpose.ROTATE_90,
    )
    turn = turns[lies - 1]
    return image if turn is None else image.transpose(turn)


def _displayed_size(image: Image) -> tuple[int, int]:
    """Width and height in pixels after the orientation tag; 5 to 8 lie on their side."""
    return (image.height, image.width) if _lies(image) >= 5 else image.size


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


def _flattened(image: Image) -> Image:
    """RGB on white: transparent logos and diagrams are drawn for paper."""
    from PIL import Image as Pillow

    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        rgba = image.convert("RGBA")
        paper = Pillow.new("RGBA", rgba.size, "white")
        return Pillow.alpha_composite(paper, rgba).convert("RGB")
    if image.mode in ("I", "F") or image.mode.startswith("I;16"):
        return _stretched(image)
    if image.mode in ("RGB", "L"):
        image.load()
        return image
    return image.convert("L" if image.mode == "1" else "RGB")


def _stretched(image: Image) -> Image:
    """Grey in 8 bits. Pillow clips wider values when it converts, and a scan in 16 bits would come out white."""
    from PIL import Image as Pillow

    values = np.nan_to_num(np.asarray(image, dtype=np.float32))
    lowest, highest = float(values.min()), float(values.max())
    if lowest >= 0 and highest > 255:
        lowest, highest = 0.0, 2.0 ** math.ceil(math.log2(highest + 1)) - 1  # 10, 12 or 16 bits in their own range
    spread = max(highest - lowest, 1e-6)
    return Pillow.fromarray(((values - lowest) * (255 / spread)).astype(np.uint8))


def _stated_dpi(image: Image) -> float | None:
    dpi = image.info.get("dpi")
    try:
        return float(dpi[0]) if dpi else None
    except (TypeError, ValueError, ZeroDivisionError, IndexError):
        return None
