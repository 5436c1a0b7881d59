"""One page of a PDF, drawn as real text and vectors.

PyMuPDF owns the file; the page's content stream is written here, because justified type needs word spacing, which its
own text calls do not offer. Only the base-14 fonts are used: they are not embedded, so a page of text takes 3 KB.
"""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

from lucida.generate.colour import Fill, rgba
from lucida.generate.surface import Align, Point
from lucida.lazy import require

if TYPE_CHECKING:
    from PIL import Image

#: Distance of control points that makes four Bezier curves a circle.
_CIRCLE = 0.5523


@dataclass(frozen=True, slots=True)
class Paper:
    """A page size in points (1/72 inch)."""

    width: float
    height: float


A4 = Paper(595.0, 842.0)


@dataclass(frozen=True, slots=True)
class Family:
    """The faces of a typeface, by PyMuPDF's short names of the base-14 fonts."""

    regular: str
    bold: str
    italic: str


SANS = Family("helv", "hebo", "heit")
SERIF = Family("tiro", "tibo", "tiit")
MONO = Family("cour", "cobo", "coit")


@lru_cache(maxsize=16)
def metrics(face: str) -> Any:
    """The ``pymupdf.Font`` of a face."""
    return require("pymupdf", "draw documents").Font(face)


@lru_cache(maxsize=65536)
def text_width(text: str, face: str, size: float) -> float:
    """Advance width in points."""
    return float(metrics(face).text_length(text, fontsize=size))


