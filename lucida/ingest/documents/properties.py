"""What a document says about itself, and what it carries that we never run."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING

from lucida.ingest.structure.sections import fold

if TYPE_CHECKING:
    import pymupdf

_PDF_DATE = re.compile(r"(?:D:)?(\d{4})(\d{2})?(\d{2})?(\d{2})?(\d{2})?(\d{2})?")
_KEPT = ("title", "author", "subject", "keywords", "creator", "producer", "format")
_MAX_NAMES = 20
_FILE_ATTACHMENT = 17  # pymupdf.PDF_ANNOT_FILE_ATTACHMENT
#: Objects beyond this many are not searched for scripts; such files are databases of drawings.
_MAX_SCANNED_OBJECTS = 20_000


def properties(document: pymupdf.Document) -> dict[str, str]:
    """Title, author and the like; only what is there. Control characters are dropped, lengths bounded."""
    found: dict[str, str] = {}
    for key in _KEPT:
        value = (document.metadata or {}).get(key) or ""
        clean = " ".join("".join(char if char.isprintable() else " " for char in value).split())[:500]
        if clean:
            found[key] = clean
    return found


def creation_date(document: pymupdf.Document) -> datetime | None:
    """When the document says it was made, as local time; None when it does not say or says nonsense.

    Understands PDF dates (``D:20240131120000+01'00'``) and ISO 8601.
    """
    value = str((document.metadata or {}).get("creationDate") or "").strip()
    match = _PDF_DATE.match(value.replace("-", "").replace("T", "").replace(":", "").replace("D", "D:", 1))
    if not match:
        return None
    year, month, day, hour, minute, second = (int(part) if part else None for part in match.groups())
    try:
        return datetime(year or 1, month or 1, day or 1, hour or 0, minute or 0, second or 0)
    except ValueError:
        return None


def outline(document: pymupdf.Document) -> dict[str, int]:
    """Titles of the document's own table of contents, folded, with their levels."""
    try:
        entries = document.get_toc(simple=True)
    except (RuntimeError, ValueError, AttributeError, IndexError):
        return {}
    return {fold(str(entry[1])): int(entry[0]) for entry in entries if str(entry[1]).strip()}


def carried_warnings(document: pymupdf.Document) -> list[str]:
    """Sentences about repairs, scripts and embedded files."""
    if not document.is_pdf:
        return []
    warnings = []
    if document.is_repaired:
        warnings.append("The file is damaged (broken cross-reference table) and was repaired while reading.")
    if _has_javascript(document):
        warnings.append("The document carries JavaScript, which is never run.")
    names = list(dict.fromkeys([*_embedded_names(document), *_attached_names(document)]))
    if names:
        listed = ", ".join(names[:_MAX_NAMES]) + (", ..." if len(names) > _MAX_NAMES else "")
        warnings.append(f"The document carries embedded files, which are not read: {listed}.")
    return warnings


def _has_javascript(document: pymupdf.Document) -> bool:
    for xref in range(1, min(document.xref_length(), _MAX_SCANNED_OBJECTS)):
        try:
            source = document.xref_object(xref, compressed=True)
        except (RuntimeError, ValueError):
            continue
        if "/JavaScript" in source or "/JS(" in source or "/JS " in source:
            return True
    return False


def _embedded_names(document: pymupdf.Document) -> list[str]:
    try:
        names = list(document.embfile_names())
    except (RuntimeError, ValueError):
        names = []
    return [_clean(str(name)) for name in names]


def _attached_names(document: pymupdf.Document) -> list[str]:
    """Files pinned to pages as annotations (``/FileAttachment``, ISO 32000 12.5.6.15), which no list of names holds."""
    names: list[str] = []
    for index in range(min(document.page_count, _MAX_SCANNED_OBJECTS)):
        try:
            marked = [entry[0] for entry in document.page_annot_xrefs(index) if entry[1] == _FILE_ATTACHMENT]
            for xref in marked:
                kind, text = document.xref_get_key(xref, "FS/UF")
                if kind != "string":
                    kind, text = document.xref_get_key(xref, "FS/F")
                names.append(_clean(text) if kind == "string" and text else "a file without a name")
        except (RuntimeError, ValueError, IndexError):
            continue
        if len(names) > _MAX_NAMES:
            break
    return names


def _clean(name: str) -> str:
    return "".join(char if char.isprintable() else "?" for char in name)[:200]
