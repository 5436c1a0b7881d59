"""Virtual pages on paper: what a text without a layout of its own looks like."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from lucida.ingest.structure.gridsize import SIZE_PT

if TYPE_CHECKING:
    import pymupdf

    from lucida.types import Page


def draw_page(document: pymupdf.Document, page: Page) -> pymupdf.Page:
    """Print the words of a virtual page where they stand, headings in bold, table cells framed.

    Args:
        document: gets the page at its end.
        page: from ``grid.lay_out``.

    Returns:
        The page as drawn.
    """
    import pymupdf

    sheet = document.new_page(width=page.width_pt, height=page.height_pt)
    titles = [region.box for region in page.regions if region.level]
    writer = pymupdf.TextWriter(sheet.rect)
    for word in page.words:
        latin = all(ord(char) < 0x250 for char in word.text)
        heavy = any(title.contains_point(*word.box.center) for title in titles)
        font = _font(("cobo" if heavy else "cour") if latin else "cjk")
        width = font.text_length(word.text, fontsize=SIZE_PT)
        room = word.box.width * page.width_pt
        size = SIZE_PT * min(1.0, room / width) if width > 0 else SIZE_PT
        baseline = word.box.y1 * page.height_pt - 0.25 * SIZE_PT
        writer.append((word.box.x0 * page.width_pt, baseline), word.text, font=font, fontsize=size)
    writer.write_text(sheet)
    for region in page.regions:
        for cell in region.table.cells if region.table else ():
            x0, y0, x1, y1 = cell.box
            frame = pymupdf.Rect(
                x0 * page.width_pt - 2, y0 * page.height_pt, x1 * page.width_pt - 2, y1 * page.height_pt
            )
            sheet.draw_rect(frame, color=(0.75, 0.75, 0.75), width=0.4)
    return sheet


@cache
def _font(name: str) -> pymupdf.Font:
    import pymupdf

    return pymupdf.Font(name)
