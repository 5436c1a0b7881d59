"""What the readers hand to the judge: a possible answer, where it stands, and what speaks for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lucida.index.records import PageRow
    from lucida.query.layout import Placed
    from lucida.query.verification import Evidence
    from lucida.types import Box

Reader = Literal["field", "table", "sentence", "span", "model", "eye"]


@dataclass(frozen=True, slots=True)
class Features:
    """What speaks for a candidate; every figure is 0..1, more is better (of ``absent``, less).

    Attributes:
        match: how well the label, the headers or the sentence cover the question's words, weighted by rarity; of a
            span, its reader's probability.
        agreement: how well the answer fits the form that the question asks for.
        similarity: cosine of question and evidence, floored at 0; 0 when no encoder is at hand.
        names: how much of what the question speaks of, names above all, its page or its source speaks of too.
        place: how natural the answer's place is (beside its label, rather than far below); of a span, its share of
            all the spans' probabilities.
        absent: how surely the page speaks of something else, because names or numerals of the question stand neither
            on it nor in its source's title or name.
        rank: 1 for the page retrieved first, falling with its rank.
    """

    match: float
    agreement: float = 1.0
    similarity: float = 0.0
    names: float = 1.0
    place: float = 1.0
    rank: float = 1.0
    absent: float = 0.0


@dataclass(frozen=True, slots=True)
class Candidate:
    """A possible answer.

    Attributes:
        text: the answer as printed.
        quote: what must stand in the page's words to prove it; holds ``text`` or is it.
        page: the page it was read on.
        reader: who found it.
        features: what speaks for it.
        words: indices of the quote's words on the page, when the reader knows them; empty to have them looked up.
        near: where on the page to look first, when the same words stand in several places.
        evidence: the proof itself, where its words are no words of the page: OCR read them anew, or the proof is a
            whole picture and ``quote`` is empty.
    """

    text: str
    quote: str
    page: PageRow
    reader: Reader
    features: Features
    words: tuple[int, ...] = ()
    near: Box | None = None
    evidence: Evidence | None = None


def standing_in(words: Iterable[Placed], text: str, page: PageRow, reader: Reader, features: Features) -> Candidate:
    """A possible answer that stands in these words of its page, which are its quote, in their order."""
    indices = tuple(dict.fromkeys(word.word for word in words))
    quote = " ".join(page.words[index].text for index in indices)
    return Candidate(text, quote, page, reader, features, indices)
