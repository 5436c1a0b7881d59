"""File names as people and machines may safely read them."""

from __future__ import annotations


def printable(path: str) -> str:
    r"""A path that is safe to print, to put into JSON and to store as SQL text.

    Bytes that are not UTF-8 (surrogate escapes, as ``os.fsdecode`` gives them) become ``\xff``, and control characters
    (newlines, terminal escapes) their usual backslash forms. Everything else, emoji included, stays.
    """
    return "".join(char if char.isprintable() else _escaped(char) for char in path)


def json_path(path: str) -> str:
    """A path for JSON: as it is, so that a script can open it, unless it is no text at all; then as ``printable``."""
    try:
        path.encode("utf-8")
    except UnicodeEncodeError:
        return printable(path)
    return path


def _escaped(char: str) -> str:
    code = ord(char)
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    return char.encode("unicode_escape").decode("ascii")
