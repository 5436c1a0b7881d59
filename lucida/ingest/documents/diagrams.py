"""Block diagrams: boxes that hold a few words each, joined by lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lucida.ingest.structure.lines import Line, Rect, bounds, inside

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lucida.ingest.documents.graphics import Graphics

#: A connector ends no further than this from the box or line that it joins.
_REACH_PT = 4.0
_MIN_BOX_PT, _MAX_BOX_SHARE = 12.0, 0.2
#: Three boxes in a row are the least that is called a diagram; a page with more boxes than that is a form or a plan.
_MIN_BOXES, _MAX_BOXES = 3, 120
_MAX_RULES = 600
_MAX_WORDS = 14


def find_diagrams(graphics: Graphics, page: Rect, lines: Sequence[Line]) -> list[Rect]:
    """Where block diagrams lie, without their labels outside the boxes.

    Args:
        graphics: what the page draws.
        page: its extent.
        lines: text outside of tables.
    """
    boxes = _blocks(graphics, page, lines)
    if not _MIN_BOXES <= len(boxes) <= _MAX_BOXES or len(graphics.horizontal) + len(graphics.vertical) > _MAX_RULES:
        return []
    rules = [Rect(x0, y, x1, y) for y, x0, x1 in graphics.horizontal]
    rules += [Rect(x, y0, x, y1) for x, y0, y1 in graphics.vertical]
    connectors = [rule for rule in dict.fromkeys(rules) if not any(_is_border(rule, box) for box in boxes)]
    return [bounds(parts) for parts in _joined(boxes, connectors)]


def _blocks(graphics: Graphics, page: Rect, lines: Sequence[Line]) -> list[Rect]:
    """Boxes and frames with a few words in them, each once, outermost first."""
    large = [
        box
        for box in dict.fromkeys([*graphics.boxes, *graphics.frames])
        if min(box.width, box.height) >= _MIN_BOX_PT and box.area <= _MAX_BOX_SHARE * page.area
    ]
    found: list[Rect] = []
    for box in sorted(large, key=lambda one: -one.area)[: 4 * _MAX_BOXES]:
        words = sum(len(line.tokens) for line in lines if inside(line, box))
        if 0 < words <= _MAX_WORDS and not any(inside(box, other) for other in found):
            found.append(box)
    return found


def _is_border(rule: Rect, box: Rect) -> bool:
    """Whether the rule runs along an edge of the box, or within it."""
    near = box.grow(1.0)
    return near.x0 <= rule.x0 and rule.x1 <= near.x1 and near.y0 <= rule.y0 and rule.y1 <= near.y1


def _joined(boxes: Sequence[Rect], connectors: Sequence[Rect]) -> list[list[Rect]]:
    """Boxes with the lines that join them: connected components (union-find) of three boxes and two lines at least."""
    parts = [*boxes, *connectors]
    parent = list(range(len(parts)))

    def root(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    for number, rule in enumerate(connectors, len(boxes)):
        ends = ((rule.x0, rule.y0), (rule.x1, rule.y1))
        hits = [[i for i, part in enumerate(parts) if i != number and _touches(end, part)] for end in ends]
        if all(hits):
            for hit in (*hits[0], *hits[1]):
                parent[root(hit)] = root(number)
    groups: dict[int, list[int]] = {}
    for index in range(len(parts)):
        groups.setdefault(root(index), []).append(index)
    found = []
    for group in groups.values():
        held = sum(index < len(boxes) for index in group)
        if held >= _MIN_BOXES and len(group) - held >= _MIN_BOXES - 1:
            found.append([parts[index] for index in group])
    return found


def _touches(point: tuple[float, float], part: Rect) -> bool:
    near = part.grow(_REACH_PT)
    return near.x0 <= point[0] <= near.x1 and near.y0 <= point[1] <= near.y1
