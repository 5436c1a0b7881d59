"""What a library hands back: hits, answers with citations, reports. Each knows its JSON form."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from lucida.types.geometry import Box
from lucida.types.paths import json_path


class ItemKind(StrEnum):
    """The two things that have vectors."""

    PASSAGE = "passage"
    PICTURE = "picture"


@dataclass(frozen=True, slots=True)
class Placed:
    """What one list says of a hit.

    Attributes:
        list: "passage", "picture" or "window" (vectors), or "words" (full text).
        rank: place in that list, from 1; None where other lists brought the item up and it was looked up here.
        score: cosine, or BM25 in the list of words.
        z: how many standard deviations the cosine stands above its background; None for words.
    """

    list: str
    rank: int | None
    score: float
    z: float | None = None


@dataclass(frozen=True, slots=True)
class PartShare:
    """How near a hit lies to one part of the query; ``cosine`` is None where the two cannot be compared."""

    part: str
    weight: float
    cosine: float | None


@dataclass(frozen=True, slots=True)
class Why:
    """Why a hit is there.

    Attributes:
        lists: what each list says of it.
        coverage: share of the query's words that it holds, 0..1, rare words weighing more.
        words: the words of it that matched.
        parts: how near it lies to each part, for a query of several.
    """

    lists: tuple[Placed, ...] = ()
    coverage: float = 0.0
    words: tuple[str, ...] = ()
    parts: tuple[PartShare, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "lists": [
                {"list": entry.list, "rank": entry.rank, "score": _rounded(entry.score), "z": _rounded(entry.z)}
                for entry in self.lists
            ],
            "coverage": _rounded(self.coverage),
            "words": list(self.words),
            "parts": [
                {"part": share.part, "weight": share.weight, "cosine": _rounded(share.cosine)} for share in self.parts
            ],
        }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


@dataclass(frozen=True, slots=True)
class Hit:
    """One search result.

    Attributes:
        rank: counting from 1.
        id: the item's id, which is also its vector's id.
        score: probability that it is a match, 0..1; running heads and lone titles count less.
        kind: "passage" or "picture".
        source: the source's path, which ``open`` takes; names that are not UTF-8 carry surrogate escapes.
        page: page number, counting from 1.
        box: where on the page.
        text: snippet of a passage, caption of a picture.
        highlights: (start, end) character offsets into ``text`` of the words that matched.
        section: titles above the passage, outermost first.
        role: of a picture: "photo", "figure" or "page"; None for a passage.
        width_px, height_px: of a picture at its source's own resolution; 0 for a passage.
        copies: ids of further items that are the same again.
        why: why it is there.
    """

    rank: int
    id: int
    score: float
    kind: str
    source: str
    page: int
    box: Box
    text: str
    highlights: tuple[tuple[int, int], ...] = ()
    section: tuple[str, ...] = ()
    role: str | None = None
    width_px: int = 0
    height_px: int = 0
    copies: tuple[int, ...] = ()
    why: Why | None = None

    def to_json(self) -> dict[str, Any]:
        """The fields of the command line's contract, and what was added to them since."""
        row = asdict(self)
        row["why"] = self.why.to_json() if self.why is not None else None
        row["source"] = json_path(self.source)
        row["box"] = [round(edge, 5) for edge in self.box]
        row["score"] = round(self.score, 6)
        return row


@dataclass(frozen=True, slots=True)
class Citation:
    """The place that proves an answer: ``quote`` stands in the page's own words, inside ``box``."""

    source: str
    page: int
    box: Box
    quote: str

    def to_json(self) -> dict[str, Any]:
        return {
            "source": json_path(self.source),
            "page": self.page,
            "box": [round(edge, 5) for edge in self.box],
            "quote": self.quote,
        }


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture that was drawn for a question. It is made up: it proves nothing, and no citation is of one.

    Attributes:
        path: the picture's file.
        prompt: what a model that looks at pages wrote.
        generator: spec of who drew.
        source, page: the page that it was looking at.
        manifest: file from which it can be drawn again.
        doubts: what judges of pictures say against it, a phrase each.
    """

    path: str
    prompt: str
    generator: str
    source: str
    page: int
    manifest: str
    doubts: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        row = asdict(self)
        return row | {name: json_path(row[name]) for name in ("path", "source", "manifest")}


@dataclass(frozen=True, slots=True)
class Step:
    """One line of an answer's trace: what was done, what came of it, how long it took."""

    name: str
    detail: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer a person can check, or an honest abstention.

    Attributes:
        text: the answer as printed in the source; when abstained, the sentence that says so.
        abstained: nothing in the library supports an answer.
        confidence: 0..1.
        citations: at least one unless abstained.
        warnings: what speaks against trusting it, a sentence each.
        trace: every step, in order.
        drawings: pictures that the question asked for; they prove nothing.
    """

    text: str
    abstained: bool
    confidence: float
    citations: tuple[Citation, ...] = ()
    trace: tuple[Step, ...] = ()
    warnings: tuple[str, ...] = ()
    drawings: tuple[Drawing, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "answer": None if self.abstained else self.text,
            "abstained": self.abstained,
            "confidence": round(self.confidence, 4),
            "citations": [citation.to_json() for citation in self.citations],
            "warnings": list(self.warnings),
            "drawings": [drawing.to_json() for drawing in self.drawings],
            "trace": [
                {"step": step.name, "detail": step.detail, "seconds": round(step.seconds, 4)} for step in self.trace
            ],
        }


@dataclass(frozen=True, slots=True)
class Failure:
    """A source that could not be read: its path, one sentence of what happened, one of what to do."""

    source: str
    error: str
    advice: str


@dataclass(slots=True)
class IngestReport:
    """What an ingest run did. Counts are sources, except ``pages`` and ``items``, which count what was written."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    moved: int = 0
    removed: int = 0
    failed: list[Failure] = field(default_factory=list)
    pages: int = 0
    items: int = 0
    seconds: float = 0.0

    def to_json(self) -> dict[str, Any]:
        row = asdict(self)
        row["seconds"] = round(self.seconds, 3)
        return row
