"""Drawing the proof: the place on the page, cut out with its surroundings and marked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lucida.lazy import require
from lucida.query.lettering import Lettering
from lucida.types import Box, union

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PIL.Image import Image

    from lucida.types import Citation

#: Amber marks like a text marker and keeps black print readable; the outline is dark enough on white and on black.
_MARKER = (255, 205, 40)
_OUTLINE = (200, 60, 0)
_CAPTION_INK, _CAPTION_LINES = "#282828", 3
_PAPER = (255, 255, 255)
#: What lies outside the boxes keeps this share of its brightness.
_DIMMED = 0.86
#: A crop shows at least this share of the page around the boxes, so that labels and row heads are seen too ...
_SMALLEST_WIDTH, _SMALLEST_HEIGHT = 1.0, 0.13
#: ... and so much margin beyond them.
_MARGIN_X, _MARGIN_Y = 0.06, 0.04
#: Crops narrower than this are enlarged, at most threefold, so that small print can be read.
_READABLE_WIDTH_PX = 720
_SHEET_WIDTH_PX = 960
#: WebP holds no more than 16,383 rows.
_HIGHEST_PX = 16_000
_GAP_PX = 16


def draw_evidence(page_image: Image, boxes: Sequence[Box], *, crop: bool = True) -> Image:
    """Mark boxes on a page.

    Args:
        page_image: the page as displayed, of any size and mode.
        boxes: fractions of the page; none leaves the page unmarked and whole.
        crop: show the boxes with their surroundings rather than the whole page.

    Returns:
        A new RGB picture: the boxes under a translucent marker with an outline, the rest slightly dimmed. A small crop
        is enlarged to stay readable.

    Raises:
        DependencyError: Pillow is not installed.
    """
    marked = _marked(page_image.convert("RGB"), boxes)
    if not crop or not boxes:
        return marked
    view = _view(boxes).to_px(*marked.size)
    cut = marked.crop(view)
    scale = min(max(_READABLE_WIDTH_PX / cut.width, 1.0), 3.0)
    if scale == 1.0:
        return cut
    image = require("PIL.Image", "draw evidence")
    enlarged: Image = cut.resize((round(cut.width * scale), round(cut.height * scale)), image.Resampling.LANCZOS)
    return enlarged


def by_page(citations: Sequence[Citation]) -> dict[tuple[str, int], list[Citation]]:
    """Citations by source and page, in the order in which the pages come: each page is drawn once."""
    pages: dict[tuple[str, int], list[Citation]] = {}
    for citation in citations:
        pages.setdefault((citation.source, citation.page), []).append(citation)
    return pages


def evidence_sheet(entries: Sequence[tuple[Image, str]]) -> Image:
    """Stack pictures of evidence under each other, each with a caption above it.

    Args:
        entries: (picture, caption) each, e.g. from ``draw_evidence``; the sheet is as wide as 960 px.

    Returns:
        A new RGB picture, at most 16,000 px high, so that every format can hold it: the pictures of very many entries
        are made smaller. An empty white one when there are no entries.

    Raises:
        DependencyError: Pillow is not installed.
    """
    image, draw_module = require("PIL.Image", "draw evidence"), require("PIL.ImageDraw", "draw evidence")
    lettering = Lettering(18)
    inner = _SHEET_WIDTH_PX - 2 * _GAP_PX
    share = _HIGHEST_PX / max(len(entries), 1) - _CAPTION_LINES * lettering.line_px - 3 * _GAP_PX
    blocks = [
        (
            _fitted(picture.convert("RGB"), inner, max(round(share), 1)),
            lettering.wrapped(caption, inner, _CAPTION_LINES),
        )
        for picture, caption in entries
    ]
    step = lettering.line_px
    heights = [picture.height + step * len(lines) + 2 * _GAP_PX for picture, lines in blocks]
    sheet: Image = image.new("RGB", (_SHEET_WIDTH_PX, sum(heights) + _GAP_PX), _PAPER)
    draw = draw_module.Draw(sheet)
    y = _GAP_PX
    for (picture, lines), height in zip(blocks, heights, strict=True):
        for number, line in enumerate(lines):
            lettering.draw(draw, _GAP_PX, y + step * number, line, _CAPTION_INK)
        top = y + step * len(lines) + 4
        sheet.paste(picture, (_GAP_PX, top))
        draw.rectangle((_GAP_PX - 1, top - 1, _GAP_PX + picture.width, top + picture.height), outline=(205, 205, 205))
        y += height
    return sheet


def _marked(page: Image, boxes: Sequence[Box]) -> Image:
    """The page dimmed, with each box bright, tinted like by a text marker (multiply keeps the print) and outlined."""
    if not boxes:
        return page
    image, chops = require("PIL.Image", "draw evidence"), require("PIL.ImageChops", "draw evidence")
    draw_module = require("PIL.ImageDraw", "draw evidence")
    result: Image = page.point(lambda value: int(value * _DIMMED))
    stroke = max(2, round(min(page.size) / 450))
    frames = [_padded(box, stroke).to_px(*page.size) for box in boxes]
    for frame in frames:
        part = page.crop(frame)
        tint = image.new("RGB", part.size, _MARKER)
        result.paste(image.blend(part, chops.multiply(part, tint), 0.55), frame[:2])
    draw = draw_module.Draw(result)
    for left, top, right, bottom in frames:
        draw.rounded_rectangle((left, top, right - 1, bottom - 1), radius=2 * stroke, outline=_OUTLINE, width=stroke)
    return result


def _padded(box: Box, stroke: int) -> Box:
    """A little air, so that the outline does not touch the letters."""
    air = 0.0015 * stroke
    return box.expand(air, air)


def _view(boxes: Sequence[Box]) -> Box:
    """The part of the page to show: the boxes, a margin, and at least the smallest view, moved onto the page."""
    around = union(boxes).expand(_MARGIN_X, _MARGIN_Y)
    x0, x1 = _widened(around.x0, around.x1, _SMALLEST_WIDTH)
    y0, y1 = _widened(around.y0, around.y1, _SMALLEST_HEIGHT)
    return Box(x0, y0, x1, y1)


def _widened(low: float, high: float, least: float) -> tuple[float, float]:
    lack = max(least - (high - low), 0.0)
    low = min(max(low - lack / 2, 0.0), 1.0 - least) if lack else low
    return low, max(high, low + least) if lack else high


def _fitted(picture: Image, width: int, height: int) -> Image:
    scale = min(width / picture.width, height / picture.height)
    if scale >= 1.0:
        return picture
    image = require("PIL.Image", "draw evidence")
    size = max(1, round(picture.width * scale)), max(1, round(picture.height * scale))
    fitted: Image = picture.resize(size, image.Resampling.LANCZOS)
    return fitted
