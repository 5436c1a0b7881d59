"""The items of a library as those who draw from them see them: whether they are there, and their pixels."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from lucida.errors import SourceError, UsageError
from lucida.ingest.render import render_page

if TYPE_CHECKING:
    from PIL.Image import Image

    from lucida.index import Index


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
