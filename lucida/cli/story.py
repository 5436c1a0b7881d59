"""What a demo did: told by ``demo``, shown by ``report``."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

    from lucida.index import Statistics
    from lucida.types import Answer, Hit, IngestReport


@dataclass(slots=True)
class Search:
    """A query of the demo, its hits, and a picture of each hit's place."""

    query: str
    hits: list[Hit]
    seconds: float
    pictures: list[Image] = field(default_factory=list)


@dataclass(slots=True)
class Question:
    """A question of the demo, what should come out (None: no answer), and what did."""

    question: str
    expected: str | None
    answer: Answer
    seconds: float
    evidence: list[Image] = field(default_factory=list)


@dataclass(slots=True)
class Making:
    """Something that the demo made, where it lies, and a picture of it."""

    title: str
    detail: str
    folder: Path
    picture: Image
    seconds: float = 0.0


@dataclass(slots=True)
class Story:
    """All that the demo did, for the report."""

    report: IngestReport
    statistics: Statistics
    searches: list[Search] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    made: list[Making] = field(default_factory=list)
