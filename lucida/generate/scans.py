"""From a drawn document to what comes out of a scanner: rasters, and files that hold nothing but rasters."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PIL import Image

from lucida.errors import UsageError
from lucida.generate.files import new_document, save_document
from lucida.lazy import require


def rasterise(document: Any, dpi: int = 150) -> list[Image.Image]:
    """Every page of an open ``pymupdf.Document`` as an RGB image."""
    pixmaps = (page.get_pixmap(dpi=dpi, alpha=False) for page in document)
    return [Image.frombytes("RGB", (pixmap.width, pixmap.height), pixmap.samples) for pixmap in pixmaps]


def save_scan(pages: Sequence[Image.Image], path: Path, *, dpi: int, quality: int = 50, title: str = "") -> None:
    """Write pages as an image-only PDF, a TIFF (fax-coded when black and white), a JPEG or a PNG, as the suffix says.

    Raises:
        UsageError: the suffix is none of these, or a JPEG or PNG was asked for more than one page.
    """
    suffix = path.suffix.lower()
    if suffix == ".pdf":
        _save_pdf(pages, path, dpi, quality, title)
    elif suffix in (".tif", ".tiff"):
        coding = "group4" if pages[0].mode == "1" else "jpeg"
        options = {} if coding == "group4" else {"quality": quality}
        pages[0].save(
            path, "TIFF", save_all=True, append_images=list(pages[1:]), compression=coding, dpi=(dpi, dpi), **options
        )
    elif suffix in (".jpg", ".jpeg", ".png") and len(pages) == 1:
        pages[0].save(path, quality=quality, dpi=(dpi, dpi), optimize=True)
    else:
        raise UsageError(
            f"{len(pages)} pages cannot be saved as {path.name}.", "Choose .pdf or .tiff for several pages."
        )


def black_and_white(image: Image.Image, threshold: int = 150) -> Image.Image:
    """A fax: every pixel black or white."""
    return image.convert("L").point([0 if level < threshold else 255 for level in range(256)]).convert("1")


def _save_pdf(pages: Sequence[Image.Image], path: Path, dpi: int, quality: int, title: str) -> None:
    document = new_document()
    for image in pages:
        page = document.new_page(width=image.width * 72 / dpi, height=image.height * 72 / dpi)
        encoded = io.BytesIO()
        image.save(encoded, "JPEG", quality=quality, dpi=(dpi, dpi))
        page.insert_image(require("pymupdf", "write scans").Rect(page.rect), stream=encoded.getvalue())
    save_document(document, path, title=title)
