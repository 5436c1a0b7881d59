"""The pixels of a picture in the library: its stored preview, or, for whole pages, drawn from the source."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from lucida.errors import LucidaError, SourceError, UsageError
from lucida.library.embedding import decoded_preview

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PIL.Image import Image

    from lucida.index import Index, ItemRow

#: A page of A4 or US Letter is about so many pixels long then, as long as a preview.
_PAGE_DPI = 48
_LONGEST_PX = 512
#: Previews are decoded side by side; documents are drawn one after the other, for MuPDF knows no threads.
_THREADS = 4


def preview(index: Index, row: ItemRow, passwords: tuple[str, ...] = ()) -> Image:
    """A picture at preview size: RGB, longest side at most 512 px.

    Args:
        index: where the stored previews are.
        row: the picture.
        passwords: tried in turn where the page of an encrypted document has to be drawn.

    Raises:
        UsageError: the item is no picture.
        SourceError: it has no stored preview, and its source is gone or is no longer what was read.
    """
    if row.kind != "picture":
        raise UsageError(f"Item {row.id} is a passage, not a picture.", "Name a picture; lucida search shows ids.")
    stored = decoded_preview(index.blob(row.blob) or b"") if row.blob else None
    return stored or _drawn(row, passwords)


def previews(index: Index, rows: Sequence[ItemRow], passwords: tuple[str, ...] = ()) -> list[Image | None]:
    """The pictures at preview size, in order; None where one cannot be had."""
    with ThreadPoolExecutor(_THREADS) as pool:
        blobs = pool.map(lambda row: decoded_preview(index.blob(row.blob) or b"") if row.blob else None, rows)
        stored = list(blobs)
    return [image or _drawn_or_none(row, passwords) for image, row in zip(stored, rows, strict=True)]


def _drawn_or_none(row: ItemRow, passwords: tuple[str, ...]) -> Image | None:
    try:
        return _drawn(row, passwords)
    except LucidaError:
        return None


def _drawn(row: ItemRow, passwords: tuple[str, ...]) -> Image:
    from lucida.ingest.render import render_page

    if not Path(row.source).is_file():
        raise SourceError(
            f"{Path(row.source).name} is no longer there.", "Run ingest again to bring the library up to date."
        )
    image = render_page(
        Path(row.source), row.media_type, row.page, dpi=_PAGE_DPI, passwords=passwords, box=row.box
    ).convert("RGB")
    image.thumbnail((_LONGEST_PX, _LONGEST_PX), reducing_gap=2.0)
    return image
