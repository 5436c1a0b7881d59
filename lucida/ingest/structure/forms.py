"""What looks like a table or a title and is neither: forms, and names at the head of addresses."""

from __future__ import annotations

import itertools
import re
from statistics import median
from typing import TYPE_CHECKING

from lucida.ingest.structure.blocks import Block, Grid, Style
from lucida.ingest.structure.lines import bounds
from lucida.types import RegionKind

if TYPE_CHECKING:
    from collections.abc import Sequence

#: The small labels of a form and what is filled in differ by more than this in size; rows of a table do not.
_SIZE_STEP = 1.2
#: A form goes back and forth between the two: more often than a table does with its head, a total and a note.
_MIN_STEPS = 4
_NAME = re.compile(r"(?:[^\W\d_][\w.'’-]*|&|\+)(?:\s(?:[^\W\d_][\w.'’-]*|&|\+)){1,4}$")
#: Words of names that are written small.
_PARTICLES = frozenset("of the and von van der den de di da du la le del y e und et for & +".split())  # noqa: SIM905 - reads better
_MAX_ADDRESS_LINES, _MAX_ADDRESS_WORDS = 7, 6


def is_form(grid: Grid) -> bool:
    """Whether a grid is a form: small labels over larger values, row for row or within its cells."""
    sizes = []
    for row in range(grid.rows):
        heights = [token.y1 - token.y0 for cell in grid.cells if cell.row == row for token in cell.tokens]
        if heights:
            sizes.append(median(heights))
    steps = sum(max(a, b) > _SIZE_STEP * min(a, b) for a, b in itertools.pairwise(sizes))
    if steps >= _MIN_STEPS and steps >= 0.4 * (len(sizes) - 1):
        return True
    filled = [cell for cell in grid.cells if cell.tokens]
    stacked = sum(_is_stacked([(token.y0, token.y1 - token.y0) for token in cell.tokens]) for cell in filled)
    return stacked >= 3 and stacked >= 0.2 * len(filled)


def _is_stacked(tokens: Sequence[tuple[float, float]]) -> bool:
    """Whether the first of a cell's words (top, height) are set small, and something larger stands below."""
    top, size = tokens[0]
    return any(y > top + 0.8 * size and height > _SIZE_STEP * size for y, height in tokens)


def join_addresses(blocks: Sequence[Block], style: Style) -> list[Block]:
    """Take the names that open an address or close a letter for its first line rather than for a title.

    Args:
        blocks: of one run of the reading order, top to bottom.
        style: of the page.
    """
    joined: list[Block] = []
    for block in blocks:
        last = joined[-1] if joined else None
        if last and _could_be_name(last, style) and _continues_address(last, block):
            last.kind = RegionKind.TEXT
            last.lines.extend(block.lines)
            last.box = bounds([last, block])
        else:
            joined.append(block)
    return joined


def _could_be_name(block: Block, style: Style) -> bool:
    if block.kind is not RegionKind.TITLE or len(block.lines) != 1 or block.size > 1.3 * style.body_size:
        return False
    text = block.text
    words = text.split()
    capitals = all(word[0].isupper() or word in _PARTICLES for word in words)
    return capitals and not text.isupper() and _NAME.match(text) is not None


def _continues_address(name: Block, block: Block) -> bool:
    """Short lines right below, set flush with the name, that neither run on nor end like sentences."""
    if block.kind is not RegionKind.TEXT or not 1 <= len(block.lines) <= _MAX_ADDRESS_LINES:
        return False
    gap = block.y0 - name.y1
    if not -0.3 * name.size < gap < 0.6 * name.size or abs(block.x0 - name.x0) > name.size:
        return False
    return all(
        len(line.tokens) <= _MAX_ADDRESS_WORDS
        and line.x1 - line.x0 < 22 * line.size
        and not line.text.endswith((".", ":", ";", "!", "?"))
        and ":" not in line.text
        and (line.tokens[0].text[0].isupper() or line.tokens[0].text[0].isdigit())
        for line in block.lines
    )
