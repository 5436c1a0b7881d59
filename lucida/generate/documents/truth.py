"""What is known of a drawn page: words with corners, entities, links, tables and questions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray

from lucida.types import Box, union

Point = tuple[float, float]
#: Of a word: top left, top right, bottom right, bottom left, as it reads.
Corners = tuple[Point, Point, Point, Point]
Role = Literal["question", "answer", "header", "other"]
#: float64 (3, 3), from the page's own unit into another.
Homography = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class TrueWord:
    """A printed word.

    Attributes:
        text: as printed.
        corners: around its ink, in the unit of its page.
        line: which line of the page it is on, in the order of drawing.
    """

    text: str
    corners: Corners
    line: int


@dataclass(frozen=True, slots=True)
class Entity:
    """Words that mean one thing together: a label ("question"), what is filled in ("answer"), a header, or other."""

    role: Role
    words: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Link:
    """A field: its name, and the entities that are its label (None where it has none) and its value."""

    name: str
    label: int | None
    value: int


@dataclass(frozen=True, slots=True)
class TrueCell:
    """A cell; row 0 is the header where the table has one."""

    row: int
    column: int
    words: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class TrueTable:
    """A table: what its columns mean, in order, and its cells. ``header_rows`` leading rows name the columns."""

    columns: tuple[str, ...]
    cells: tuple[TrueCell, ...]
    header_rows: int = 1


@dataclass(frozen=True, slots=True)
class Asked:
    """A question; without words the page does not answer it.

    Attributes:
        question: as asked.
        kind: "field", "table", "prose", "tick" or "unanswerable".
        words: that the answer is printed with.
    """

    question: str
    kind: str
    words: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class PageTruth:
    """All that is known of a page.

    Attributes:
        width, height: of the page, in the unit of its corners: points as drawn, pixels once it is a picture.
        words, entities, links, tables, questions: see there; they name words and entities by their places.
    """

    width: float
    height: float
    words: tuple[TrueWord, ...]
    entities: tuple[Entity, ...] = ()
    links: tuple[Link, ...] = ()
    tables: tuple[TrueTable, ...] = ()
    questions: tuple[Asked, ...] = ()

    def moved(self, by: Homography, width: float, height: float) -> PageTruth:
        """The same page after a change of geometry: each corner goes where its ink went.

        Args:
            by: from this page's unit into that of the new one.
            width, height: of the new one.
        """
        words = tuple(replace(word, corners=mapped(by, word.corners)) for word in self.words)
        return replace(self, words=words, width=width, height=height)

    def box(self, words: Sequence[int]) -> Box:
        """Around words, in fractions of the page."""
        return union(self._box(self.words[number]) for number in words)

    def text(self, words: Sequence[int]) -> str:
        return " ".join(self.words[number].text for number in words)

    def _box(self, word: TrueWord) -> Box:
        across, down = zip(*word.corners, strict=True)
        return Box.from_px(min(across), min(down), max(across), max(down), self.width, self.height)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> Self:
        """Read what ``to_json`` wrote."""
        words = tuple(TrueWord(word["text"], _corners(word["corners"]), word["line"]) for word in row["words"])
        entities = tuple(Entity(entry["role"], tuple(entry["words"])) for entry in row["entities"])
        tables = tuple(
            TrueTable(
                tuple(table["columns"]),
                tuple(TrueCell(cell["row"], cell["column"], tuple(cell["words"])) for cell in table["cells"]),
                table["header_rows"],
            )
            for table in row["tables"]
        )
        asked = tuple(Asked(entry["question"], entry["kind"], tuple(entry["words"])) for entry in row["questions"])
        links = tuple(Link(**entry) for entry in row["links"])
        return cls(row["width"], row["height"], words, entities, links, tables, asked)


def mapped(by: Homography, corners: Corners) -> Corners:
    """Where points go, to a hundredth of a unit."""
    places = np.array([(x, y, 1.0) for x, y in corners]) @ by.T
    flat = (places[:, :2] / places[:, 2:]).round(2).tolist()
    return _corners(flat)


def _corners(points: Sequence[Sequence[float]]) -> Corners:
    first, second, third, fourth = ((float(x), float(y)) for x, y in points)
    return first, second, third, fourth
