"""The text layer, read by ourselves: lines with exact type sizes, in about a millisecond a page."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from lucida.ingest.lines import Line, Token, split_at_gaps

if TYPE_CHECKING:
    import pymupdf

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
    """

    __slots__ = ("chars", "hidden", "lines", "sizes")

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.sizes: Counter[float] = Counter()
        self.chars = 0
        self.hidden = 0

    @property
    def text(self) -> str:
        return "\n".join(line.text for line in self.lines)


def read_layer(page: pymupdf.Page) -> TextLayer:
    """Read words with their boxes, sizes and weights. The page must not be rotated (see ``pdf``).

    Characters that the font cannot name come out as U+FFFD, so that ``garbage`` can count them.
    """
    import pymupdf

    flags = pymupdf.TEXT_PRESERVE_WHITESPACE | pymupdf.TEXT_MEDIABOX_CLIP
    textpage = page.get_textpage(flags=flags)
    words: dict[tuple[int, int], list[tuple[Any, ...]]] = {}
    for word in textpage.extractWORDS():
        words.setdefault((word[5], word[6]), []).append(word)
    layer = TextLayer()
    for block in textpage.extractDICT()["blocks"]:
        for index, line in enumerate(block.get("lines", ())):
            found = words.get((block["number"], index))
            if found:
                _add(layer, line, found)
    return layer


def _add(layer: TextLayer, line: dict[str, Any], words: list[tuple[Any, ...]]) -> None:
    spans = line["spans"]
    heaviest = max(spans, key=lambda span: len(span["text"]))
    size, flags = heaviest["size"], heaviest["flags"]
    for span in spans:
        count = len(span["text"])
        layer.chars += count
        layer.sizes[round(span["size"] * 2) / 2] += count
        if not span["char_flags"] & _DRAWN or span["alpha"] == 0:
            layer.hidden += count
    upright = line["dir"][0] > 0.99
    top = bottom = None
    if upright:
        tallest = max(spans, key=lambda span: span["size"])
        size = tallest["size"] if len(tallest["text"].strip()) > 1 else size
        top = tallest["origin"][1] - _ASCENT * tallest["size"]
        bottom = tallest["origin"][1] + _DESCENT * tallest["size"]
    tokens = [
        Token(
            text,
            word[0],
            word[1] if top is None or top < word[1] or top >= word[3] else top,
            word[2],
            word[3] if bottom is None or bottom > word[3] or bottom <= word[1] else bottom,
        )
        for word in words
        if (text := word[4].strip())
    ]
    if not tokens:
        return
    made = Line.around(tokens, Line(tokens, 0, 0, 0, 0, size, bool(flags & _BOLD), bool(flags & _MONO), upright))
    layer.lines.extend(split_at_gaps(made))
