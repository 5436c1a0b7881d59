"""What only the whole document tells: how deep each title is, and which lines are running heads and feet."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from lucida.types import Page, Region, RegionKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lucida.ingest.structure.compose import TitleStyle

#: Running heads and feet stand within this share of the page's height from its edge.
_MARGIN = 0.085
_MAX_LEVEL = 6
_PAGE_NUMBER = re.compile(
    r"(?:(?:page|seite|p\.|página|pagina)\s*)?[-–—|]?\s*(?:\d{1,4}|[ivxlc]{1,6})\s*[-–—|]?"
    r"(?:\s*(?:/|of|von|de|di|sur)\s*\d{1,4})?$",
    re.IGNORECASE,
)
_NUMBERING = re.compile(r"(\d+(?:\.\d+)*)\.?\s")
_TEXTUAL = (RegionKind.TEXT, RegionKind.TITLE)


def settle(
    pages: Sequence[Page], styles: Sequence[Sequence[TitleStyle | None]], contents: dict[str, int] | None = None
) -> tuple[Page, ...]:
    """Give titles their levels and mark running heads and feet.

    Args:
        pages: as composed, one by one.
        styles: per page and region, None where the region is no title.
        contents: folded title to level, from the document's own outline; wins over type sizes.
    """
    heads = _running_heads(pages)
    kept: list[tuple[Page, list[Region]]] = []
    for number, page in enumerate(pages):
        regions = [
            replace(region, kind=heads[number, index], level=0) if (number, index) in heads else region
            for index, region in enumerate(page.regions)
        ]
        kept.append((page, regions))
    ranks = _ranks([s for (_, regions), own in zip(kept, styles, strict=True) for s in _title_styles(regions, own)])
    settled = []
    for (page, regions), own in zip(kept, styles, strict=True):
        levelled = [
            replace(region, level=_level(region, style, ranks, contents or {}))
            if region.kind is RegionKind.TITLE and style
            else region
            for region, style in zip(regions, own, strict=True)
        ]
        settled.append(replace(page, regions=tuple(levelled)))
    return tuple(settled)


def fold(text: str) -> str:
    """A title as compared with the outline: case and spacing do not count."""
    return " ".join(text.casefold().split())


def is_page_number(text: str) -> bool:
    """Whether the text is nothing but a page number: ``12``, ``- 3 -``, ``Page 2 of 9``, ``iv``."""
    return _PAGE_NUMBER.match(text.strip()) is not None


def _title_styles(regions: Sequence[Region], styles: Sequence[TitleStyle | None]) -> list[TitleStyle]:
    return [s for region, s in zip(regions, styles, strict=True) if s and region.kind is RegionKind.TITLE]


def _ranks(styles: Sequence[TitleStyle]) -> dict[TitleStyle, int]:
    """Styles ordered by size, then weight; sizes within 0.6 pt are one, as OCR and rounding blur them."""
    ranks: dict[TitleStyle, int] = {}
    rank = 0
    previous: TitleStyle | None = None
    for style in sorted(set(styles), key=lambda s: (-s.size, not s.bold)):
        if previous is None or previous.size - style.size > 0.6 or previous.bold != style.bold:
            rank += 1
            previous = style
        ranks[style] = min(rank, _MAX_LEVEL)
    return ranks


def _level(region: Region, style: TitleStyle, ranks: dict[TitleStyle, int], contents: dict[str, int]) -> int:
    known = contents.get(fold(region.text))
    if known:
        return min(known, _MAX_LEVEL)
    numbered = _NUMBERING.match(region.text)
    depth = numbered.group(1).count(".") if numbered else 0
    return min(max(ranks[style], depth + 1), _MAX_LEVEL)


def _running_heads(pages: Sequence[Page]) -> dict[tuple[int, int], RegionKind]:
    """(page index, region index) of repeated lines in the margins, and of page numbers."""
    found: dict[tuple[int, int], RegionKind] = {}
    keys: dict[tuple[int, int], tuple[str, RegionKind]] = {}
    for number, page in enumerate(pages):
        for index, region in enumerate(page.regions):
            kind = _margin(region)
            if kind is None:
                continue
            if is_page_number(region.text):
                found[number, index] = kind
            else:
                keys[number, index] = (_pattern(region.text), kind)
    counts = Counter(keys.values())
    needed = max(2, min(len(pages) // 4, 5))
    found.update({place: key[1] for place, key in keys.items() if counts[key] >= needed})
    return found


def _margin(region: Region) -> RegionKind | None:
    # "- 3 -" opens like a list item.
    textual = region.kind in (*_TEXTUAL, RegionKind.HEADER, RegionKind.FOOTER) or (
        region.kind is RegionKind.LIST and is_page_number(region.text)
    )
    if not textual or len(region.text) > 200:
        return None
    if region.box.y1 <= _MARGIN:
        return RegionKind.HEADER
    return RegionKind.FOOTER if region.box.y0 >= 1 - _MARGIN else None


def _pattern(text: str) -> str:
    """What stays the same from page to page: digits are folded into one sign."""
    return re.sub(r"\d+", "#", fold(text))