class Sheet:
    """A page that implements ``Surface`` in points, plus type setting and images.

    Args:
        document: an open ``pymupdf.Document``.
        paper: the page's size.

    ``finish`` appends the page; nothing exists in the document before.
    """

    def __init__(self, document: Any, paper: Paper = A4) -> None:
        self._document = document
        self._operators: list[str] = []
        self._faces: set[str] = set()
        self._images: list[tuple[Any, bytes]] = []
        self.width, self.height = paper.width, paper.height

    def text(
        self,
        x: float,
        y: float,
        text: str,
        face: str = SANS.regular,
        size: float = 10,
        colour: str = "#1d1d1f",
        align: Align = "left",
        *,
        word_spacing: float = 0.0,
        tracking: float = 0.0,
        angle: float = 0.0,
    ) -> float:
        """Set one line with its baseline at ``y``.

        Args:
            x: left edge, middle or right edge, as ``align`` says.
            word_spacing: points added to each space.
            tracking: points added to each character.
            angle: degrees by which it rises (counter-clockwise).

        Returns:
            Its width in points.
        """
        width = text_width(text, face, size) + word_spacing * text.count(" ") + tracking * len(text)
        left = x - {"left": 0.0, "center": width / 2, "right": width}[align]
        self._faces.add(face)
        cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))
        code = text.encode("cp1252", "replace").hex()
        self._operators.append(
            f"BT {_colour(colour)} rg /{face} {size:g} Tf {word_spacing:.3f} Tw {tracking:.3f} Tc "
            f"{cos:.5f} {sin:.5f} {-sin:.5f} {cos:.5f} {left:.2f} {self.height - y:.2f} Tm <{code}> Tj ET"
        )
        return width

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
        if angle:
            y, align = y + {"left": 0, "center": 0.5, "right": 1}[align] * text_width(text, SANS.regular, size), "left"
        if text:
            self.text(x, y, text, SANS.bold if bold else SANS.regular, size, colour, align, angle=angle)

    def polygon(
        self, points: Sequence[Point], fill: Fill | None = None, stroke: str | None = None, width: float = 1.0
    ) -> None:
        self._paint(f"{self._path(points)} h", fill, stroke, width)

    def polyline(
        self, points: Sequence[Point], stroke: str, width: float = 1.0, dash: tuple[float, float] | None = None
    ) -> None:
        pattern = f"[{dash[0]:.2f} {dash[1]:.2f}] 0 d " if dash else ""
        self._operators.append(
            f"q {pattern}{_colour(stroke)} RG {width:.2f} w 1 j {0 if dash else 1} J {self._path(points)} S Q"
        )

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
        self.rounded(x0, y0, x1, y1, ((x1 - x0) / 2, (y1 - y0) / 2), fill, stroke, width)

    def rounded(
        self,
        x0: float,
        y0: float,
        x1: float,
        y1: float,
        radius: float | Point,
        fill: Fill | None = None,
        stroke: str | None = None,
        width: float = 1.0,
    ) -> None:
        """A box with rounded corners."""
        rx, ry = radius if isinstance(radius, tuple) else (radius, radius)
        kx, ky = rx * (1 - _CIRCLE), ry * (1 - _CIRCLE)
        corners = [
            ((x1 - rx, y0), (x1 - kx, y0), (x1, y0 + ky), (x1, y0 + ry)),
            ((x1, y1 - ry), (x1, y1 - ky), (x1 - kx, y1), (x1 - rx, y1)),
            ((x0 + rx, y1), (x0 + kx, y1), (x0, y1 - ky), (x0, y1 - ry)),
            ((x0, y0 + ry), (x0, y0 + ky), (x0 + kx, y0), (x0 + rx, y0)),
        ]
        steps = [f"{self._at((x0 + rx, y0))} m"]
        for start, first, second, end in corners:
            steps.append(f"{self._at(start)} l {self._at(first)} {self._at(second)} {self._at(end)} c")
        self._paint(" ".join(steps) + " h", fill, stroke, width)

    def curve(self, points: Sequence[Point], stroke: str, width: float = 1.0) -> None:
        """A smooth pen stroke through ``points`` (Catmull-Rom, as Bezier curves)."""
        steps = [f"{self._at(points[0])} m"]
        padded = [points[0], *points, points[-1]]
        for before, start, end, after in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
            first = start[0] + (end[0] - before[0]) / 6, start[1] + (end[1] - before[1]) / 6
            second = end[0] - (after[0] - start[0]) / 6, end[1] - (after[1] - start[1]) / 6
            steps.append(f"{self._at(first)} {self._at(second)} {self._at(end)} c")
        self._operators.append(f"q {_colour(stroke)} RG {width:.2f} w 1 J 1 j {' '.join(steps)} S Q")

    def rule(self, x0: float, x1: float, y: float, width: float = 0.5, colour: str = "#1d1d1f") -> None:
        """A horizontal line."""
        self.polyline([(x0, y), (x1, y)], colour, width)

    def image(self, x0: float, y0: float, x1: float, y1: float, image: Image.Image, quality: int = 82) -> None:
        """Embed a raster, stretched to the box, as JPEG."""
        encoded = io.BytesIO()
        image.save(encoded, "JPEG", quality=quality)
        rect = require("pymupdf", "draw documents").Rect(x0, y0, x1, y1)
        self._images.append((rect, encoded.getvalue()))

    def finish(self) -> None:
        """Append the page to the document."""
        page = self._document.new_page(width=self.width, height=self.height)
        for face in sorted(self._faces):
            page.insert_font(fontname=face)
        for rect, data in self._images:
            page.insert_image(rect, stream=data)
        images = page.read_contents()
        stream = images + b"\n" + "\n".join(self._operators).encode("ascii")
        xref = self._document.get_new_xref()
        self._document.update_object(xref, "<<>>")
        self._document.update_stream(xref, stream)
        page.set_contents(xref)

    def _at(self, point: Point) -> str:
        return f"{point[0]:.2f} {self.height - point[1]:.2f}"

    def _path(self, points: Sequence[Point]) -> str:
        return f"{self._at(points[0])} m " + " ".join(f"{self._at(point)} l" for point in points[1:])

    def _paint(self, path: str, fill: Fill | None, stroke: str | None, width: float) -> None:
        # A gradient prints as its middle: shadings would double the size of a page for little.
        inside = fill if isinstance(fill, str) or fill is None else fill[0]
        colours = (f"{_colour(inside)} rg " if inside else "") + (
            f"{_colour(stroke)} RG {width:.2f} w " if stroke else ""
        )
        operator = {(True, True): "B", (True, False): "f", (False, True): "S", (False, False): "n"}[
            bool(inside), bool(stroke)
        ]
        self._operators.append(f"q 0 j {colours}{path} {operator} Q")


def _colour(colour: str) -> str:
    red, green, blue, _ = rgba(colour)
    return f"{red / 255:.3f} {green / 255:.3f} {blue / 255:.3f}"
