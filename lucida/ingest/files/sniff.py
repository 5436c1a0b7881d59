"""What a file is, told by its bytes; its name only breaks ties."""

from __future__ import annotations

import stat
import zipfile
from pathlib import Path
from typing import BinaryIO

from lucida.errors import DamagedSourceError, EncryptedSourceError, UnsupportedSourceError
from lucida.ingest.files.foreign import advice_for, is_locked_office

_HEAD = 8192

#: (offset, bytes, media type), tried in order.
_MAGIC: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (0, b"II*\0", "image/tiff"),
    (0, b"MM\0*", "image/tiff"),
    (0, b"II+\0", "image/tiff"),
    (0, b"MM\0+", "image/tiff"),
    (60, b"BOOKMOBI", "application/x-mobipocket-ebook"),
    (60, b"TEXtREAd", "application/x-mobipocket-ebook"),
)
#: Sizes that a BMP's second header may have; "BM" alone also begins texts about cars.
_BMP_HEADERS = frozenset({12, 16, 40, 52, 56, 64, 108, 124})
_HEIF_BRANDS = {b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"hevm", b"hevs", b"mif1", b"msf1"}
_AVIF_BRANDS = {b"avif", b"avis"}
_OFFICE = "application/vnd.openxmlformats-officedocument."
#: A part whose presence in a zip tells the format.
_ZIP_PARTS = (
    ("word/document.xml", _OFFICE + "wordprocessingml.document"),
    ("xl/workbook.xml", _OFFICE + "spreadsheetml.sheet"),
    ("ppt/presentation.xml", _OFFICE + "presentationml.presentation"),
)
#: Outermost elements, and what else begins the formats that are made of tags.
_ROOTS = (
    (b"<fictionbook", "application/x-fictionbook+xml"),
    (b"<svg", "image/svg+xml"),
    (b"<!doctype html", "text/html"),
    (b"<html", "text/html"),
    (b"<head", "text/html"),
    (b"<body", "text/html"),
)
_PICTURE_SUFFIXES = (".jpg", ".jpeg", ".png", ".gif", ".webp", ".bmp", ".tif", ".tiff")
_MARKDOWN_SUFFIXES = {".md", ".markdown"}
_SUPPORTED = (
    "Lucida reads PDF, XPS, EPUB, MOBI, FB2, CBZ, SVG, DOCX, XLSX, PPTX, HTML, Markdown, text, "
    "JPEG, PNG, WebP, GIF, BMP, TIFF, AVIF and HEIC."
)


def media_type_of(path: Path) -> str:
    """Find out what a file is.

    Pipes and devices are refused without being opened, for that might wait for ever.

    Returns:
        An IANA media type that one of the readers takes.

    Raises:
        DamagedSourceError: it is empty, or holds nothing but zeros, or is half a container.
        EncryptedSourceError: it is an Office file that wants a password.
        UnsupportedSourceError: it is none of the kinds we read.
        OSError: it cannot be opened.
    """
    if not stat.S_ISREG(path.stat().st_mode):
        raise UnsupportedSourceError(f"{path.name} is not a regular file.", "Name a file or a folder.")
    with path.open("rb") as file:
        head = file.read(_HEAD)
        if not head:
            raise DamagedSourceError(f"{path.name} is empty.", "Get a complete copy of the file.")
        if not head.strip(b"\0") and _all_zero(file):
            raise DamagedSourceError(
                f"{path.name} holds nothing but zeros.", "Its copying was cut short: get the file again."
            )
    kind = _by_magic(head) or _by_container(path, head)
    if kind is None:
        _refuse_foreign(path, head)
        kind = _by_markup(head) or _as_text(path, head)
    if kind is None:
        raise UnsupportedSourceError(f"{path.name} is of no kind that Lucida reads.", _SUPPORTED)
    return kind


def _refuse_foreign(path: Path, head: bytes) -> None:
    if is_locked_office(path, head):
        raise EncryptedSourceError(
            f"A password is needed to open {path.name}.", "Save a copy without one in its own program."
        )
    foreign = advice_for(head)
    if foreign:
        what, advice = foreign
        raise UnsupportedSourceError(f"{path.name} is {what}, which Lucida does not read.", advice)


def _all_zero(file: BinaryIO) -> bool:
    return not any(chunk.strip(b"\0") for chunk in iter(lambda: file.read(1 << 20), b""))


def _by_magic(head: bytes) -> str | None:
    # Scanners and mail gateways put bytes before the header; the specification's readers look through the first 1024.
    if b"%PDF-" in head[:1024]:
        return "application/pdf"
    for offset, magic, kind in _MAGIC:
        if head.startswith(magic, offset):
            return kind
    if head[:2] == b"BM" and int.from_bytes(head[14:18], "little") in _BMP_HEADERS:
        return "image/bmp"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    return _by_brand(head) if head[4:8] == b"ftyp" else None


def _by_brand(head: bytes) -> str | None:
    """ISO base media files name their brands after the size and ``ftyp``: the major one, then the compatible ones."""
    size = min(int.from_bytes(head[:4], "big"), len(head))
    brands = {head[8:12], *(head[at : at + 4] for at in range(16, size, 4))}
    if brands & _AVIF_BRANDS:
        return "image/avif"
    return "image/heic" if brands & _HEIF_BRANDS else None


def _by_container(path: Path, head: bytes) -> str | None:
    if head[:4] not in {b"PK\x03\x04", b"PK\x05\x06"}:
        return None
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            declared = _declared_epub(archive, names)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise DamagedSourceError(
            f"{path.name} is a damaged zip container ({error}).", "Get a complete copy of the file."
        ) from error
    if declared:
        return "application/epub+zip"
    for part, kind in _ZIP_PARTS:
        if part in names:
            return kind
    if any(name.endswith(".fdseq") for name in names):  # a package may call its sequence of fixed pages what it likes
        return "application/vnd.ms-xpsdocument"
    pictures = [name for name in names if name.lower().endswith(_PICTURE_SUFFIXES)]
    files = [name for name in names if not name.endswith("/")]
    if pictures and len(pictures) * 2 > len(files):
        return "application/vnd.comicbook+zip"
    return None


def _declared_epub(archive: zipfile.ZipFile, names: list[str]) -> bool:
    if "META-INF/container.xml" in names:
        return True
    if "mimetype" not in names:
        return False
    with archive.open("mimetype") as file:
        return file.read(64).strip() == b"application/epub+zip"


def _by_markup(head: bytes) -> str | None:
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if text.startswith((b"<?xml", b"<!--", b"<!doctype", b"<svg", b"<html", b"<head", b"<body")):
        # The outermost element decides: a web page may hold drawings, and a drawing may hold parts of a web page.
        found = {text.find(tag): kind for tag, kind in _ROOTS if tag in text}
        return found[min(found)] if found else None
    return None


def _as_text(path: Path, head: bytes) -> str | None:
    """Text has few control characters; UTF-16 with or without a mark has many zeros, but all at odd or even places."""
    wide = head.startswith((b"\xff\xfe", b"\xfe\xff")) or _zeros_alternate(head)
    controls = sum(byte < 9 or 13 < byte < 32 or byte == 127 for byte in head)
    if not wide and controls * 50 > len(head):
        return None
    suffix = path.suffix.lower()
    if suffix in {".html", ".htm", ".xhtml"}:
        return "text/html"
    return "text/markdown" if suffix in _MARKDOWN_SUFFIXES else "text/plain"


def _zeros_alternate(head: bytes) -> bool:
    even, odd = head[::2].count(0), head[1::2].count(0)
    return max(even, odd) * 5 > len(head) and min(even, odd) * 20 < len(head)
