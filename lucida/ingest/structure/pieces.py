"""Sentences with the places of their words: what passages are packed from."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lucida.ingest.structure import flow
from lucida.ingest.structure.compose import column_right
from lucida.ingest.structure.gridsize import GRID_RIGHT
from lucida.ingest.structure.sentences import ends_sentence
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
    """Words on their way into sentences, side by side with the page of each, and with what follows it: a space, a
    newline, or nothing.
    """

    words: list[Word] = field(default_factory=list)
    pages: list[int] = field(default_factory=list)
    after: list[str] = field(default_factory=list)

    def add(self, words: Sequence[Word], page: int, right: float, *, exact: bool) -> None:
        """Append the words of a region, up to the right margin of its column."""
        lines = flow.lines_of(words)
        edge = right if exact or not lines else flow.right_margin(lines, right)
        for line, gap in zip(lines, [*flow.separators(lines, edge), " "], strict=False):
            self.words += line
            self.pages += [page] * len(line)
            self.after += [" "] * (len(line) - 1)
            self.after.append(gap)

    def ends(self) -> list[int]:
        """Where sentences and deliberate lines end: indices one past their last words."""
        found: list[int] = []
        last = len(self.words) - 1
        for index, (word, after) in enumerate(zip(self.words, self.after, strict=True)):
            if index < last and after != "\n":
                # Most words can be told by their last sign to end nothing.
                if not after or word.text[-1].isalnum():
                    continue
                if not ends_sentence(word.text, self.words[index + 1].text):
                    continue
            found.append(index + 1)
        return found

    def piece(self, start: int, stop: int, gap: str, kind: RegionKind, order: int) -> Piece:
        """Join some of the words."""
        words, after = self.words[start:stop], self.after[start : stop - 1]
        parts = [
            word.text + gap if gap else flow.without_hyphen(word.text) for word, gap in zip(words, after, strict=False)
        ]
        parts.append(words[-1].text)
        first = self.pages[start]
        if self.pages[stop - 1] != first:
            words = [word for word, page in zip(words, self.pages[start:stop], strict=True) if page == first]
        box = union([word.box for word in words])
        return Piece("".join(parts).replace("\u00ad", ""), gap, first, box, kind, order)


def words_by_region(page: Page) -> list[tuple[Region, list[Word]]]:
    """Deal out a page's words to its regions. Both are in reading order, so one walk does.

    A word that lies in no region from the current one on stays with the current region, so that none is lost.
    """
    dealt: list[tuple[Region, list[Word]]] = [(region, []) for region in page.regions]
    if not dealt:
        return [(Region(RegionKind.TEXT, union(w.box for w in page.words)), list(page.words))] if page.words else []
    current, line = 0, -1
    x0, y0, x1, y1 = _reach(dealt[0][0])
    for word in page.words:
        box = word.box
        x, y = (box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2
        held = x0 <= x <= x1 and y0 <= y <= y1
        if not held or (word.line != line and _opens_next(dealt, current, word)):
            current = next((i for i in range(current + 1, len(dealt)) if _holds(dealt[i][0], word)), current)
            x0, y0, x1, y1 = _reach(dealt[current][0])
        dealt[current][1].append(word)
        line = word.line
    return dealt


def _reach(region: Region) -> tuple[float, float, float, float]:
    """Where the centres of a region's words may lie; nowhere for one without text."""
    x0, y0, x1, y1 = region.box
    return (x0 - 1e-6, y0 - 1e-6, x1 + 1e-6, y1 + 1e-6) if region.text else (1.0, 1.0, 0.0, 0.0)


def _holds(region: Region, word: Word) -> bool:
    x0, y0, x1, y1 = _reach(region)
    x, y = (word.box.x0 + word.box.x1) / 2, (word.box.y0 + word.box.y1) / 2
    return x0 <= x <= x1 and y0 <= y <= y1


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
    printed = _Printed()
    printed.add(words, page.number, right, exact=bool(ruled))
    if following:
        broken = flow.is_broken_word(words[-1].text, following[0][0].text)
        printed.after[-1] = "" if broken else " "
        for number, own in itertools.groupby(following, key=lambda one: one[1]):
            printed.add([word for word, _ in own], number, ruled or 0.0, exact=bool(ruled))
    pieces: list[Piece] = []
    start = 0
    for stop in printed.ends():
        gap = "\n" if not pieces or printed.after[start - 1] == "\n" else " "
        for first, last in _portions(printed, start, stop):
            pieces.append(printed.piece(first, last, gap, region.kind, order))
            gap = " "
        start = stop
    return pieces


def _portions(printed: _Printed, start: int, stop: int) -> list[tuple[int, int]]:
    """A sentence, cut only if it is overlong: after a comma or semicolon in its second half, else between words."""
    portions: list[tuple[int, int]] = []
    lengths = [len(word.text) + 1 for word in printed.words[start:stop]]
    origin = start
    while stop - start > 1 and sum(lengths[start - origin :]) > LONGEST_PIECE:
        length, cut, comma = 0, stop, 0
        for index in range(start, stop):
            length += lengths[index - origin]
            if length > LONGEST_PIECE:
                cut = max(index, start + 1)
                break
            if printed.words[index].text.endswith((",", ";", ":", "–", "—")) and length > LONGEST_PIECE // 2:
                comma = index + 1
        cut = comma or cut
        while cut > start + 1 and printed.after[cut - 1] == "":
            cut -= 1
        portions.append((start, cut))
        start = cut
    return [*portions, (start, stop)]
