"""Figures and photos: clusters of drawn shapes, and raster images, with the labels that belong to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lucida.ingest.documents.diagrams import find_diagrams
from lucida.ingest.structure.blocks import Block
from lucida.ingest.structure.lines import Boxed, Line, Rect, bounds, inside
from lucida.types import RegionKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lucida.ingest.documents.graphics import Graphics

# Shapes less than one to two cells apart are one drawing: the bars of a chart, the boxes of a diagram.
_CELL_PT = 14.0
_MIN_WIDTH_PT, _MIN_HEIGHT_PT = 50.0, 36.0
_LABEL_REACH_PT = 14.0
_GRID_STEP_PT = 48.0


def find_photos(graphics: Graphics, page: Rect) -> list[Block]:
    """Raster images large enough to be looked at; logos, rules and whole-page backgrounds are not."""
    photos: list[Block] = []
    for box in graphics.images:
        large = box.width >= _MIN_WIDTH_PT and box.height >= _MIN_HEIGHT_PT
        if large and 0.005 * page.area <= box.area <= 0.85 * page.area and not any(p.box == box for p in photos):
            photos.append(Block(RegionKind.PHOTO, box))
    return photos


def find_figures(graphics: Graphics, page: Rect, taken: Sequence[Block], lines: Sequence[Line]) -> list[Block]:
    """Clusters of shapes that look like a chart or a diagram.

    Args:
        graphics: what the page draws.
        page: its extent in points.
        taken: tables and photos already found; shapes inside them (cell shading, frames) do not count.
        lines: the page's text: cards, shaded rows and the boxes of a form hold it, the bars of a chart do not.

    Returns:
        Blocks that hold the short lines (axis labels, legends) inside and just around them.
    """
    if not graphics.paths:
        return []
    free = {
        name: [one for one in getattr(graphics, name) if not any(inside(one, block.box) for block in taken)]
        for name in ("boxes", "strokes", "solids")
    }
    extents = []
    for cluster in _clusters([one for kind in free.values() for one in kind], page):
        box = bounds(cluster)
        parts = [[one for one in kind if inside(one, box.grow(1))] for kind in free.values()]
        if _draws_something(*parts, box=box, within=[line for line in lines if inside(line, box)]):
            extents.append(_with_rules(box, graphics, lines))
    diagrams = find_diagrams(graphics, page, lines)
    extents += [box for box in diagrams if not any(inside(box, block.box) for block in taken)]
    figures = []
    for box in _merged(extents):
        large = box.width >= _MIN_WIDTH_PT and box.height >= _MIN_HEIGHT_PT
        if large and box.area <= 0.9 * page.area:
            figures.append(_with_labels(box, lines))
    return figures


def _draws_something(
    boxes: Sequence[Rect], strokes: Sequence[Rect], solids: Sequence[Rect], *, box: Rect, within: Sequence[Line]
) -> bool:
    """Whether a cluster is a drawing rather than the background of text.

    Bars are boxes without text. Curves, areas and slanted lines make plots, maps and pies when they are large or many.
    Boxes with text are a diagram only where arrow heads join them.
    """
    text = sum((line.x1 - line.x0) * (line.y1 - line.y0) for line in within)
    if text > 0.35 * box.area or sum(len(line.tokens) for line in within) > 90:
        return False
    empty = [one for one in boxes if one.area > 9 and not any(inside(line, one.grow(2)) for line in within)]
    drawn = [*strokes, *solids]
    if len(empty) >= 3 and sum(one.area for one in empty) > 0.03 * box.area:
        return True
    if sum(min(one.area, box.area) for one in drawn) >= 0.12 * box.area or len(drawn) >= 25:
        return True
    holding = [one for one in boxes if any(inside(line, one) for line in within)]
    return len(solids) >= 2 and len(holding) >= 2


def _with_rules(box: Rect, graphics: Graphics, lines: Sequence[Line]) -> Rect:
    """The cluster with its axes and grid lines.

    Those are rules that touch it without running on far beyond, and further horizontal rules of the same extent in
    steps that no running text interrupts (a flat curve touches but one or two of its grid lines).
    """
    level = [Rect(x0, y, x1, y) for y, x0, x1 in graphics.horizontal]
    rules = [*level, *(Rect(x, y0, x, y1) for x, y0, y1 in graphics.vertical)]
    for _ in range(2):
        near = box.grow(6)
        touching = [rule for rule in rules if _touches(rule, near) and _belongs(rule, box)]
        ends = {(round(rule.x0), round(rule.x1)) for rule in touching if rule.width > rule.height}
        siblings = [rule for rule in level if (round(rule.x0), round(rule.x1)) in ends]
        box = _climb(bounds([box, *touching]), siblings, lines)
    return box


def _belongs(rule: Rect, box: Rect) -> bool:
    # A long rule that only grazes the cluster from outside separates it from the text.
    long = rule.width > 1.5 * box.width or rule.height > 1.5 * box.height + 40
    return not long or box.y0 < rule.y0 < box.y1 + 6


def _climb(box: Rect, siblings: Sequence[Rect], lines: Sequence[Line]) -> Rect:
    """The box extended from grid line to grid line, up and down."""
    text = [line for line in lines if len(line.tokens) > 6]
    for rule in [*sorted(siblings, key=lambda one: -one.y0), *sorted(siblings, key=lambda one: one.y0)]:
        low, high = (box.y1, rule.y0) if rule.y0 > box.y1 else (rule.y0, box.y0)
        if 0 < high - low <= _GRID_STEP_PT:
            between = Rect(rule.x0, low, rule.x1, high)
            if not any(inside(line, between) for line in text):
                box = bounds([box, rule])
    return box


def _merged(boxes: Sequence[Rect]) -> list[Rect]:
    """Boxes that overlap, as one; the groups of a bar chart share their grid lines."""
    merged: list[Rect] = []
    for box in boxes:
        grown = box
        while hits := [
            m for m in merged if m.x0 < grown.x1 and m.x1 > grown.x0 and m.y0 < grown.y1 and m.y1 > grown.y0
        ]:
            merged = [m for m in merged if m not in hits]
            grown = bounds([grown, *hits])
        merged.append(grown)
    return merged


def _clusters(shapes: Sequence[Rect], page: Rect) -> list[list[Rect]]:
    """Shapes that lie close together: connected cells of a coarse raster."""
    columns, rows = int(page.width / _CELL_PT) + 2, int(page.height / _CELL_PT) + 2
    owner: dict[tuple[int, int], int] = {}
    parent = list(range(len(shapes)))

    def root(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    for index, shape in enumerate(shapes):
        left, right = int(max(shape.x0, 0) / _CELL_PT), int(max(shape.x1, 0) / _CELL_PT) + 1
        top, bottom = int(max(shape.y0, 0) / _CELL_PT), int(max(shape.y1, 0) / _CELL_PT) + 1
        for row in range(top, min(bottom + 1, rows)):
            for column in range(left, min(right + 1, columns)):
                other = owner.setdefault((row, column), index)
                if other != index:
                    parent[root(other)] = root(index)
    groups: dict[int, list[Rect]] = {}
    for index, shape in enumerate(shapes):
        groups.setdefault(root(index), []).append(shape)
    return list(groups.values())


def _with_labels(box: Rect, lines: Sequence[Line]) -> Block:
    """The figure with its labels; the title of an axis stands outside its numbers, hence two rounds."""
    labels: list[Line] = []
    whole = box
    for _ in range(2):
        near = whole.grow(_LABEL_REACH_PT)
        labels = [line for line in lines if inside(line, whole) or (_touches(line, near) and _label_like(line, box))]
        whole = bounds([box, *labels])
    labels.sort(key=lambda line: (line.y0, line.x0))
    return Block(RegionKind.FIGURE, whole, labels, size=labels[0].size if labels else 0.0)


def _touches(one: Boxed, near: Rect) -> bool:
    return one.x0 < near.x1 and one.x1 > near.x0 and one.y0 < near.y1 and one.y1 > near.y0


def _label_like(line: Line, box: Rect) -> bool:
    if not line.upright:
        return line.y0 >= box.y0 - 20 and line.y1 <= box.y1 + 20
    return (
        len(line.tokens) <= 6
        and line.x1 - line.x0 < 0.5 * box.width
        and line.x0 >= box.x0 - 40
        and line.x1 <= box.x1 + 40
        and not line.bold
        and not line.text.endswith((".", ":"))
    )
