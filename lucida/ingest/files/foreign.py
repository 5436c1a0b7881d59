"""Kinds that we know by sight and do not read: each with a name and a way out."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_AS_PDF = "Save or print it as PDF, and ingest that."
_AS_PICTURE = "Export it as PNG or JPEG, and ingest that."
_UNPACK = "Unpack it, and ingest the folder."
_SPOKEN = "Lucida reads pages and pictures; leave it out."

#: (offset, bytes, what it is, way out). Some of these would otherwise pass for text.
_FOREIGN: tuple[tuple[int, bytes, str, str], ...] = (
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office file", "Save it as DOCX, XLSX, PPTX or PDF."),
    (0, b"{\\rtf", "an RTF file", "Save it as DOCX or PDF."),
    (0, b"%!PS", "a PostScript file", "Convert it with ps2pdf, and ingest that."),
    (30, b"mimetypeapplication/vnd.oasis.opendocument", "an OpenDocument file", _AS_PDF),
    (0, b"AT&TFORM", "a DjVu file", "Convert it with ddjvu -format=pdf, and ingest that."),
    (0, b"Rar!\x1a\x07", "a RAR archive", _UNPACK),
    (0, b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", _UNPACK),
    (0, b"\x1f\x8b", "a gzip archive", _UNPACK),
    (4, b"1AY&SY", "a bzip2 archive", _UNPACK),
    (0, b"\xfd7zXZ\0", "an xz archive", _UNPACK),
    (0, b"\x28\xb5\x2f\xfd", "a Zstandard archive", _UNPACK),
    (257, b"ustar", "a tar archive", _UNPACK),
    (0, b"PK\x03\x04", "a zip archive", _UNPACK),
    (0, b"PK\x05\x06", "a zip archive", _UNPACK),
    (0, b"8BPS\0", "a Photoshop file", _AS_PICTURE),
    (0, b"\0\0\0\x0cJXL \r\n\x87\n", "a JPEG XL picture", _AS_PICTURE),
    (0, b"\xff\x0a", "a JPEG XL picture", _AS_PICTURE),
    (0, b"\0\0\0\x0cjP  \r\n\x87\n", "a JPEG 2000 picture", _AS_PICTURE),
    (4, b"ftypcrx ", "a camera raw picture", _AS_PICTURE),
    (4, b"ftyp", "a video", _SPOKEN),
    (0, b"\x1aE\xdf\xa3", "a video", _SPOKEN),
    (8, b"AVI LIST", "a video", _SPOKEN),
    (8, b"WAVEfmt ", "a sound recording", _SPOKEN),
    (0, b"ID3\3", "a sound recording", _SPOKEN),
    (0, b"ID3\4", "a sound recording", _SPOKEN),
    (0, b"OggS\0", "a sound recording", _SPOKEN),
    (0, b"fLaC\0", "a sound recording", _SPOKEN),
)
_COMPOUND = _FOREIGN[0][1]


def advice_for(head: bytes) -> tuple[str, str] | None:
    """Name a kind that we do not read by the file's first bytes.

    Args:
        head: some hundred bytes at least, where the file has them.

    Returns:
        What it is ("a RAR archive") and what to do, or None for a stranger.
    """
    for offset, magic, what, advice in _FOREIGN:
        if head.startswith(magic, offset):
            return what, advice
    return None


def is_locked_office(path: Path, head: bytes) -> bool:
    """Whether this is a DOCX, XLSX or PPTX under a password: an old-style container around ``EncryptedPackage``.

    Source: [MS-OFFCRYPTO] 1.3; the stream's name stands in the container's directory in UTF-16.
    """
    if not head.startswith(_COMPOUND):
        return False
    name, overlap = "EncryptedPackage".encode("utf-16-le"), 64
    with path.open("rb") as file:
        tail = b""
        while chunk := file.read(1 << 20):
            if name in tail + chunk:
                return True
            tail = chunk[-overlap:]
    return False
