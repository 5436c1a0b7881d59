"""A grounded answer: read what is printed, let a model look where there is one, prove it, or abstain.

What is retrieved is data. It is matched, cut and quoted, and nothing in it is ever followed.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from lucida.errors import UsageError
from lucida.index.records import Filter
from lucida.query.aids import Aids
from lucida.query.calibration import THRESHOLD, confidence
from lucida.query.looking.candidates import from_proposals
from lucida.query.looking.looker import look
from lucida.query.normalise import same
from lucida.query.question import Question, understand
from lucida.query.reading import describe, gather, read
from lucida.query.request import EVERYTHING
from lucida.query.second_look import disagreement
from lucida.query.terms import tokens
from lucida.query.verification import Evidence, evidence_of, locate
from lucida.types import Answer, Citation, Step, TextOrigin

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lucida.errors import LucidaError
    from lucida.index import Index, PageRow
    from lucida.models.protocols import TextEncoder
    from lucida.query.candidate import Candidate
    from lucida.query.concepts import ValueType

NOTHING_FOUND = "Nothing in these documents answers that."
NOTHING_ELSE = Aids()
_ONLY_SEEN = "A model saw this in the picture; nothing printed proves it. Look for yourself."
#: Further places that say the same are cited too, up to so many citations in all.
_MOST_CITATIONS = 3
#: Candidates are proved in order of confidence; so many failures end the search.
_MOST_PROOFS = 24
#: A question is understood by its first so many characters.
_QUESTION_LENGTH = 2_000


def ask(
    index: Index,
    encoder: TextEncoder | None,
    question: str,
    where: Filter = EVERYTHING,
    *,
    top_k: int = 8,
    aids: Aids = NOTHING_ELSE,
) -> Answer:
    """Answer a question from what the library's documents say, with the place on the page, or abstain.

    Args:
        index: an open library index.
        encoder: the index's text encoder; None retrieves and judges by words alone.
        question: in English, German, French or Spanish.
        where: which documents may answer.
        top_k: passages to retrieve.
        aids: what else may help: a reader of running text, a model that looks, OCR for a second look, a deadline.

    Returns:
        The answer as printed, its citations (each quote stands in its page's words) and the trace of steps. When
        nothing convinces, an abstention whose ``confidence`` is that of the best candidate.

    Raises:
        UsageError: the question has no words, or ``top_k`` is below 1.
        ModelError: the encoder is not the one the index belongs to.
    """
    if not tokens(question):
        raise UsageError("The question has no words.", "Ask something, in words.")
    if top_k < 1:
        raise UsageError(f"Cannot read {top_k} passages.", "Let at least one be read (top_k of 1 or more).")
    trace = _Trace()
    asked = understand(question[:_QUESTION_LENGTH])
    trace.add(
        "understand", f"type {asked.type.value}, label {' '.join(asked.wanted[0]) if asked.wanted else '(none)'!r}"
    )
    found = gather(index, encoder, asked, where, top_k)
    trace.add("retrieve", f"{len(found.passages)} passages on {len(found.pages)} pages")
    candidates = read(index, encoder, asked, found, aids.reader)
    trace.add("read", describe(candidates))
    seen, unproved, problem = _seen(asked, found.pages, aids, trace)
    proved, rejected = _prove(candidates + seen)
    trace.add("verify", f"{len(proved)} proved, {rejected + unproved} rejected")
    answer = _decide(asked, proved, trace)
    if not answer.abstained:
        answer = _looked_at(answer, proved, aids, trace)
    if problem is not None:
        said = f"The model could not be asked to the end. {problem.message} {problem.advice}"
        answer = replace(answer, warnings=(*answer.warnings, said))
    return replace(answer, trace=tuple(trace.steps))


def _seen(
    asked: Question, pages: Sequence[PageRow], aids: Aids, trace: _Trace
) -> tuple[list[Candidate], int, LucidaError | None]:
    """What a model sees on the pages, how much of what it says nothing proves, and what went wrong with it."""
    if aids.looker is None:
        return [], 0, None
    looked = look(aids.looker, asked, [*aids.looker.pictures(asked.text, not pages), *pages], aids.deadline)
    trace.extend(looked.steps)
    seen = from_proposals(asked, looked.proposals)
    return seen, len(looked.proposals) - len(seen), looked.problem


class _Trace:
    """Collects steps with the time each took."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self._last = time.perf_counter()

    def add(self, name: str, detail: str) -> None:
        now = time.perf_counter()
        self.steps.append(Step(name, detail, now - self._last))
        self._last = now

    def extend(self, steps: list[Step]) -> None:
        """Take over steps that were timed elsewhere."""
        self.steps += steps
        self._last = time.perf_counter()


def _prove(candidates: list[Candidate]) -> tuple[list[tuple[float, Candidate, Evidence]], int]:
    """The most confident candidates whose quotes stand on their pages, best first, and how many did not."""
    ranked = sorted(((confidence(candidate), candidate) for candidate in candidates), key=lambda pair: -pair[0])
    proved: list[tuple[float, Candidate, Evidence]] = []
    rejected = 0
    for sure, candidate in ranked[:_MOST_PROOFS]:
        evidence = _evidence(candidate)
        if evidence is None:
            rejected += 1
        else:
            proved.append((sure, candidate, evidence))
    return proved, rejected


def _evidence(candidate: Candidate) -> Evidence | None:
    """Where a candidate's quote stands; the answer itself must stand in the quote."""
    if candidate.evidence is not None:
        return candidate.evidence
    words = candidate.page.words
    if candidate.words:
        return evidence_of(candidate.words, words)
    return locate(candidate.quote, words, candidate.near)


def _decide(asked: Question, proved: list[tuple[float, Candidate, Evidence]], trace: _Trace) -> Answer:
    if not proved or proved[0][0] < THRESHOLD:
        best = proved[0][0] if proved else 0.0
        trace.add("decide", f"abstain: best candidate {best:.2f} is below {THRESHOLD:.2f}")
        return Answer(NOTHING_FOUND, abstained=True, confidence=best, trace=tuple(trace.steps))
    sure, best_one, _ = proved[0]
    citations = _citations(asked.type, proved)
    trace.add("decide", f"answer from a {best_one.reader} with confidence {sure:.2f}")
    return Answer(best_one.text, abstained=False, confidence=sure, citations=citations, trace=tuple(trace.steps))


def _looked_at(answer: Answer, proved: list[tuple[float, Candidate, Evidence]], aids: Aids, trace: _Trace) -> Answer:
    """The answer with a warning for each cited place that has nothing in print, or shows other than its file says."""
    if any(not cited.quote for cited in answer.citations):
        answer = replace(answer, warnings=(_ONLY_SEEN,))
    if aids.reread is None or aids.late:
        return answer
    reread = aids.reread
    pages = {(one.page.source, one.page.number): one.page for _, one, _ in proved}
    found = [disagreement(cited, pages[cited.source, cited.page], reread) for cited in answer.citations]
    warnings = tuple(said for said in found if said is not None)
    layers = sum(pages[cited.source, cited.page].origin is TextOrigin.LAYER for cited in answer.citations)
    trace.add("look again", f"{layers} of {len(answer.citations)} read from pixels, {len(warnings)} show otherwise")
    return replace(answer, warnings=(*answer.warnings, *warnings))


def _citations(kind: ValueType, proved: list[tuple[float, Candidate, Evidence]]) -> tuple[Citation, ...]:
    """The best candidate's place, and those of others on further pages that say the same."""
    answer = proved[0][1].text
    citations: list[Citation] = []
    cited: set[tuple[int, int]] = set()
    for sure, candidate, evidence in proved:
        place = (candidate.page.source_id, candidate.page.number)
        if sure >= THRESHOLD and place not in cited and same(candidate.text, answer, kind):
            cited.add(place)
            citations.append(Citation(candidate.page.source, candidate.page.number, evidence.box, candidate.quote))
    return tuple(citations[:_MOST_CITATIONS])
