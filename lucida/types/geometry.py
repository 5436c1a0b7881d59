"""Boxes on a page: fractions of its width and height, origin top left, x to the right, y down."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, Self


class Box(NamedTuple):
    """An axis-aligned rectangle in fractions (0..1) of the page *as displayed* (rotation already applied)."""

    x0: float
    y0: float
    x1: float
    y1: float

    @classmethod
    def whole(cls) -> Self:
        """The box that covers the page."""
        return cls(0.0, 0.0, 1.0, 1.0)

    @classmethod
    def from_px(cls, x0: float, y0: float, x1: float, y1: float, width: float, height: float) -> Self:
        """Make a box from coordinates in any unit (px, pt), given the page's size in that unit; clipped to 0..1."""

        def fraction(value: float, size: float) -> float:
            return min(max(value / size, 0.0), 1.0) if size > 0 else 0.0

        return cls(fraction(x0, width), fraction(y0, height), fraction(x1, width), fraction(y1, height))

    def to_px(self, width: float, height: float) -> tuple[int, int, int, int]:
        """Whole pixels (left, top, right, bottom) on a raster of that size, never empty."""
        left, top = int(self.x0 * width), int(self.y0 * height)
        return left, top, max(left + 1, round(self.x1 * width)), max(top + 1, round(self.y1 * height))

    @property
    def width(self) -> float:
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        return self.y1 - self.y0

    @property
    def area(self) -> float:
        return max(self.width, 0.0) * max(self.height, 0.0)

    @property
    def center(self) -> tuple[float, float]:
        return (self.x0 + self.x1) / 2, (self.y0 + self.y1) / 2

    def intersection(self, other: Box) -> Box | None:
        """The common rectangle, or None where they do not overlap."""
        x0, y0 = max(self.x0, other.x0), max(self.y0, other.y0)
        x1, y1 = min(self.x1, other.x1), min(self.y1, other.y1)
        return Box(x0, y0, x1, y1) if x0 < x1 and y0 < y1 else None

    def coverage(self, other: Box) -> float:
        """Share of *this* box's area that ``other`` covers, 0..1."""
        common = self.intersection(other)
        return common.area / self.area if common and self.area > 0 else 0.0

    def iou(self, other: Box) -> float:
        """Intersection over union, 0..1."""
        common = self.intersection(other)
        return common.area / (self.area + other.area - common.area) if common else 0.0

    def contains_point(self, x: float, y: float) -> bool:
        return self.x0 <= x <= self.x1 and self.y0 <= y <= self.y1

    def expand(self, dx: float, dy: float) -> Box:
        """Grow by ``dx`` and ``dy`` on each side, staying on the page."""
        return Box(max(self.x0 - dx, 0.0), max(self.y0 - dy, 0.0), min(self.x1 + dx, 1.0), min(self.y1 + dy, 1.0))


def union(boxes: Iterable[Box]) -> Box:
    """The smallest box around all of them.

    Raises:
        ValueError: there are none.
    """
    rows = list(boxes)
    if not rows:
        raise ValueError("the union of no boxes is undefined")
    x0s, y0s, x1s, y1s = zip(*rows, strict=True)
    return Box(min(x0s), min(y0s), max(x1s), max(y1s))
