"""One question put to each of several documents: the same readers, the same proof, a value for each."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lucida.query.calibration import THRESHOLD
from lucida.query.looking.candidates import from_proposals
from lucida.query.looking.looker import look
from lucida.query.proving import Proved, cited, prove
from lucida.query.question import understand
from lucida.query.reading import Retrieved, read
from lucida.query.several.values import Value, value_of
from lucida.query.terms import language_of, tokens
from lucida.types import Step

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lucida.index import Index
    from lucida.index.records import ItemRow, PageRow
    from lucida.models.protocols import TextEncoder
    from lucida.query.aids import Aids
    from lucida.query.question import Question
    from lucida.query.several.documents import Unit
    from lucida.query.tracing import Trace
    from lucida.types import Citation

#: Pages of a long document that hold the words of what is asked for are read, at most so many.
_MOST_PAGES = 6
#: Labels of a document's own language that are tried, and how they are asked for in English and in German.
_MOST_LABELS = 3
_QUESTIONS = "What is the {}?", "Wie hoch ist die {}?"
#: A total that is less sure by no more may be the one that is meant.
_NEARLY = 0.1
#: A model looks at so many documents that nothing else can read, one page each.
_MOST_LOOKS = 4


@dataclass(frozen=True, slots=True)
class Part:
    """What one document says.

    Attributes:
        unit: the document.
        proved: the answer with its place; None where it gives none that is sure enough.
        value: the answer as a number; None where it is no number or no day.
    """

    unit: Unit
    proved: Proved | None
    value: Value | None = None

    @property
    def text(self) -> str:
        """The answer as printed."""
        return self.proved.candidate.text if self.proved is not None else ""

    @property
    def sure(self) -> float:
        """The answer's confidence, 0 for none."""
        return self.proved.sure if self.proved is not None else 0.0

    @property
    def citation(self) -> Citation | None:
        """The place that proves it."""
        return cited(self.proved) if self.proved is not None else None


