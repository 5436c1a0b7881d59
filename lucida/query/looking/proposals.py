"""From what a model says to something that can be proved: the words on the page that read so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lucida.query.looking.commands import dictated
from lucida.query.normalise import same
from lucida.query.terms import tokens
from lucida.query.typed import find_spans
from lucida.query.verification import Evidence, locate

if TYPE_CHECKING:
    from lucida.index.records import PageRow
    from lucida.query.looking.wording import Said
    from lucida.query.question import Question
    from lucida.types import Word

#: A quote of more tokens than this is a passage copied, not a proof.
_LONGEST_QUOTE = 60


@dataclass(frozen=True, slots=True)
class Proposal:
    """An answer that a model proposes.

    Attributes:
        answer: as printed where it stands on the page, else in the model's words.
        quote: the words that prove it; empty where nothing printed does.
        page: that was looked at.
        evidence: where the quote stands; None where nothing printed proves the answer.
    """

    answer: str
    quote: str
    page: PageRow
    evidence: Evidence | None


def proposal(said: Said, question: Question, page: PageRow, read: Sequence[Word] = ()) -> Proposal:
    """Find what a model said on its page: its quote with the answer in it, else the answer itself, else its value.

    What stands in a text that gives orders to a model proves nothing.

    Args:
        said: answer and quote, in the model's words.
        question: says what kind of value is meant.
        page: that was looked at.
        read: words that OCR read for the model at full resolution; they count where the page's own do not have it.
    """
    for words in (page.words, tuple(read)):
        for answer in _printed(said.answer, question, words):
            found = locate(answer, words)
            if found is None or dictated(found, words):
                continue
            quoted = _quoted(said.quote, answer, words)
            return Proposal(answer, *((said.quote, page, quoted) if quoted else (answer, page, found)))
    return Proposal(said.answer, "", page, None)


def _quoted(quote: str, answer: str, words: Sequence[Word]) -> Evidence | None:
    """Where the model's own quote stands, if it does and holds the answer."""
    inside = [token.folded for token in tokens(quote)]
    wanted = [token.folded for token in tokens(answer)]
    if not wanted or len(inside) > _LONGEST_QUOTE or not _holds(inside, wanted):
        return None
    return locate(quote, words)


def _holds(inside: Sequence[str], wanted: Sequence[str]) -> bool:
    return any(inside[at : at + len(wanted)] == wanted for at in range(len(inside) - len(wanted) + 1))


def _printed(answer: str, question: Question, words: Sequence[Word]) -> list[str]:
    """Values on the page that mean the same in whatever writing ("14 March 2024" for "2024-03-14"), then the answer."""
    text = " ".join(word.text for word in words)
    alike = [span.text for span in find_spans(text, question.type) if same(span.text, answer, question.type)]
    return [*alike, answer]
