"""The answer to a question over several documents, where it is one."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from lucida.query.calibration import THRESHOLD
from lucida.query.proving import cited, prove
from lucida.query.question import understand
from lucida.query.reading import Retrieved, describe, read
from lucida.query.second_look import look_again
from lucida.query.several.parts import Asking
from lucida.query.several.route import Outcome, Route
from lucida.query.several.wording import plan_of
from lucida.query.terms import fold
from lucida.types import Answer

if TYPE_CHECKING:
    from lucida.index import Index
    from lucida.index.records import Filter
    from lucida.models.protocols import TextEncoder
    from lucida.query.aids import Aids
    from lucida.query.proving import Proved
    from lucida.query.several.documents import Unit
    from lucida.query.tracing import Trace

#: Cited values that are read again from their pixels, the deciding ones first: each costs a moment of OCR.
_MOST_LOOKED = 4
NOTHING_FOUND = "Nothing in these documents answers that."


def answer_several(
    index: Index, encoder: TextEncoder | None, question: str, where: Filter, aids: Aids, trace: Trace
) -> Answer | None:
    """Answer from several documents, each with its place; None where a single page is to answer.

    Args:
        index: an open library index.
        encoder: of texts; None judges sentences by words alone.
        question: in English, German, French or Spanish.
        where: which documents may take part.
        aids: what else may help.
        trace: takes every step, with a line for each document.
    """
    plan = plan_of(question)
    if plan is None:
        return None
    trace.add("understand", f"several documents: {plan.described()}")
    asking = Asking(index, encoder, aids, trace)
    outcome = Route(index, plan, where, asking, trace.add).outcome()
    if outcome is None:
        trace.add("combine", "too few such documents: the question is put to single pages")
        return None
    if outcome.combined is not None and plan.then and outcome.unit is not None:
        return _then(index, encoder, plan.then, outcome.unit, outcome, aids, trace)
    return _answer(outcome, aids, trace)


def _answer(outcome: Outcome, aids: Aids, trace: Trace) -> Answer:
    combined = outcome.combined
    if combined is None:
        said = outcome.sentence or "too few documents say what is asked for"
        trace.add("combine", f"abstain: {said}")
        return Answer(NOTHING_FOUND, abstained=True, confidence=0.0, trace=tuple(trace.steps))
    trace.add("combine", f"{len(outcome.citations)} places, confidence {combined.sure:.2f}")
    warnings = combined.warnings
    again = look_again(outcome.citations[:_MOST_LOOKED], outcome.pages, aids) if outcome.values else None
    if again is not None:
        trace.add("look again", again.detail)
        warnings = (*warnings, *again.warnings)
    return Answer(combined.text, False, combined.sure, outcome.citations, tuple(trace.steps), warnings)


def _then(
    index: Index, encoder: TextEncoder | None, question: str, unit: Unit, outcome: Outcome, aids: Aids, trace: Trace
) -> Answer:
    """Put the rest of the question to the document that was found, as in “Who sent the latest letter?”."""
    assert outcome.combined is not None
    passages = tuple(item for page in unit.pages for item in index.passages_of(page.source_id, page.number))
    proved: list[Proved] = []
    for wording in (question, *_otherwise(question, unit)):
        trace.add("then", f"{unit.name}: {wording}")
        candidates = read(index, encoder, understand(wording), Retrieved(passages, unit.pages), aids.reader)
        trace.add("read", describe(candidates))
        proved, rejected = prove(candidates)
        trace.add("verify", f"{len(proved)} proved, {rejected} rejected")
        if proved and proved[0].sure >= THRESHOLD:
            break
    if not proved or proved[0].sure < THRESHOLD:
        return _answer(Outcome(None, sentence=f"{unit.name} does not say"), aids, trace)
    best = proved[0]
    text = f"{best.candidate.text} ({outcome.combined.text})"
    combined = replace(outcome.combined, text=text, sure=min(best.sure, outcome.combined.sure))
    page = best.candidate.page
    pages = {**outcome.pages, (page.source, page.number): page}
    return _answer(
        outcome._replace(combined=combined, citations=(cited(best), *outcome.citations), pages=pages), aids, trace
    )


def _otherwise(question: str, unit: Unit) -> tuple[str, ...]:
    """Who sent a letter is who signed it."""
    sender = re.match(r"\W*(?:who|from whom|wer|von wem|qui|de qui|quien)\b", fold(question))
    return ("Who wrote the letter?",) if sender and unit.kind.name == "letter" else ()
