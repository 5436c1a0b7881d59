"""Which candidates stand on their pages, in order of how sure they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from lucida.query.calibration import THRESHOLD, confidence
from lucida.query.looking.commands import dictated
from lucida.query.verification import evidence_of, locate
from lucida.types import Citation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lucida.query.candidate import Candidate
    from lucida.query.verification import Evidence

DICTATED = "The words that prove this stand in a text that gives orders to a machine. Read the page yourself."
#: Candidates are proved in order of confidence; so many failures end the search.
_MOST_PROOFS = 24


class Proved(NamedTuple):
    """A candidate that stands on its page.

    Attributes:
        sure: its confidence, 0..1.
        candidate: what is proposed.
        evidence: where it stands.
        dictated: the place is, or touches, a text that gives orders to a model.
    """

    sure: float
    candidate: Candidate
    evidence: Evidence
    dictated: bool = False


def prove(candidates: Sequence[Candidate]) -> tuple[list[Proved], int]:
    """The most confident candidates whose quotes stand on their pages, best first, and how many did not.

    What stands in a text that gives orders to a model comes behind everything else that is sure enough to answer.
    """
    ranked = sorted(((confidence(candidate), candidate) for candidate in candidates), key=lambda pair: -pair[0])
    proved: list[Proved] = []
    rejected = 0
    for sure, candidate in ranked[:_MOST_PROOFS]:
        evidence = _evidence(candidate)
        if evidence is None:
            rejected += 1
        else:
            told = candidate.evidence is None and dictated(evidence, candidate.page.words)
            proved.append(Proved(sure, candidate, evidence, told))
    return sorted(proved, key=_standing), rejected


def cited(proved: Proved) -> Citation:
    """The citation that a proved candidate makes."""
    page = proved.candidate.page
    return Citation(page.source, page.number, proved.evidence.box, proved.candidate.quote)


def _standing(one: Proved) -> tuple[bool, bool, float]:
    return one.sure < THRESHOLD, one.dictated, -one.sure


def _evidence(candidate: Candidate) -> Evidence | None:
    """Where a candidate's quote stands; the answer itself must stand in the quote."""
    if candidate.evidence is not None:
        return candidate.evidence
    words = candidate.page.words
    if candidate.words:
        return evidence_of(candidate.words, words)
    return locate(candidate.quote, words, candidate.near)
