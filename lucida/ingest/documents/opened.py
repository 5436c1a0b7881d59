"""Opening a document with PyMuPDF: quietly, with passwords, and with errors of our own."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lucida.errors import DamagedSourceError, EncryptedSourceError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pymupdf

#: What MuPDF calls the formats; it must be told, because names lie and some formats have no signature.
_FILE_TYPES = {
    "application/pdf": "pdf",
    "application/vnd.ms-xpsdocument": "xps",
    "application/oxps": "xps",
    "application/epub+zip": "epub",
    "application/x-mobipocket-ebook": "mobi",
    "application/x-fictionbook+xml": "fb2",
    "application/vnd.comicbook+zip": "cbz",
    "application/x-cbz": "cbz",
    "image/svg+xml": "svg",
    "text/plain": "txt",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "pptx",
}
#: Reflowable formats have no pages of their own; a fixed page and type size makes boxes stable between runs.
_REFLOW_WIDTH_PT, _REFLOW_HEIGHT_PT, _REFLOW_EM_PT = 480.0, 680.0, 11.0


def open_document(path: Path, media_type: str, passwords: Sequence[str] = ()) -> pymupdf.Document:
    """Open a document and lay it out.

    Args:
        path: the file.
        media_type: what its bytes are; decides which parser runs.
        passwords: tried in turn when it is encrypted.

    Returns:
        A document with at least one page. The caller closes it.

    Raises:
        EncryptedSourceError: none of the passwords opens it.
        DamagedSourceError: it does not parse, or it has no pages.
    """
    import pymupdf

    silence()
    try:
        document = _opened(path, _FILE_TYPES.get(media_type, path.suffix.lstrip(".").lower() or "pdf"))
    except FileNotFoundError:
        raise
    except (RuntimeError, ValueError, OSError, pymupdf.mupdf.FzErrorBase) as error:
        raise _damaged(path, error) from error
    try:
        _unlock(document, path, passwords)
        if document.is_reflowable:
            document.layout(width=_REFLOW_WIDTH_PT, height=_REFLOW_HEIGHT_PT, fontsize=_REFLOW_EM_PT)
        pages = document.page_count
    except EncryptedSourceError:
        document.close()
        raise
    except (RuntimeError, ValueError, pymupdf.mupdf.FzErrorBase) as error:
        document.close()
        raise _damaged(path, error) from error
    if pages < 1:
        document.close()
        raise DamagedSourceError(f"{path.name} has no pages.", "Get another copy of the file.")
    return document


def _opened(path: Path, file_type: str) -> pymupdf.Document:
    import pymupdf

    try:
        str(path).encode()
    except UnicodeEncodeError:
        # MuPDF takes names in UTF-8 only, and a name on disk may be any bytes: hand over the content instead.
        return pymupdf.open(stream=path.read_bytes(), filetype=file_type)
    return pymupdf.open(path, filetype=file_type)


def silence() -> None:
    """Stop MuPDF from writing its own messages to the terminal; failures come back as exceptions all the same."""
    import pymupdf

    pymupdf.TOOLS.mupdf_display_errors(False)
    pymupdf.TOOLS.mupdf_display_warnings(False)


def _unlock(document: pymupdf.Document, path: Path, passwords: Sequence[str]) -> None:
    if not document.needs_pass:
        return
    if any(document.authenticate(password) for password in passwords):
        return
    given = "None of the passwords given opens" if passwords else "A password is needed to open"
    raise EncryptedSourceError(f"{given} {path.name}.", "Give the right one with --password.")


def _damaged(path: Path, error: BaseException) -> DamagedSourceError:
    # MuPDF's own sentence follows its error code; what stands before repeats the path.
    code = re.search(r"code=\d+: *([^\n]+)", str(error))
    reason = f" ({code.group(1).strip().rstrip('.')})" if code else ""
    return DamagedSourceError(
        f"{path.name} cannot be parsed{reason}.", "Open it in its own program and save it anew, or get another copy."
    )
