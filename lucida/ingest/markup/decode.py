"""Bytes to text: byte order marks, declared and guessed encodings."""

from __future__ import annotations

import codecs
import re

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_.:-]{2,40})""", re.IGNORECASE)
_LOOK = 2048


def decode(data: bytes, *, declared: bool = False) -> str:
    r"""Decode a text file.

    Args:
        data: the whole file.
        declared: whether to look for a declaration in the first 2 KiB, as HTML and XML carry it.

    A byte order mark wins, then a declaration that holds, then UTF-8, then UTF-16 without a mark (told by its zero
    bytes), then Windows-1252, which always works. Line ends become ``\n``; NUL characters are dropped.
    """
    text = _decode(data, _declaration(data) if declared else None)
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")


def _decode(data: bytes, declaration: str | None) -> str:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    for encoding in filter(None, (declaration, "utf-8")):
        try:
            text = data.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
        if text.count("\0") * 20 <= len(text):
            return text
    wide = _wide_order(data)
    return data.decode(wide, "replace") if wide else data.decode("cp1252", "replace")


def _declaration(data: bytes) -> str | None:
    match = _DECLARED.search(data[:_LOOK])
    if not match:
        return None
    name = match.group(1).decode("ascii")
    try:
        # A document that can be searched for ASCII is not in UTF-16, whatever it says.
        return None if codecs.lookup(name).name.startswith(("utf-16", "utf-32")) else name
    except LookupError:
        return None


def _wide_order(data: bytes) -> str | None:
    even, odd = data[0:_LOOK:2].count(0), data[1:_LOOK:2].count(0)
    half = max(min(len(data), _LOOK) // 2, 1)
    if odd > 0.4 * half > 4 * even or (odd > 0.4 * half and even < 0.05 * half):
        return "utf-16-le"
    if even > 0.4 * half and odd < 0.05 * half:
        return "utf-16-be"
    return None
