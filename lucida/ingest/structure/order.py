"""Reading order by recursive cuts, after Nagy & Seth's X-Y cut (1984), with gutters accepted only between running text.

A plain X-Y cut reads tables, forms and receipts column by column, which tears labels from their values. So a gutter
counts only where both sides look like running text, or like separate blocks; everything else is read row by row.
"""

from __future__ import annotations

import itertools
from statistics import median
from typing import TYPE_CHECKING, TypeVar

from lucida.ingest.structure.lines import Boxed, Line, bounds

if TYPE_CHECKING:
    from collections.abc import Sequence

Item = TypeVar("Item", bound=Boxed)

_BIN_PT = 2.0
_MIN_GUTTER_PT = 7.0
_MAX_DEPTH = 6
_SPANNING = 0.6


def reading_order(items: Sequence[Item]) -> list[list[Item]]:
    """Cut the page into columns and put them in the order in which a person reads.

    Args:
        items: lines and atoms (tables, figures) in points.

    Returns:
        Runs of items; each run reads top to bottom, row by row. Every item is in exactly one run.
    """
    runs: list[list[Item]] = []
    _cut(list(items), runs, _MAX_DEPTH)
    return runs


def has_columns(items: Sequence[Boxed]) -> bool:
    """Whether running text stands in two or more columns."""
    return len(items) > 1 and _find_gutter(items) is not None


def _cut(items: list[Item], runs: list[list[Item]], depth: int) -> None:
    gutter = _find_gutter(items) if depth and len(items) > 3 else None
    if gutter is None:
        if items:
            runs.append(sorted(items, key=lambda one: (one.y0, one.x0)))
        return
    across = sorted((one for one in items if one.x0 < gutter < one.x1), key=lambda one: one.y0)
    single: list[Item] = []
    for index in range(len(across) + 1):
        top = _middle(across[index - 1]) if index else float("-inf")
        bottom = _middle(across[index]) if index < len(across) else float("inf")
        band = [one for one in items if not one.x0 < gutter < one.x1 and top <= _middle(one) < bottom]
        left = [one for one in band if one.x1 <= gutter]
        right = [one for one in band if one.x1 > gutter]
        if left and right and _splits(left, right):
            if single:
                runs.append(single)
                single = []
            _cut(left, runs, depth - 1)
            _cut(right, runs, depth - 1)
        else:
            single.extend(sorted(band, key=lambda one: (one.y0, one.x0)))
        if index < len(across):
            single.append(across[index])
    if single:
        runs.append(single)


def _middle(item: Boxed) -> float:
    return (item.y0 + item.y1) / 2


def _find_gutter(items: Sequence[Boxed]) -> float | None:
    """The x of the widest acceptable gutter, or None."""
    area = bounds(items)
    bins = int((area.x1 - area.x0) / _BIN_PT) + 1
    if bins < 20:
        return None
    change = [0.0] * (bins + 1)
    # What spans most of the width (titles, abstracts, wide figures) can stand in no column and must not hide a gutter.
    for item in items:
        if item.x1 - item.x0 > _SPANNING * (area.x1 - area.x0):
            continue
        height = item.y1 - item.y0
        change[int((item.x0 - area.x0) / _BIN_PT)] += height
        change[min(int((item.x1 - area.x0) / _BIN_PT) + 1, bins)] -= height
    cover: list[float] = []
    total = 0.0
    for step in change[:bins]:
        total += step
        cover.append(total)
    for x in _valleys(cover, area.x0):
        left = [one for one in items if one.x1 <= x]
        right = [one for one in items if one.x0 >= x]
        if left and right and _separate(left, right):
            return x
    return None


def _valleys(cover: list[float], origin: float) -> list[float]:
    """Middles of the stretches of little cover between two stretches of much, widest first."""
    low = 0.12 * max(cover)
    runs: list[tuple[int, float]] = []
    start: int | None = None
    for index, value in enumerate([*cover, low + 1]):
        if value <= low and index < len(cover):
            start = index if start is None else start
        elif start is not None:
            width = index - start
            if start > 0 and index < len(cover) and width * _BIN_PT >= _MIN_GUTTER_PT:
                lowest = min(cover[start:index])
                deep = [i for i in range(start, index) if cover[i] <= lowest + 1e-6]
                runs.append((width, origin + (deep[len(deep) // 2] + 0.5) * _BIN_PT))
            start = None
    return [x for _, x in sorted(runs, reverse=True)[:4]]


def _separate(left: Sequence[Boxed], right: Sequence[Boxed]) -> bool:
    """Whether two sides are texts of their own rather than labels and values or the columns of a table."""
    a, b = bounds(left), bounds(right)
    if min(a.y1, b.y1) - max(a.y0, b.y0) <= 0:
        return False
    if _flows(left) and _flows(right):
        return True
    return _block_like(left) and _block_like(right) and b.x0 - a.x1 >= 24


def _splits(left: Sequence[Boxed], right: Sequence[Boxed]) -> bool:
    """Whether a band beside an accepted gutter is read side by side: unless it is all rows of short fields."""
    if _flows(left) or _flows(right) or not all(isinstance(one, Line) for one in (*left, *right)):
        return True
    paired = sum(any(abs(a.y1 - b.y1) < 2 for b in right) for a in left)
    return paired < 0.8 * len(left) or len(left) != len(right)


def _flows(side: Sequence[Boxed]) -> bool:
    """Running text: at least three long lines, which make up most of what is printed (labels of a figure may join)."""
    lines = [one for one in side if isinstance(one, Line) and one.upright]
    atoms = len(side) - len(lines)
    if len(lines) < 3:
        return bool(atoms) and all(len(line.tokens) > 2 for line in lines)
    area = bounds(lines)
    long = [line.x1 - line.x0 for line in lines if len(line.tokens) >= 4]
    long = [width for width in long if width >= 0.45 * (area.x1 - area.x0)]
    return len(long) >= 3 and sum(long) >= 0.5 * sum(line.x1 - line.x0 for line in lines)


def _block_like(side: Sequence[Boxed]) -> bool:
    """Address blocks and the like: two or more words a line, single spaced, left aligned, no labels and no amounts."""
    lines = sorted((one for one in side if isinstance(one, Line) and one.upright), key=lambda one: one.y0)
    if len(lines) < 3 or len(lines) != len(side) or median(len(line.tokens) for line in lines) < 2:
        return False
    texts = [line.text for line in lines]
    odd = sum(text.endswith(":") or ":" in text or _is_amount(text) for text in texts)
    aligned = sum(abs(line.x0 - lines[0].x0) < line.size * 0.5 for line in lines)
    tight = sum(b.y0 - a.y1 < 0.9 * a.size for a, b in itertools.pairwise(lines))
    return odd == 0 and aligned >= 0.8 * len(lines) and tight >= 0.7 * (len(lines) - 1)


def _is_amount(text: str) -> bool:
    digits = sum(char.isdigit() for char in text)
    return digits * 2 > len(text.replace(" ", ""))