class Asking:
    """Puts questions to documents.

    Args:
        index: an open library index.
        encoder: of texts; None judges sentences by words alone.
        aids: a reader of running text, a model that looks, a deadline.
        trace: takes a line for each document.
    """

    def __init__(self, index: Index, encoder: TextEncoder | None, aids: Aids, trace: Trace) -> None:
        self._index, self._encoder, self._aids, self._trace = index, encoder, aids, trace
        self._looks = 0
        self._known: dict[tuple[str, str, bool, bool], Part] = {}
        #: Questions that time did not suffice for.
        self.passed_over = 0

    def late(self) -> bool:
        """Whether time is up."""
        return self._aids.late

    def each(self, units: Sequence[Unit], fields: Sequence[str], *, numeric: bool, look: bool = True) -> list[Part]:
        """What each document answers to the first of some questions that most of them answer.

        Args:
            units: the documents.
            fields: questions, tried in turn.
            numeric: whether an answer must be a number or a day.
            look: whether a model may look where nothing else reads it.
        """
        best: list[Part] = []
        seconds: list[float] = []
        for field in fields:
            asked = understand(field)
            timed = [self._timed(unit, asked, numeric=numeric, look=look) for unit in units]
            parts = [part for part, _ in timed]
            if not best or _read(parts) > _read(best):
                best, seconds = parts, [spent for _, spent in timed]
            if 2 * _read(best) > len(units) or self.late():
                break
        self._trace.extend([Step("part", _told(part), spent) for part, spent in zip(best, seconds, strict=True)])
        return best

    def _timed(self, unit: Unit, asked: Question, *, numeric: bool, look: bool) -> tuple[Part, float]:
        began = time.perf_counter()
        key = unit.name, asked.text, numeric, look
        if key not in self._known:
            self._known[key] = self._part(unit, asked, numeric=numeric, look=look)
        return self._known[key], time.perf_counter() - began

    def _part(self, unit: Unit, asked: Question, *, numeric: bool, look: bool) -> Part:
        def fits(proved: Proved) -> Value | None:
            candidate = proved.candidate
            return value_of(candidate.text, asked.type, candidate.page.words)

        pages = self._pages(unit, asked)
        if self.late():
            self.passed_over += 1
            return Part(unit, None)
        for answers in (self._fields, self._texts, self._labelled, *((self._seen,) if look else ())):
            good = [one for one in answers(asked, pages) if one.sure >= THRESHOLD and not one.dictated]
            found = [(one, value) for one in good if (value := fits(one)) is not None or not numeric]
            if found:
                return Part(unit, *_whole(asked, found))
        return Part(unit, None)

    def _pages(self, unit: Unit, asked: Question) -> tuple[PageRow, ...]:
        """A document's pages; of a long one those that hold the words of what is asked for, and its first."""
        if unit.whole:
            return unit.pages
        import numpy as np

        among = np.array(sorted(item.id for item in self._index.passages_of(unit.row.id)), dtype=np.int64)
        found = self._index.full_text(list(asked.expansion), 4 * _MOST_PAGES, among=among)
        numbers = list(dict.fromkeys(item.page for item in self._index.items([item for item, _ in found])))[
            :_MOST_PAGES
        ]
        others = (self._index.page(unit.row.id, number) for number in numbers if number != unit.pages[0].number)
        return (*unit.pages, *(page for page in others if page is not None))

    def _fields(self, asked: Question, pages: Sequence[PageRow]) -> list[Proved]:
        """Fields, tables, letters, parties: quick, and right for what forms print."""
        return prove(read(self._index, None, asked, Retrieved((), tuple(pages))))[0]

    def _texts(self, asked: Question, pages: Sequence[PageRow]) -> list[Proved]:
        """Running text, which takes longer."""
        if self.late():
            return []
        passages: list[ItemRow] = []
        for page in pages:
            passages += self._index.passages_of(page.source_id, page.number)
        found = Retrieved(tuple(passages), tuple(pages))
        return prove(read(self._index, self._encoder, asked, found, self._aids.reader))[0]

    def _labelled(self, asked: Question, pages: Sequence[PageRow]) -> list[Proved]:
        """The same in the document's own words: by another label for it that stands on the page."""
        text = (
            " " + " ".join(token.folded for page in pages for word in page.words for token in tokens(word.text)) + " "
        )
        labels = [label for concept in asked.concepts[:1] for label in concept.labels]
        printed = [label for label in labels if f" {' '.join(token.folded for token in tokens(label))} " in text]
        found: list[Proved] = []
        for label in printed[:_MOST_LABELS]:
            wording = understand(_QUESTIONS[language_of(text) == "de"].format(label))
            if wording.type is asked.type:
                found += self._fields(wording, pages) + self._texts(wording, pages)
        return sorted(found, key=lambda one: -one.sure)

    def _seen(self, asked: Question, pages: Sequence[PageRow]) -> list[Proved]:
        """What a model sees, where there is one, for the few documents that nothing else reads."""
        if self._aids.looker is None or self._looks >= _MOST_LOOKS or self.late():
            return []
        self._looks += 1
        looked = look(self._aids.looker, asked, pages[:1], self._aids.deadline)
        self._trace.extend(looked.steps)
        return prove(from_proposals(asked, looked.proposals))[0]


def _told(part: Part) -> str:
    """A line of the trace."""
    said = f"{part.text!r} with confidence {part.sure:.2f}" if part.proved is not None else "nothing sure enough"
    return f"{part.unit.name}: {said}"


def _whole(asked: Question, found: Sequence[tuple[Proved, Value | None]]) -> tuple[Proved, Value | None]:
    """The surest answer; of totals nearly as sure, the largest: a column of amounts is headed like their sum."""
    best, value = found[0]
    if value is None or not any(concept.name == "total" for concept in asked.concepts[:1]):
        return best, value
    rivals = [
        (one, other)
        for one, other in found
        if other is not None and other.unit == value.unit and one.sure >= best.sure - _NEARLY
    ]
    return max(rivals, key=lambda pair: pair[1].number)


def _read(parts: Sequence[Part]) -> int:
    return sum(part.proved is not None for part in parts)
