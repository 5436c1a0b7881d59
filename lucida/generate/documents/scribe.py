"""A sheet that remembers every word it prints, and where its ink is."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from lucida.generate.documents.truth import Asked, Corners, Entity, Link, PageTruth, Role, TrueTable, TrueWord
from lucida.generate.sheet import A4, SANS, Paper, Sheet, metrics, text_width
from lucida.generate.surface import Align

#: Two lines' baselines lie further apart than this, in points.
_SAME_LINE = 0.6


class Scribe(Sheet):
    """A ``Sheet`` that takes down what is printed on it.

    Args:
        document: an open ``pymupdf.Document``.
        paper: the page's size.

    Attributes:
        words, entities, links, tables, questions: what is known so far; see ``PageTruth``.
    """

    def __init__(self, document: Any, paper: Paper = A4) -> None:
        super().__init__(document, paper)
        self.words: list[TrueWord] = []
        self.entities: list[Entity] = []
        self.links: list[Link] = []
        self.tables: list[TrueTable] = []
        self.questions: list[Asked] = []
        self._line, self._baseline = -1, -math.inf

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
        """See ``Sheet.text``; every word of it is taken down."""
        width = super().text(
            x, y, text, face, size, colour, align, word_spacing=word_spacing, tracking=tracking, angle=angle
        )
        left = x - {"left": 0.0, "center": width / 2, "right": width}[align]
        if text.strip() and abs(y - self._baseline) > _SAME_LINE:
            self._line, self._baseline = self._line + 1, y
        at = 0
        for part in text.split(" "):
            before = text[:at]
            shift = text_width(before, face, size) + word_spacing * before.count(" ") + tracking * len(before)
            if part.strip():
                corners = _turned(left, y, angle, ink(part, face, size, tracking), shift)
                self.words.append(TrueWord(part, corners, self._line))
            at += len(part) + 1
        return width

    @contextmanager
    def entity(self, role: Role) -> Iterator[None]:
        """What is printed within is one entity; the last one is ``len(entities) - 1``. Nothing printed is none."""
        start = len(self.words)
        yield
        if len(self.words) > start:
            self.entities.append(Entity(role, tuple(range(start, len(self.words)))))

    def truth(self) -> PageTruth:
        """Everything taken down."""
        return PageTruth(
            self.width, self.height, tuple(self.words), tuple(self.entities), tuple(self.links), tuple(self.tables),
            tuple(self.questions),
        )  # fmt: skip


@lru_cache(maxsize=4096)
def _glyph(face: str, char: str) -> tuple[float, float, float, float, float]:
    """Advance, then left, right, top and bottom of the ink, per unit of size; the vertical ones upwards."""
    font = metrics(face)
    # What a page prints is cp1252; what that lacks is printed as a question mark.
    code = ord(char.encode("cp1252", "replace").decode("cp1252"))
    bounds = font.glyph_bbox(code)
    return font.glyph_advance(code), bounds.x0, bounds.x1, bounds.y1, bounds.y0


def ink(text: str, face: str, size: float, tracking: float = 0.0) -> tuple[float, float, float, float]:
    """Left, right, top and bottom of the ink of a word from the pen on the baseline, points; the last two upwards."""
    pen = 0.0
    edges: list[tuple[float, float, float, float]] = []
    for char in text:
        advance, left, right, top, bottom = _glyph(face, char)
        edges.append((pen + left * size, pen + right * size, top * size, bottom * size))
        pen += advance * size + tracking
    lefts, rights, tops, bottoms = zip(*edges, strict=True)
    return min(lefts), max(rights), max(tops), min(bottoms)


def _turned(x: float, y: float, angle: float, ink: tuple[float, float, float, float], shift: float) -> Corners:
    """The corners on the page of a word's ink, ``shift`` points along a line that begins at (x, y) and rises."""
    left, right, top, bottom = ink
    cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))

    def at(along: float, up: float) -> tuple[float, float]:
        along += shift
        return round(x + along * cos - up * sin, 3), round(y - along * sin - up * cos, 3)

    return at(left, top), at(right, top), at(right, bottom), at(left, bottom)
