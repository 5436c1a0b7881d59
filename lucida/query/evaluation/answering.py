"""How good answers are: right, proved, and silent where the documents are.

ANLS: Biten et al., ICCV 2019. Exact match and token F1: Rajpurkar et al., EMNLP 2016; with questions that have no
answer, where silence is right: Rajpurkar et al., ACL 2018.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from lucida.query.evaluation.answers import anls, exact_match, token_f1
from lucida.query.evaluation.intervals import Estimate, estimate
from lucida.query.evaluation.reliability import Bin, reliability
from lucida.query.terms import tokens
from lucida.query.verification import locate

if TYPE_CHECKING:
    from lucida.query.evaluation.questions import Gold, GoldQuestion
    from lucida.types import Answer, Box, Citation, Word

    #: The words of a page, by the path of its source and its number; None when the library has no such page.
    PageWords = Callable[[str, int], Sequence[Word] | None]

#: An answer this near to an accepted one (ANLS) counts as right where right and wrong are told apart.
RIGHT = 0.5
#: A box holds another when it covers so much of it.
_HELD = 0.9
_OVERLAP = 0.5


@dataclass(frozen=True, slots=True)
class Outcome:
    """One question's answer, judged.

    Attributes:
        question: what was asked.
        answer: what came.
        anls, exact, f1: nearness to the nearest accepted answer, 0..1; silence is 1 where there is no answer, else 0.
        quotes: of the citations' quotes, how many stand in their page's words within the cited box ...
        cited: ... of so many.
        overlap: intersection over union of the first citation's box with the accepted answer it is nearest to; None
            where no place is known or nothing was cited.
        on_target: that overlap is above one half, or one of the boxes holds the other; None likewise.
        seconds: from the question to the answer.
    """

    question: GoldQuestion
    answer: Answer
    anls: float
    exact: float
    f1: float
    quotes: int
    cited: int
    overlap: float | None
    on_target: bool | None
    seconds: float

    @property
    def right(self) -> bool:
        """An answer near enough to an accepted one, or silence where there is none."""
        return self.answer.abstained == (not self.question.gold) and (self.answer.abstained or self.anls >= RIGHT)

    def to_json(self) -> dict[str, Any]:
        figures = {"anls": self.anls, "exact_match": self.exact, "f1": self.f1, "confidence": self.answer.confidence}
        return {
            "id": self.question.id,
            "type": self.question.kind,
            "question": self.question.text,
            "accepted": [gold.text for gold in self.question.gold],
            "answer": None if self.answer.abstained else self.answer.text,
            "right": self.right,
            **{name: round(value, 4) for name, value in figures.items()},
            "box_iou": None if self.overlap is None else round(self.overlap, 4),
            "box_on_target": self.on_target,
            "source": self.answer.citations[0].source if self.answer.citations else None,
            "seconds": round(self.seconds, 4),
        }


def judged(question: GoldQuestion, answer: Answer, seconds: float, page_words: PageWords) -> Outcome:
    """Hold an answer against what is accepted, and its citations against the pages they cite."""
    accepted = [gold.text for gold in question.gold]
    if answer.abstained or not accepted:
        silence = float(answer.abstained and not accepted)
        figures = (silence, silence, silence)
    else:
        exact = max(exact_match(answer.text, one) for one in accepted)
        figures = (anls(answer.text, accepted), exact, max(token_f1(answer.text, one) for one in accepted))
    overlap, on_target = _placed(answer, question.gold)
    quotes = sum(_stands(citation, page_words) for citation in answer.citations)
    return Outcome(question, answer, *figures, quotes, len(answer.citations), overlap, on_target, seconds)


def _stands(citation: Citation, page_words: PageWords) -> bool:
    """Whether the quote is printed where the citation says; the page is read anew, not the answer's own trace.

    A quote that is put together of a label and a value beside it need not stand in one row.
    """
    words = page_words(citation.source, citation.page)
    if words is None:
        return False
    within = [word for word in words if word.box.coverage(citation.box) >= _OVERLAP]
    if locate(citation.quote, within) is not None:
        return True
    printed = Counter(token.folded for word in within for token in tokens(word.text))
    return Counter(token.folded for token in tokens(citation.quote)) <= printed


def _placed(answer: Answer, gold: Sequence[Gold]) -> tuple[float | None, bool | None]:
    """Overlap of the first citation with the place of the accepted answer that it is nearest to."""
    places = [one.box for one in gold if one.box is not None]
    if not places or not answer.citations:
        return None, None
    first = answer.citations[0]
    same_page = [one.box for one in gold if one.box is not None and one.page in {None, first.page}]
    overlap = max((first.box.iou(box) for box in same_page), default=0.0)
    return overlap, overlap > _OVERLAP or any(_holds(first.box, box) for box in same_page)


def _holds(one: Box, two: Box) -> bool:
    return one.coverage(two) >= _HELD or two.coverage(one) >= _HELD


def measures(outcomes: Sequence[Outcome], *, seed: int = 0) -> dict[str, Estimate]:
    """The figures over questions, with 95 % intervals; those that no question bears on are left out.

    ANLS, exact match and F1 are over answerable questions where the name says so, else over all; the box is that of
    right answers whose place is known; quotes are over all citations.
    """
    answerable = [one for one in outcomes if one.question.gold]
    unanswerable = [one for one in outcomes if not one.question.gold]
    answered = [one for one in outcomes if not one.answer.abstained]
    placed = [one for one in answerable if one.right and one.on_target is not None]
    cited = [float(number < one.quotes) for one in outcomes for number in range(one.cited)]
    rows: dict[str, list[float]] = {
        "anls": [one.anls for one in answerable],
        "exact_match": [one.exact for one in answerable],
        "f1": [one.f1 for one in answerable],
        "f1_all": [one.f1 for one in outcomes] if unanswerable else [],
        "right_of_answered": [float(one.right) for one in answered],
        "box_on_target": [float(bool(one.on_target)) for one in placed],
        "box_iou": [one.overlap or 0.0 for one in placed],
        "source_of_right": [float(_same_source(one)) for one in answerable if one.right and one.question.source],
        "quotes_that_stand": cited,
        "answerable_refused": [float(one.answer.abstained) for one in answerable],
        "unanswerable_refused": [float(one.answer.abstained) for one in unanswerable],
    }
    return {name: estimate(values, seed=seed) for name, values in rows.items() if values}


def _same_source(outcome: Outcome) -> bool:
    wanted = PurePath(outcome.question.source).parts
    return PurePath(outcome.answer.citations[0].source).parts[-len(wanted) :] == wanted


def confidences(outcomes: Sequence[Outcome]) -> tuple[tuple[Bin, ...], float]:
    """Confidence against truth over the answers given; of a refusal nobody knows whether it would have been right."""
    given = [one for one in outcomes if not one.answer.abstained]
    return reliability([one.answer.confidence for one in given], [one.right for one in given])
