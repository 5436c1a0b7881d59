"""A grounded answer: read what is printed, let a model look where there is one, prove it, or abstain.

What is retrieved is data. It is matched, cut and quoted, and nothing in it is ever followed.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from lucida.errors import UsageError
from lucida.index.records import Filter
from lucida.query.aids import Aids
from lucida.query.calibration import THRESHOLD
from lucida.query.contradictions import MOST_CONTRADICTING, contradicting, told
from lucida.query.looking.candidates import from_proposals
from lucida.query.looking.drawing_tool import with_drawings
from lucida.query.looking.looker import look
from lucida.query.normalise import same
from lucida.query.proving import DICTATED, Proved, cited, prove
from lucida.query.question import Question, understand
from lucida.query.reading import describe, gather, read
from lucida.query.request import EVERYTHING
from lucida.query.second_look import look_again
from lucida.query.several.answering import NOTHING_FOUND, answer_several
from lucida.query.terms import tokens
from lucida.query.tracing import Trace
from lucida.types import Answer, Citation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lucida.errors import LucidaError
    from lucida.index import Index, PageRow
    from lucida.models.protocols import TextEncoder
    from lucida.query.candidate import Candidate
    from lucida.query.concepts import ValueType

NOTHING_ELSE = Aids()
_ONLY_SEEN = "A model saw this in the picture; nothing printed proves it. Look for yourself."
#: Further places that say the same are cited too, up to so many citations in all.
_MOST_CITATIONS = 3
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
    trace = Trace()
    question = question[:_QUESTION_LENGTH]
    pencil = aids.pencil
    drawing = pencil is not None and pencil.offered
    answer = None if drawing else answer_several(index, encoder, question, where, aids, trace)
    if answer is None:
        answer = _of_one_place(index, encoder, question, where, top_k, aids, trace)
    if pencil is None:
        return answer
    trace.add("draw", pencil.told())
    return replace(with_drawings(answer, pencil), trace=tuple(trace.steps))


def _of_one_place(
    index: Index, encoder: TextEncoder | None, question: str, where: Filter, top_k: int, aids: Aids, trace: Trace
) -> Answer:
    """The plain route: the best page answers."""
    asked = understand(question)
    trace.add(
        "understand", f"type {asked.type.value}, label {' '.join(asked.wanted[0]) if asked.wanted else '(none)'!r}"
    )
    found = gather(index, encoder, asked, where, top_k)
    trace.add("retrieve", f"{len(found.passages)} passages on {len(found.pages)} pages")
    candidates = read(index, encoder, asked, found, aids.reader)
    trace.add("read", describe(candidates))
    seen, unproved, problem = _seen(asked, found.pages, aids, trace)
    proved, rejected = prove(candidates + seen)
    trace.add("verify", f"{len(proved)} proved, {rejected + unproved} rejected")
    answer = _decide(asked, proved, trace)
    if not answer.abstained:
        answer = _beside(_looked_at(answer, proved, aids, trace), contradicting(asked, proved), trace)
    if problem is not None:
        said = f"The model could not be asked to the end. {problem.message} {problem.advice}"
        answer = replace(answer, warnings=(*answer.warnings, said))
    return replace(answer, trace=tuple(trace.steps))


def _seen(
    asked: Question, pages: Sequence[PageRow], aids: Aids, trace: Trace
) -> tuple[list[Candidate], int, LucidaError | None]:
    """What a model sees on the pages, how much of what it says nothing proves, and what went wrong with it."""
    if aids.looker is None:
        return [], 0, None
    looked = look(aids.looker, asked, [*aids.looker.pictures(asked.text, not pages), *pages], aids.deadline)
    trace.extend(looked.steps)
    seen = from_proposals(asked, looked.proposals)
    return seen, len(looked.proposals) - len(seen), looked.problem


def _decide(asked: Question, proved: list[Proved], trace: Trace) -> Answer:
    if not proved or proved[0].sure < THRESHOLD:
        best = max((one.sure for one in proved), default=0.0)
        trace.add("decide", f"abstain: best candidate {best:.2f} is below {THRESHOLD:.2f}")
        return Answer(NOTHING_FOUND, abstained=True, confidence=best, trace=tuple(trace.steps))
    first = proved[0]
    citations = _citations(asked.type, proved)
    warnings = (DICTATED,) if first.dictated else ()
    trace.add("decide", f"answer from a {first.candidate.reader} with confidence {first.sure:.2f}")
    text = first.candidate.text
    return Answer(text, False, first.sure, citations=citations, trace=tuple(trace.steps), warnings=warnings)


def _beside(answer: Answer, against: list[Proved], trace: Trace) -> Answer:
    """The answer with what contradicts it, cited behind its own places."""
    if not against:
        return answer
    trace.add("contradictions", f"{len(against)} other places answer as well, and otherwise")
    others = tuple(cited(one) for one in against[:MOST_CONTRADICTING])
    return replace(answer, citations=(*answer.citations, *others), warnings=(*answer.warnings, *told(against)))


def _looked_at(answer: Answer, proved: list[Proved], aids: Aids, trace: Trace) -> Answer:
    """The answer with a warning for each cited place that has nothing in print, or shows other than its file says."""
    warnings = (*answer.warnings, *((_ONLY_SEEN,) if any(not cited.quote for cited in answer.citations) else ()))
    pages = {(one.candidate.page.source, one.candidate.page.number): one.candidate.page for one in proved}
    again = look_again(answer.citations, pages, aids)
    if again is not None:
        trace.add("look again", again.detail)
        warnings = (*warnings, *again.warnings)
    return replace(answer, warnings=warnings)


def _citations(kind: ValueType, proved: list[Proved]) -> tuple[Citation, ...]:
    """The best candidate's place, and those of others on further pages that say the same."""
    answer = proved[0].candidate.text
    citations: list[Citation] = []
    places: set[tuple[int, int]] = set()
    for one in proved:
        place = (one.candidate.page.source_id, one.candidate.page.number)
        if one.sure >= THRESHOLD and place not in places and same(one.candidate.text, answer, kind):
            places.add(place)
            citations.append(cited(one))
    return tuple(citations[:_MOST_CITATIONS])
