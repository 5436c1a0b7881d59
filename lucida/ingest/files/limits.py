"""Refuse what would take absurd amounts of memory or disk, before anything is decoded."""

from __future__ import annotations

import contextlib
import struct
import threading
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from lucida.errors import UnsafeSourceError

#: A container may unpack to so many bytes ...
MAX_UNPACKED = 4_000_000_000
#: ... and, when it unpacks to more than a pittance, to at most so many times its size. Office files of plain text reach
#: about 30; deflate itself ends at 1,032.
MAX_RATIO = 200
_PITTANCE = 100_000_000
MAX_ENTRIES = 100_000
_CHUNK = 1 << 20
_PICTURE_SUFFIXES = (".jpg", ".jpeg", ".png", ".gif", ".webp", ".bmp", ".tif", ".tiff", ".jp2")
_pillow_limit = threading.RLock()


def check_container(path: Path, max_pixels: int) -> None:
    """Check a zip container (EPUB, DOCX, XLSX, PPTX, CBZ, XPS) by what it declares and by what it really unpacks to.

    Sizes in a zip's directory are claims. Where they are modest, each entry is inflated and counted, and nothing of it
    is kept, so that a file that lies is found out before a parser meets it. Archives inside the container count with
    their own bytes only, for no parser of ours unpacks them.

    Args:
        path: the file.
        max_pixels: limit on each picture inside.

    Raises:
        UnsafeSourceError: too many entries, too much data in them, or a giant picture.
        zipfile.BadZipFile, zlib.error: it is damaged.
    """
    size = path.stat().st_size
    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
        if len(entries) > MAX_ENTRIES:
            raise _bomb(path, f"{len(entries):,} entries")
        declared = sum(entry.file_size for entry in entries)
        budget = _budget(size)
        if declared > budget:
            raise _bomb(path, f"{declared / 1e9:.1f} GB in a file of {size / 1e6:.1f} MB")
        for entry in entries:
            budget -= _unpacked(path, entry, budget)
            if budget < 0:
                raise _bomb(path, f"more than {_budget(size) / 1e9:.1f} GB in a file of {size / 1e6:.1f} MB")
        _check_contained_pictures(path, archive, max_pixels)


def check_pixels(name: str, width: int, height: int, most: int) -> None:
    """Check a picture's declared size.

    Raises:
        UnsafeSourceError: it has more than ``most`` pixels.
    """
    if width * height > most:
        raise UnsafeSourceError(
            f"{name} declares {width:,} x {height:,} pixels, more than the limit of {most / 1e6:,.0f} million.",
            "Scale it down first, if it is a true picture.",
        )


@contextlib.contextmanager
def pillow_limit_lifted() -> Iterator[None]:
    """Keep Pillow from judging sizes while a header is read: its limit is a global of its own, ours is an option."""
    from PIL import Image

    with _pillow_limit, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # odd tags are no news either
        before, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, None
        try:
            yield
        finally:
            Image.MAX_IMAGE_PIXELS = before


def _check_contained_pictures(path: Path, archive: zipfile.ZipFile, most: int) -> None:
    """Headers only. One that makes no sense is left to the parser, which leaves the picture out."""
    from PIL import Image

    for entry in archive.infolist():
        if not entry.filename.lower().endswith(_PICTURE_SUFFIXES):
            continue
        try:
            with pillow_limit_lifted(), archive.open(entry) as file, Image.open(file) as image:
                width, height = image.size
        except Exception:  # noqa: BLE001, S112 - whatever is wrong with it, it is not its size
            continue
        check_pixels(f"A picture in {path.name}", width, height, most)


def _budget(size: int) -> int:
    return min(MAX_UNPACKED, max(_PITTANCE, size * MAX_RATIO))


def _unpacked(path: Path, entry: zipfile.ZipInfo, budget: int) -> int:
    """Bytes that an entry really unpacks to, counted no further than just past the budget.

    Python's own reader stops at the declared size, which parsers in C do not; hence the stream itself is inflated.
    """
    if entry.compress_type != zipfile.ZIP_DEFLATED:
        return max(entry.file_size, entry.compress_size)
    with path.open("rb") as file:
        file.seek(entry.header_offset + 26)
        name_length, extra_length = struct.unpack("<HH", file.read(4).ljust(4, b"\0"))
        file.seek(name_length + extra_length, 1)
        inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        packed, total = entry.compress_size, 0
        while packed > 0 and total <= budget and not inflater.eof:
            data = inflater.unconsumed_tail or file.read(min(_CHUNK, packed))
            if not data:
                break
            packed -= 0 if inflater.unconsumed_tail else len(data)
            total += len(inflater.decompress(data, _CHUNK))
        while inflater.unconsumed_tail and total <= budget and not inflater.eof:
            total += len(inflater.decompress(inflater.unconsumed_tail, _CHUNK))
    return total


def _bomb(path: Path, what: str) -> UnsafeSourceError:
    return UnsafeSourceError(
        f"{path.name} is refused, for it would unpack to {what}.",
        "If you trust it, unpack it yourself and ingest that.",
    )
