"""Writing documents so that the same drawing gives the same bytes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from lucida.lazy import require

_DEFAULT_DATE = datetime(2025, 1, 15, 9, 0, 0)


def new_document() -> Any:
    """An empty ``pymupdf.Document``."""
    return require("pymupdf", "draw documents").open()


def save_document(
    document: Any,
    path: Path | BinaryIO,
    *,
    title: str = "",
    author: str = "",
    created: datetime = _DEFAULT_DATE,
    outline: Sequence[tuple[int, str, int]] = (),
) -> None:
    """Write and close a PDF, into a file or a stream, whose bytes depend on nothing but its content.

    Args:
        outline: bookmarks as (level, text, page), counting from 1.
    """
    stamp = f"D:{created:%Y%m%d%H%M%S}Z"
    document.set_metadata({
        "title": title,
        "author": author,
        "producer": "Lucida",
        "creationDate": stamp,
        "modDate": stamp,
    })  # fmt: skip
    if outline:
        document.set_toc([list(entry) for entry in outline])
    document.save(path, garbage=3, deflate=True, no_new_id=True)
    document.close()
