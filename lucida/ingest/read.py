"""One door for all sources: find out the kind, check the limits, hand over to the reader of that kind."""

from __future__ import annotations

import logging
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from lucida.errors import DamagedSourceError, LucidaError, SourceError, UnsafeSourceError
from lucida.ingest.documents.pdf import read_document
from lucida.ingest.files.limits import check_container
from lucida.ingest.files.sniff import media_type_of
from lucida.ingest.markup.markup import MARKUP_TYPES, read_markup
from lucida.types.paths import printable

if TYPE_CHECKING:
    from lucida.config import ReadOptions
    from lucida.models.protocols import OcrEngine
    from lucida.types import Document

_log = logging.getLogger(__name__)
_ZIP_BASED = ("application/epub+zip", "application/vnd.")


def read_source(
    path: Path, options: ReadOptions, ocr: OcrEngine | None, on_page: Callable[[int, int], None]
) -> Document:
    """Read any supported file.

    Args:
        path: the file.
        options: how to read.
        ocr: reads scans; None leaves them without words.
        on_page: told (done, total) after each page.

    Raises:
        SourceError: the file cannot be read; whatever a parser throws comes out as one of its kinds.
        DependencyError: something that this kind of file needs is not installed.
    """
    name = printable(path.name)
    try:
        return _read(path, options, ocr, on_page)
    except LucidaError:
        raise
    except FileNotFoundError as error:
        raise SourceError(f"{name} has vanished.", "Run ingest again; with --prune it is forgotten.") from error
    except PermissionError as error:
        raise SourceError(f"{name} may not be read.", "Give yourself permission, or leave it out.") from error
    except MemoryError as error:
        raise UnsafeSourceError(
            f"{name} needs more memory than a worker may use.", "Split it, or scale its pictures down."
        ) from error
    except (zipfile.BadZipFile, zlib.error) as error:
        raise DamagedSourceError(
            f"{name} is a damaged zip container ({error}).", "Get a complete copy of the file."
        ) from error
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise SourceError(f"{name} cannot be read: {reason}.", "Check the disk, then ingest again.") from error
    except Exception as error:
        _log.debug("reading %s failed", name, exc_info=True)
        raise DamagedSourceError(
            f"{name} cannot be parsed ({type(error).__name__}).", "Save it anew in its own program, and ingest again."
        ) from error


def _read(path: Path, options: ReadOptions, ocr: OcrEngine | None, on_page: Callable[[int, int], None]) -> Document:
    media_type = media_type_of(path)
    if media_type.startswith(_ZIP_BASED):
        check_container(path, options.max_pixels)
    if media_type in MARKUP_TYPES:
        return read_markup(path, media_type, options, on_page)
    if media_type.startswith("image/") and media_type != "image/svg+xml":
        from lucida.ingest.pictures.pictures import read_picture

        return read_picture(path, media_type, options, ocr, on_page)
    return read_document(path, media_type, options, ocr, on_page)
