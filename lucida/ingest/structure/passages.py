"""Passages: runs of text for retrieval, cut along the layout.

A passage never crosses a title, nor a page unless its last paragraph runs on. It holds whole sentences, and aims at 700
to 900 characters, at most 1000. Sections are cut evenly, so that no stub is left at their end. Titles open the passage
that follows them. Tables go row by row, each cell with its column's name, under the table's caption. Every word of the
body is in exactly one passage; what repeats are the headings of tables. Running heads count once, bare page numbers
never.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lucida.ingest.structure.lines import is_mark
from lucida.ingest.structure.pieces import Piece, text_pieces, words_by_region
from lucida.ingest.structure.rows import table_passages
from lucida.ingest.structure.sections import fold, is_page_number
from lucida.types import Box, Page, Passage, Region, RegionKind, Word, union

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

TARGET_CHARS = 800
MAX_CHARS = 1000
#: More titles in a row than this are a list of contents.
_MAX_HELD = 6
_FLOWING = (RegionKind.TEXT, RegionKind.LIST, RegionKind.FORMULA)
_MARGINAL = (RegionKind.HEADER, RegionKind.FOOTER)


@dataclass(slots=True)
class _Section:
    """What stands under one title, up to the next."""

    path: tuple[str, ...]
    pieces: list[Piece] = field(default_factory=list)


def build_passages(pages: Sequence[Page]) -> tuple[Passage, ...]:
    """Cut pages into passages, in reading order.

    Args:
        pages: of one document, with words and regions in reading order.
    """
    builder = _Builder()
    flow = list(_flow(pages))
    index = 0
    while index < len(flow):
        page, region, words = flow[index]
        following: list[tuple[Word, int]] = []
        while region.kind is RegionKind.TEXT and index + 1 < len(flow) and _continues(flow, index):
            index += 1
            following.extend((word, flow[index][0].number) for word in flow[index][2])
        builder.add(_Part(page, region, words, following, index))
        index += 1
    return builder.finish()


def _flow(pages: Sequence[Page]) -> Iterator[tuple[Page, Region, list[Word]]]:
    """Regions with words, less repeated running heads and page numbers."""
    seen: set[str] = set()
    for page in pages:
        for region, words in words_by_region(page):
            if region.kind in _MARGINAL:
                text = fold(region.text)
                if is_page_number(text) or text in seen:
                    continue
                seen.add(text)
            if words or region.table:
                yield page, region, words


def _continues(flow: Sequence[tuple[Page, Region, list[Word]]], index: int) -> bool:
    """Whether the next region carries on the sentence that this one breaks off, as at the end of a column."""
    page, region, words = flow[index]
    next_page, following, next_words = flow[index + 1]
    if following.kind is not RegionKind.TEXT or not words or not next_words or next_page.number - page.number > 1:
        return False
    moved = next_page.number != page.number or following.box.y0 < region.box.y0
    open_end = not words[-1].text.endswith((".", "!", "?", ":", "…", '"', "”", ")"))
    if not moved or not open_end or len(words) <= 8:
        return False
    # A sentence may go on with a name or a number where its last line is full and ends in no mark at all.
    full = words[-1].box.x1 > region.box.x1 - 0.1 * region.box.width and words[-1].text[-1].isalnum()
    first = next_words[0].text
    return first[:1].islower() or (full and first[:1].isalnum() and not is_mark(first))


@dataclass(frozen=True, slots=True)
class _Part:
    """A region with its words, and those that carry its last paragraph on elsewhere."""

    page: Page
    region: Region
    words: list[Word]
    following: list[tuple[Word, int]]
    order: int

    def pieces(self) -> list[Piece]:
        return text_pieces(self.region, self.words, self.page, following=self.following, order=self.order)


class _Builder:
    """Collects sections and packs each when it is complete."""

    def __init__(self) -> None:
        self._made: list[tuple[int, Passage]] = []
        self._stack: list[tuple[int, str]] = []
        self._section = _Section(())
        self._caption: _Part | None = None

    def add(self, part: _Part) -> None:
        kind = part.region.kind
        if kind is RegionKind.TABLE and part.region.table:
            self._add_table(part, part.region)
            return
        self._flush_caption()
        if kind is RegionKind.CAPTION and not _of_picture(part.region.text):
            self._caption = part
        elif kind is RegionKind.TITLE:
            self._open_section(part)
        elif kind in _FLOWING or (kind in _MARGINAL and part.page.number == 1):
            self._section.pieces.extend(part.pieces())
        else:
            # Captions, labels of figures and running heads of later pages stand for themselves.
            self._made.extend(_packed(part.pieces(), self._section.path))

    def finish(self) -> tuple[Passage, ...]:
        """Pack what is left; passages in the order in which they begin."""
        self._flush_caption()
        self._pack()
        return tuple(passage for _, passage in sorted(self._made, key=lambda made: made[0]))

    def _open_section(self, part: _Part) -> None:
        # Titles that follow each other directly share a passage with the text below them.
        only_titles = all(piece.kind is RegionKind.TITLE for piece in self._section.pieces)
        held = self._section.pieces if only_titles and len(self._section.pieces) < _MAX_HELD else []
        if held:
            self._section.pieces = []
        self._pack()
        while self._stack and self._stack[-1][0] >= part.region.level:
            self._stack.pop()
        self._stack.append((part.region.level, part.region.text))
        self._section = _Section(tuple(text for _, text in self._stack), [*held, *part.pieces()])

    def _add_table(self, part: _Part, region: Region) -> None:
        """Titles and a caption right above a table become its heading."""
        if any(piece.kind is not RegionKind.TITLE for piece in self._section.pieces):
            self._pack()
        heading = [piece.text for piece in self._section.pieces]
        if self._caption:
            heading.append(self._caption.region.text)
        self._caption = None
        self._section.pieces = []
        made = table_passages(region, part.page.number, self._section.path, "\n".join(heading), MAX_CHARS)
        self._made.extend((part.order, passage) for passage in made)

    def _flush_caption(self) -> None:
        if self._caption:
            self._made.extend(_packed(self._caption.pieces(), self._section.path))
            self._caption = None

    def _pack(self) -> None:
        self._made.extend(_packed(self._section.pieces, self._section.path))
        self._section = _Section(self._section.path)


def _of_picture(caption: str) -> bool:
    return caption.casefold().startswith(("fig", "abb", "chart", "photo", "plate", "bild", "diagram"))


def _packed(pieces: Sequence[Piece], path: tuple[str, ...]) -> Iterator[tuple[int, Passage]]:
    """Cut pieces into passages; none starts on one page and goes on with a region that stands on another."""
    for run in _by_page(pieces):
        yield from _evenly(run, path)


def _by_page(pieces: Sequence[Piece]) -> list[list[Piece]]:
    """Pieces by the page on which their region begins; titles at the foot of a page go with what follows them."""
    runs: list[list[Piece]] = []
    homes: dict[int, int] = {}
    last = 0
    for piece in pieces:
        page = homes.setdefault(piece.order, piece.page)
        if not runs or (page != last and any(one.kind is not RegionKind.TITLE for one in runs[-1])):
            runs.append([])
        runs[-1].append(piece)
        last = page
    return runs


def _evenly(pieces: Sequence[Piece], path: tuple[str, ...]) -> Iterator[tuple[int, Passage]]:
    """Passages of even length near the target, none above the maximum."""
    total = sum(len(piece.text) + 1 for piece in pieces)
    parts = max(1, round(total / TARGET_CHARS))
    target = min(total / parts, TARGET_CHARS * 1.1)
    current: list[Piece] = []
    length = 0
    for piece in pieces:
        grown = length + len(piece.text) + 1
        over = grown > MAX_CHARS + 1 or (current and _better_now(length, grown, target))
        only_titles = all(one.kind is RegionKind.TITLE for one in current)
        if current and over and not (only_titles and grown <= MAX_CHARS):
            yield current[0].order, _passage(current, path)
            current, length = [], 0
        current.append(piece)
        length += len(piece.text) + 1
    yield current[0].order, _passage(current, path)


def _better_now(length: int, grown: int, target: float) -> bool:
    """Whether stopping before the next piece comes closer to the target than taking it in."""
    return grown > target and abs(length - target) <= abs(grown - target)


def _passage(pieces: Sequence[Piece], path: tuple[str, ...]) -> Passage:
    text = pieces[0].text + "".join(piece.gap + piece.text for piece in pieces[1:])
    page = pieces[0].page
    box: Box = union(piece.box for piece in pieces if piece.page == page)
    lengths: dict[RegionKind, int] = {}
    for piece in pieces:
        lengths[piece.kind] = lengths.get(piece.kind, 0) + len(piece.text)
    body = {kind: size for kind, size in lengths.items() if kind is not RegionKind.TITLE} or lengths
    return Passage(text, page, box, path, max(body, key=lambda kind: body[kind]))
