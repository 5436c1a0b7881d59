"""The text layer, read by ourselves: lines with exact type sizes, in about a millisecond a page."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from lucida.ingest.structure.lines import Line, Rect, Token, split_at_gaps

if TYPE_CHECKING:
    import pymupdf

_TEXT_BLOCK, _IMAGE_BLOCK, _VECTOR_BLOCK = 0, 1, 3
_LINE_OF_WORD = itemgetter(5, 6)
_BOLD = 1 << 4
_MONO = 1 << 3
_DRAWN = 0b110000  # FZ_STEXT_FILLED | FZ_STEXT_STROKED: text that leaves ink
# Boxes from font metrics reach into the neighbouring lines; these shares of the size hold the letters themselves.
_ASCENT, _DESCENT = 0.82, 0.25


class TextLayer:
    """The words of a page's own text.

    Attributes:
        lines: fragments in the order of the file, split at wide gaps.
        sizes: characters per type size, rounded to half a point.
        chars: number of characters.
        hidden: how many of them leave no ink (the text layer of a scan that somebody ran OCR on).
        paths: around each path that is drawn on the page besides text; not clipped to the page.
        pictured: whether raster images may be drawn on the page.
    """

    __slots__ = ("chars", "hidden", "lines", "paths", "pictured", "sizes")

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.sizes: Counter[float] = Counter()
        self.chars = 0
        self.hidden = 0
        self.paths: list[Rect] = []
        self.pictured = False

    @property
    def text(self) -> str:
        return "\n".join(line.text for line in self.lines)


def read_layer(page: pymupdf.Page) -> TextLayer:
    """Read words with their boxes, sizes and weights. The page must not be rotated (see ``pdf``).

    Characters that the font cannot name come out as U+FFFD, so that ``garbage`` can count them.
    """
    import pymupdf

    flags = pymupdf.TEXT_PRESERVE_WHITESPACE | pymupdf.TEXT_MEDIABOX_CLIP
    # The pass for text can collect what else is drawn at no cost. Images of the page's resources are left out, as they
    # would be decoded; without any, those in the content itself still come along.
    pictured = not page.parent.is_pdf or bool(page.get_images())
    flags |= (
        pymupdf.TEXT_COLLECT_VECTORS | pymupdf.TEXT_LAZY_VECTORS | (0 if pictured else pymupdf.TEXT_PRESERVE_IMAGES)
    )
    textpage = page.get_textpage(flags=flags)
    words: dict[tuple[int, int], list[tuple[Any, ...]]] = {}
    for (block_number, line_number), own in itertools.groupby(textpage.extractWORDS(), key=_LINE_OF_WORD):
        words.setdefault((block_number, line_number), []).extend(own)
    layer = TextLayer()
    blocks = textpage.extractDICT()["blocks"]
    layer.paths = [Rect(*block["bbox"]) for block in blocks if block["type"] == _VECTOR_BLOCK]
    layer.pictured = pictured or any(block["type"] == _IMAGE_BLOCK for block in blocks)
    # Words number the blocks of text only.
    for number, block in enumerate([block for block in blocks if block["type"] == _TEXT_BLOCK]):
        for index, line in enumerate(block["lines"]):
            found = words.get((number, index))
            if found:
                _add(layer, line, found)
    return layer


def _add(layer: TextLayer, line: dict[str, Any], words: list[tuple[Any, ...]]) -> None:
    spans = line["spans"]
    for span in spans:
        count = len(span["text"])
        layer.chars += count
        layer.sizes[round(span["size"] * 2) / 2] += count
        if not span["char_flags"] & _DRAWN or span["alpha"] == 0:
            layer.hidden += count
    heaviest = spans[0] if len(spans) == 1 else max(spans, key=lambda span: len(span["text"]))
    size, flags = heaviest["size"], heaviest["flags"]
    upright = line["dir"][0] > 0.99
    top = bottom = math.nan
    if upright:
        tallest = spans[0] if len(spans) == 1 else max(spans, key=lambda span: span["size"])
        size = tallest["size"] if len(tallest["text"].strip()) > 1 else size
        top = tallest["origin"][1] - _ASCENT * tallest["size"]
        bottom = tallest["origin"][1] + _DESCENT * tallest["size"]
    # The edges of the letters count where they lie inside the box of the font; no comparison holds for NaN.
    new = tuple.__new__  # see compose.PlainFrame
    tokens = [
        new(Token, (text, x0, top if y0 <= top < y1 else y0, x1, bottom if y0 < bottom <= y1 else y1, 1.0))
        for x0, y0, x1, y1, raw, *_ in words
        if (text := raw.strip())
    ]
    if not tokens:
        return
    made = Line.around(tokens, Line(tokens, 0, 0, 0, 0, size, bool(flags & _BOLD), bool(flags & _MONO), upright))
    layer.lines.extend(split_at_gaps(made))
