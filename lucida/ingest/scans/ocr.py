"""Reading scans: straighten, read once, map back to the page as stored, and find blocks, titles, columns and tables."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

from lucida.ingest.scans.straighten import Straightened, read_words
from lucida.ingest.structure.blocks import Block, Style, group
from lucida.ingest.structure.compose import Composed, TitleStyle, compose
from lucida.ingest.structure.lines import Line, Token, inside, split_at_gaps
from lucida.ingest.structure.order import reading_order
from lucida.ingest.structure.sections import settle
from lucida.ingest.structure.tables import aligned_tables
from lucida.types import Page, TextOrigin, Word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PIL.Image import Image

    from lucida.models.protocols import OcrEngine

#: Word boxes reach from ascender to descender, which is about 0.95 of the type size when both are present.
_SIZE_OF_HEIGHT = 1.05


def read_scan(image: Image, dpi: int, ocr: OcrEngine, *, number: int, width_pt: float, height_pt: float) -> Page:
    """Straighten a page, read it, and map what was read back onto the page as stored.

    Args:
        image: the page as stored, any mode.
        dpi: its resolution.
        ocr: the engine.
        number: page number, counting from 1.
        width_pt, height_pt: the page's size as displayed.

    Returns:
        A page with words, and regions in reading order: blocks by gaps, titles by height, columns, tables where
        columns align. Origin ``NONE`` when the engine found no words.

    Raises:
        DependencyError: the engine or a language pack is not installed.
        SourceError: the engine failed on this image.
    """
    page, styles = compose_scan(image, dpi, ocr, number, width_pt, height_pt)
    return settle([page], [styles])[0]


def compose_scan(
    image: Image, dpi: int, ocr: OcrEngine, number: int, width_pt: float, height_pt: float
) -> tuple[Page, tuple[TitleStyle | None, ...]]:
    """Read a raster of a page; see :func:`read_scan`.

    Returns:
        The page, and the styles of its titles, one entry per region.
    """
    words, view = read_words(image, dpi, ocr)
    width, height = view.upright_size
    scale = 72.0 / dpi
    lines = lines_from_words(words, width * scale, height * scale)
    if not lines:
        return Page(number, width_pt, height_pt, reader=ocr.name, rotation=view.rotation, skew=view.skew), ()
    composed = _arrange(lines, view, scale)
    page = Page(
        number,
        width_pt,
        height_pt,
        composed.words,
        composed.regions,
        (),
        TextOrigin.OCR,
        rotation=view.rotation,
        skew=view.skew,
        reader=ocr.name,
    )
    return page, composed.styles


def lines_from_words(words: Sequence[Word], width: float, height: float) -> list[Line]:
    """Fragments in points from an engine's words, split at wide gaps.

    Args:
        words: boxes in fractions of the straightened raster.
        width, height: of that raster in points.
    """
    grouped: dict[int, list[Token]] = {}
    for word in words:
        box = word.box
        token = Token(word.text, box.x0 * width, box.y0 * height, box.x1 * width, box.y1 * height, word.confidence)
        grouped.setdefault(word.line, []).append(token)
    lines: list[Line] = []
    for tokens in grouped.values():
        tokens.sort(key=lambda token: token.x0)
        heights = [token.y1 - token.y0 for token in tokens]
        made = Line.around(tokens, Line(tokens, 0, 0, 0, 0, median(heights) * _SIZE_OF_HEIGHT))
        lines.extend(split_at_gaps(made))
    return lines


def _arrange(lines: list[Line], view: Straightened, scale: float) -> Composed:
    _even_sizes(lines)
    body = median(line.size for line in lines for _ in line.tokens)
    tables = aligned_tables(lines)
    items: list[Line | Block] = [*tables]
    items += [line for line in lines if not any(inside(line, table.box) for table in tables)]
    style = Style(body, margin=1.4, trusts_bold=False)
    blocks = [block for run in reading_order(items) for block in group(run, style)]
    return compose(blocks, lambda x0, y0, x1, y1: view.to_page(x0 / scale, y0 / scale, x1 / scale, y1 / scale))


def _even_sizes(lines: Sequence[Line]) -> None:
    """Take lines of nearly the body's size to have it: word heights vary with the letters they happen to hold."""
    body = median(line.size for line in lines for _ in line.tokens)
    for line in lines:
        if 0.7 * body < line.size < 1.3 * body:
            line.size = body
