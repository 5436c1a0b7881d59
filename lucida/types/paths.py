"""File names as people and machines may safely read them."""

from __future__ import annotations


def printable(path: str) -> str:
    r"""A path that is safe to print, to put into JSON and to store as SQL text.

    Bytes that are not UTF-8 (surrogate escapes, as ``os.fsdecode`` gives them) become ``\xff``, and control characters
    (newlines, terminal escapes) their usual backslash forms. Everything else, emoji included, stays.
    """
    return "".join(char if char.isprintable() else _escaped(char) for char in path)


def _escaped(char: str) -> str:
    code = ord(char)
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    return char.encode("unicode_escape").decode("ascii")
