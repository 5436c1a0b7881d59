"""Makes candidates for the judge of what a looking model proposed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from lucida.query.candidate import Candidate, Features
from lucida.query.reading import missing, spoken_of
from lucida.query.terms import tokens
from lucida.query.typed import agreement
from lucida.query.verification import Evidence
from lucida.types import Box

if TYPE_CHECKING:
    from lucida.query.looking.proposals import Proposal
    from lucida.query.question import Question


def from_proposals(question: Question, proposals: Sequence[Proposal]) -> list[Candidate]:
    """One candidate per proposal that is proved, best page first.

    What stands in print is proved by it. What was seen on a page without any words is proved by the whole picture, with
    an empty quote. What should be in print and is not is left out.
    """
    proved = [entry for entry in proposals if entry.evidence is not None or not entry.page.words]
    return [_candidate(question, entry, rank) for rank, entry in enumerate(proved)]


def _candidate(question: Question, entry: Proposal, rank: int) -> Candidate:
    words = frozenset(token.folded for token in tokens(" ".join(word.text for word in entry.page.words)))
    seen = entry.evidence is None
    features = Features(
        match=1.0,
        agreement=agreement(entry.answer, question.type),
        names=1.0 if seen else spoken_of(question, words, {}),
        place=float(entry.quote != entry.answer),
        rank=1.0 / (1.0 + 0.25 * rank),
        absent=0.0 if seen else missing(question, words),
    )
    evidence = Evidence((), Box.whole(), ()) if seen else entry.evidence
    return Candidate(entry.answer, entry.quote, entry.page, "eye" if seen else "model", features, evidence=evidence)
