"""What a chart needs to be drawn on: implemented by pixels (``Canvas``) and by PDF vectors (``Sheet``)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol

from lucida.generate.colour import Fill

Point = tuple[float, float]
Align = Literal["left", "center", "right"]


class Surface(Protocol):
    """Drawing verbs. Origin top left, x to the right, y down; lengths in the surface's own unit (px or pt)."""

    def polygon(
        self, points: Sequence[Point], fill: Fill | None = None, stroke: str | None = None, width: float = 1.0
    ) -> None:
        """A closed shape."""

    def polyline(
        self, points: Sequence[Point], stroke: str, width: float = 1.0, dash: tuple[float, float] | None = None
    ) -> None:
        """An open line with round joints; ``dash`` is (on, off)."""

    def ellipse(
        self,
        x0: float,
        y0: float,
        x1: float,
        y1: float,
        fill: Fill | None = None,
        stroke: str | None = None,
        width: float = 1.0,
    ) -> None:
        """The ellipse inside the box."""

    def label(
        self,
        x: float,
        y: float,
        text: str,
        size: float,
        colour: str = "#222222",
        align: Align = "left",
        *,
        bold: bool = False,
        angle: Literal[0, 90] = 0,
    ) -> None:
        """One line of text on baseline ``y``; with ``angle`` 90 it reads upwards."""


def rectangle(x0: float, y0: float, x1: float, y1: float) -> list[Point]:
    """The corners of a box, clockwise from the top left."""
    return [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]
