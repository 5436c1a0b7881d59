"""Figures and photos: clusters of drawn shapes, and raster images, with the labels that belong to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lucida.ingest.blocks import Block
from lucida.ingest.lines import Line, Rect, bounds, inside
from lucida.types import RegionKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lucida.ingest.graphics import Graphics

# Shapes less than one to two cells apart are one drawing: the bars of a chart, the boxes of a diagram.
_CELL_PT = 14.0
_MIN_WIDTH_PT, _MIN_HEIGHT_PT = 50.0, 36.0
_LABEL_REACH_PT = 14.0


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
        lines: the page's text: a cluster behind running text is a background, no figure.

    Returns:
        Blocks that hold the short lines (axis labels, legends) inside and just around them.
    """
    shapes = [shape for shape in graphics.shapes if not any(inside(shape, block.box) for block in taken)]
    figures: list[Block] = []
    for cluster in _clusters(shapes, page):
        box = bounds(cluster)
        rules = _rules_at(graphics, box)
        if rules:
            box = bounds([box, *rules])
        if box.width < _MIN_WIDTH_PT or box.height < _MIN_HEIGHT_PT or box.area > 0.9 * page.area:
            continue
        within = [line for line in lines if inside(line, box)]
        if _is_background(cluster, within, box):
            continue
        figures.append(_with_labels(box, lines))
    return figures


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


def _rules_at(graphics: Graphics, box: Rect) -> list[Rect]:
    """Axes and grid lines that touch the cluster without running across the whole page."""
    near = box.grow(_LABEL_REACH_PT)
    reach = 2.5
    rules = [Rect(x0, y, x1, y) for y, x0, x1 in graphics.horizontal] + [
        Rect(x, y0, x, y1) for x, y0, y1 in graphics.vertical
    ]
    return [
        rule
        for rule in rules
        if rule.x0 < near.x1
        and rule.x1 > near.x0
        and rule.y0 < near.y1
        and rule.y1 > near.y0
        and rule.width <= reach * box.width
        and rule.height <= reach * box.height
    ]


def _is_background(cluster: Sequence[Rect], within: Sequence[Line], box: Rect) -> bool:
    words = sum(len(line.tokens) for line in within)
    text = sum((line.x1 - line.x0) * (line.y1 - line.y0) for line in within)
    # One or two shapes under text are a shaded box or a coloured band.
    return (len(cluster) <= 2 and words > 0) or text > 0.35 * box.area or words > 120


def _with_labels(box: Rect, lines: Sequence[Line]) -> Block:
    near = box.grow(_LABEL_REACH_PT)
    labels = [line for line in lines if inside(line, box) or (inside(line, near) and _label_like(line, box))]
    labels.sort(key=lambda line: (line.y0, line.x0))
    whole = bounds([box, *labels]) if labels else box
    return Block(RegionKind.FIGURE, whole, labels, size=labels[0].size if labels else 0.0)


def _label_like(line: Line, box: Rect) -> bool:
    return len(line.tokens) <= 3 and line.x1 - line.x0 < 0.5 * box.width and not line.text.endswith((".", ":"))
