"""What a page draws besides text: images, ruling lines, shapes. Measured, not looked at."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lucida.ingest.structure.lines import Rect

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pymupdf

#: Maps and technical drawings have tens of thousands of paths. Beyond this many they are one figure, not rules.
_MAX_PATHS = 4000
_THIN_PT = 3.0
_MIN_RULE_PT = 6.0


@dataclass(slots=True)
class Graphics:
    """Everything drawn on a page that is not text, in points.

    Attributes:
        images: where raster images lie.
        horizontal: ruling lines as (y, x0, x1).
        vertical: ruling lines as (x, y0, y1).
        boxes: coloured rectangles: bars of a chart, but also cards and shaded rows of a table.
        frames: outlines of rectangles that are not filled; their edges are among the rules, too.
        strokes: bounding boxes of curves and slanted lines.
        solids: bounding boxes of filled outlines other than rectangles: areas of a map, slices, arrow heads, dots.
        paths: how many paths there are.
    """

    images: list[Rect] = field(default_factory=list)
    horizontal: list[tuple[float, float, float]] = field(default_factory=list)
    vertical: list[tuple[float, float, float]] = field(default_factory=list)
    boxes: list[Rect] = field(default_factory=list)
    frames: list[Rect] = field(default_factory=list)
    strokes: list[Rect] = field(default_factory=list)
    solids: list[Rect] = field(default_factory=list)
    paths: int = 0

    @property
    def shapes(self) -> list[Rect]:
        """Everything that figures are made of, rules aside."""
        return [*self.boxes, *self.strokes, *self.solids]


def survey(page: pymupdf.Page, paths: Sequence[Rect], *, pictured: bool) -> Graphics:
    """List what the page draws besides text.

    Args:
        page: unrotated.
        paths: around each path on it, as the pass for text collects them on its way; none spare the pass for paths.
        pictured: whether there may be images on it; False spares the pass for images.
    """
    drawn = Graphics(paths=len(paths))
    area = Rect(*page.rect)
    if pictured:
        boxes = (_clip(Rect(*box), area) for kind, box in page.get_bboxlog() if kind.startswith("fill-im"))
        drawn.images = [box for box in boxes if box]
    if 0 < len(paths) <= _MAX_PATHS:
        for path in page.get_cdrawings():
            _sort(path, drawn, area)
    elif paths:
        parts = (_clip(box, area) for box in paths)
        drawn.strokes.extend(part for part in parts if part and part.area < 0.8 * area.area)
    return drawn


def _clip(box: Rect, area: Rect) -> Rect | None:
    cut = Rect(max(box.x0, area.x0), max(box.y0, area.y0), min(box.x1, area.x1), min(box.y1, area.y1))
    return cut if cut.x0 <= cut.x1 and cut.y0 <= cut.y1 else None


def _sort(path: dict[str, Any], drawn: Graphics, area: Rect) -> None:
    """File one path's items under rules or shapes."""
    stroked = "s" in path["type"]
    fill = path.get("fill")
    coloured = fill is not None and min(fill) <= 0.97
    loose = False
    for item in path["items"]:
        if item[0] == "l":
            loose |= not _rule(Rect(*_ordered(*item[1], *item[2])), drawn)
        elif item[0] == "re":
            _box(Rect(*item[1]), drawn, area, stroked=stroked, coloured=coloured)
        else:
            loose = True
    clipped = _clip(Rect(*path["rect"]), area)
    if loose and clipped and (stroked or coloured) and clipped.area <= 0.8 * area.area:
        (drawn.solids if coloured else drawn.strokes).append(clipped)


def _ordered(x0: float, y0: float, x1: float, y1: float) -> tuple[float, float, float, float]:
    return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)


def _rule(line: Rect, drawn: Graphics) -> bool:
    """Whether the line is a rule, which is then filed (very short ones are dropped)."""
    if line.height <= _THIN_PT and line.width > line.height:
        if line.width >= _MIN_RULE_PT:
            drawn.horizontal.append(((line.y0 + line.y1) / 2, line.x0, line.x1))
        return True
    if line.width <= _THIN_PT:
        if line.height >= _MIN_RULE_PT:
            drawn.vertical.append(((line.x0 + line.x1) / 2, line.y0, line.y1))
        return True
    return False


def _box(box: Rect, drawn: Graphics, area: Rect, *, stroked: bool, coloured: bool) -> None:
    """File a rectangle: a hairline as a rule, an outline as four, a coloured one as a box unless it is the page's."""
    if _rule(box, drawn):
        return
    if stroked:
        drawn.horizontal += [(box.y0, box.x0, box.x1), (box.y1, box.x0, box.x1)]
        drawn.vertical += [(box.x0, box.y0, box.y1), (box.x1, box.y0, box.y1)]
    clipped = _clip(box, area)
    if clipped and (coloured or stroked) and clipped.area <= 0.8 * area.area:
        (drawn.boxes if coloured else drawn.frames).append(clipped)
