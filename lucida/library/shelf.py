"""The items of a library as those who draw from them see them: whether they are there, and their pixels."""

from __future__ import annotations

import glob
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from lucida.errors import SourceError, UsageError
from lucida.index import Filter
from lucida.ingest.render import render_page
from lucida.types import PictureRole

if TYPE_CHECKING:
    from PIL.Image import Image

    from lucida.index import Index, ItemRow, PageRow


class LibraryShelf:
    """Reads items from an open index.

    Args:
        index: for reading.
        passwords: for pages of encrypted documents.
    """

    def __init__(self, index: Index, passwords: tuple[str, ...] = ()) -> None:
        self._index, self._passwords = index, passwords

    def there(self, items: Sequence[int]) -> set[int]:
        """Those of the items that are still in the library."""
        return {row.id for row in self._index.items(items)}

    def picture(self, item: int) -> Image:
        """The pixels of an item at its own resolution (of pages at 150 dpi), RGB.

        Raises:
            UsageError: it is a passage.
            SourceError: it is gone, or its source is.
        """
        rows = self._index.items([item])
        if not rows:
            raise SourceError(f"Item {item} is no longer in the library.", "Ingest its source again.")
        row = rows[0]
        if row.kind != "picture":
            raise UsageError(f"Item {item} is a passage, not a picture.", "Name a picture; lucida search shows ids.")
        box = None if tuple(row.box) == (0, 0, 1, 1) else row.box
        image = render_page(Path(row.source), row.media_type, row.page, passwords=self._passwords, box=box)
        return image.convert("RGB")


def standing_for(index: Index, page: PageRow) -> ItemRow | None:
    """The item that stands for a page in the lineage: its picture, else whatever is on it; None for a bare page."""
    ids = index.select(Filter(path=glob.escape(page.source)))
    rows = [] if ids is None else index.items(ids.tolist())
    on_page = [row for row in rows if row.page == page.number]
    return min(on_page, key=lambda row: (row.role is not PictureRole.PAGE, row.id), default=None)
