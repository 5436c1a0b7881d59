"""Sentences with the places of their words: what passages are packed from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lucida.ingest import flow
from lucida.ingest.compose import column_right
from lucida.ingest.gridsize import GRID_RIGHT
from lucida.ingest.sentences import ends_sentence
from lucida.types import Box, Page, Region, RegionKind, Word, union

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Characters; a sentence that is longer is cut, so that passages can be packed near their target.
LONGEST_PIECE = 450


@dataclass(frozen=True, slots=True)
class Piece:
    """A sentence, or a line of a list or form.

    Attributes:
        text: white space folded, hyphenation undone.
        gap: what separates it from the piece before: a space within a paragraph, a newline otherwise.
        page: where it starts.
        box: around its words on that page.
        kind: role of its region.
        order: number of its region in the reading order of the document.
    """

    text: str
    gap: str
    page: int
    box: Box
    kind: RegionKind
    order: int = 0


@dataclass(slots=True)
class _Printed:
    """A word on its way into a sentence; ``after`` is what follows it: a space, a newline, or nothing."""

    word: Word
    page: int
    after: str


def words_by_region(page: Page) -> list[tuple[Region, list[Word]]]:
    """Deal out a page's words to its regions. Both are in reading order, so one walk does.

    A word that lies in no region from the current one on stays with the current region, so that none is lost.
    """
    dealt: list[tuple[Region, list[Word]]] = [(region, []) for region in page.regions]
    if not dealt:
        return [(Region(RegionKind.TEXT, union(w.box for w in page.words)), list(page.words))] if page.words else []
    current = 0
    for word in page.words:
        if not _holds(dealt[current][0], word) or _opens_next(dealt, current, word):
            current = next((i for i in range(current + 1, len(dealt)) if _holds(dealt[i][0], word)), current)
        dealt[current][1].append(word)
    return dealt


def _holds(region: Region, word: Word) -> bool:
    x, y = (word.box.x0 + word.box.x1) / 2, (word.box.y0 + word.box.y1) / 2
    box = region.box
    return bool(region.text) and box.x0 - 1e-6 <= x <= box.x1 + 1e-6 and box.y0 - 1e-6 <= y <= box.y1 + 1e-6


def _opens_next(dealt: Sequence[tuple[Region, list[Word]]], current: int, word: Word) -> bool:
    """Whether overlapping regions leave it open where the word goes, and the next one's text begins with it."""
    if current + 1 >= len(dealt) or not dealt[current][1] or dealt[current][1][-1].line == word.line:
        return False
    following = dealt[current + 1][0]
    return _holds(following, word) and following.text.startswith(word.text) and following.box.area < 1.0


def text_pieces(
    region: Region, words: Sequence[Word], page: Page, *, following: Sequence[tuple[Word, int]] = (), order: int = 0
) -> list[Piece]:
    """Cut a region's words into sentences and deliberate lines.

    Args:
        region: where the words come from.
        words: its words in order.
        page: where it stands.
        following: words with their page numbers that carry the paragraph on elsewhere (next column or page).
        order: number of the region in the document.
    """
    # The grid of a virtual page has one right margin; on paper it is told from the regions.
    ruled = GRID_RIGHT if page.reader == "markup" else None
    right = ruled or column_right(region.box, [r.box for r in page.regions])
    printed = _printed(words, page.number, right, exact=bool(ruled))
    if following:
        last = printed[-1]
        broken = flow.is_broken_word(last.word.text, following[0][0].text)
        last.after = "" if broken else " "
        for number in dict.fromkeys(number for _, number in following):
            printed.extend(_printed([w for w, n in following if n == number], number, ruled or 0.0, exact=bool(ruled)))
    pieces: list[Piece] = []
    start = 0
    for index, item in enumerate(printed):
        follows = printed[index + 1].word.text if index + 1 < len(printed) else None
        if item.after == "" and follows is not None:
            continue
        if item.after == "\n" or ends_sentence(item.word.text, follows):
            gap = "\n" if not pieces or printed[start - 1].after == "\n" else " "
            for part in _portions(printed[start : index + 1]):
                pieces.append(_piece(part, gap, region.kind, order))
                gap = " "
            start = index + 1
    return pieces


def _portions(printed: list[_Printed]) -> list[list[_Printed]]:
    """A sentence, cut only if it is overlong: after a comma or semicolon in its second half, else between words."""
    portions: list[list[_Printed]] = []
    while sum(len(item.word.text) + 1 for item in printed) > LONGEST_PIECE and len(printed) > 1:
        length, cut, comma = 0, len(printed), 0
        for index, item in enumerate(printed):
            length += len(item.word.text) + 1
            if length > LONGEST_PIECE:
                cut = max(index, 1)
                break
            if item.word.text.endswith((",", ";", ":", "–", "—")) and length > LONGEST_PIECE // 2:
                comma = index + 1
        cut = comma or cut
        while cut > 1 and printed[cut - 1].after == "":
            cut -= 1
        portions.append(printed[:cut])
        printed = printed[cut:]
    return [*portions, printed]


def _printed(words: Sequence[Word], page: int, right: float, *, exact: bool) -> list[_Printed]:
    lines = flow.lines_of(words)
    edge = right if exact or not lines else flow.right_margin(lines, right)
    printed: list[_Printed] = []
    for line, gap in zip(lines, [*flow.separators(lines, edge), " "], strict=False):
        printed.extend([_Printed(word, page, " ") for word in line])
        printed[-1].after = gap
    return printed


def _piece(printed: Sequence[_Printed], gap: str, kind: RegionKind, order: int) -> Piece:
    parts = [
        flow.without_hyphen(item.word.text) if item.after == "" else item.word.text + item.after
        for item in printed[:-1]
    ]
    parts.append(printed[-1].word.text)
    first = printed[0].page
    box = union(item.word.box for item in printed if item.page == first)
    return Piece("".join(parts).replace("\u00ad", ""), gap, first, box, kind, order)
