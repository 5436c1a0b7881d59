"""Putting the readers to work on the pages that retrieval brought up."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import TYPE_CHECKING

from lucida.query.candidate import Candidate, Features
from lucida.query.fields import read_fields
from lucida.query.labels import alikeness
from lucida.query.letters import read_letters
from lucida.query.search import inverse_document_frequencies, retrieve
from lucida.query.sentences import Scored, score_sentences, short_answer
from lucida.query.tables import read_tables
from lucida.query.terms import tokens
from lucida.types import ItemKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lucida.index import Index
    from lucida.index.records import Filter, ItemRow, PageRow
    from lucida.models.protocols import TextEncoder
    from lucida.query.question import Question

#: Pages that are read closely, the best by retrieval.
MOST_PAGES = 8
_MOST_SENTENCES = 6


@dataclass(frozen=True, slots=True)
class Retrieved:
    """What retrieval brought up: passages best first, and the pages they stand on, best first."""

    passages: tuple[ItemRow, ...]
    pages: tuple[PageRow, ...]


def gather(index: Index, encoder: TextEncoder | None, question: Question, where: Filter, top_k: int) -> Retrieved:
    """Retrieve passages for a question and look up their pages.

    The full text is asked for the labels of what is wanted too, so that "How much did it cost?" reaches a
    "Gesamtbetrag".
    """
    found = retrieve(index, encoder, question.text, terms=question.expansion, top_k=top_k, where=where, word_coverage=0)
    passages = tuple(entry.item for entry in found if entry.item.kind == ItemKind.PASSAGE)
    places = list(dict.fromkeys((item.source_id, item.page) for item in passages))[:MOST_PAGES]
    pages = (index.page(source_id, number) for source_id, number in places)
    return Retrieved(passages, tuple(page for page in pages if page is not None))


def read(index: Index, encoder: TextEncoder | None, question: Question, found: Retrieved) -> list[Candidate]:
    """All readers' candidates over what was retrieved, in no order."""
    weights = inverse_document_frequencies(index, question.terms)
    candidates: list[Candidate] = []
    for rank, page in enumerate(found.pages):
        names = spoken_of(question, _page_words(index, page))
        own = [
            *read_fields(page, question, weights),
            *read_tables(page, question, weights),
            *read_letters(page, question),
        ]
        candidates += [_with(candidate, names=names, rank=_falling(rank)) for candidate in own]
    return candidates + _from_sentences(index, encoder, question, found, weights)


def _from_sentences(
    index: Index, encoder: TextEncoder | None, question: Question, found: Retrieved, weights: dict[str, float]
) -> list[Candidate]:
    pages = {(page.source_id, page.number): page for page in found.pages}
    passages = [item for item in found.passages if (item.source_id, item.page) in pages]
    texts = [(item.text, (*item.section, _called(index, item.source_id, item.source))) for item in passages]
    scored = score_sentences(question, texts, weights, encoder)[:_MOST_SENTENCES]
    candidates = []
    for entry in scored:
        item = passages[entry.passage]
        words = _words(" ".join((*texts[entry.passage][1], item.text)))
        page = pages[item.source_id, item.page]
        candidates.append(_sentence(question, entry, item, page, named(question, words)))
    return candidates


def _sentence(question: Question, entry: Scored, item: ItemRow, page: PageRow, names: float) -> Candidate:
    short = short_answer(question, entry.text)
    features = Features(
        match=entry.coverage,
        agreement=1.0 if short is not None else 0.0,
        similarity=entry.similarity,
        names=names,
        rank=_falling(entry.passage),
    )
    return Candidate(short or entry.text, entry.text, page, "sentence", features, near=item.box)


def _with(candidate: Candidate, *, names: float, rank: float) -> Candidate:
    return replace(candidate, features=replace(candidate.features, names=names, rank=rank))


def _falling(rank: int) -> float:
    return 1.0 / (1.0 + 0.25 * rank)


def spoken_of(question: Question, words: frozenset[str]) -> float:
    """How much of what the question speaks of stands among words, 0..1: a value of another thing is no answer.

    Names, numerals and words of the matter count fully. Words of a label ("cost") or a kind of document ("receipt")
    count little, since documents use others for them.
    """
    missing = total = 0.0
    for term, weight in question.matter.items():
        total += weight
        missing += 0.0 if _said(term, words) else weight
    return 1.0 - missing / max(total, 1.0)


def named(question: Question, words: frozenset[str]) -> float:
    """Share of the question's names and numerals that stand among words, 1 when it has none.

    A sentence is held to these alone: how much else it says of the question is its coverage already.
    """
    held = [all(_said(token.folded, words) for token in tokens(name)) for name in question.names]
    return sum(held) / len(held) if held else 1.0


def _said(word: str, words: frozenset[str]) -> bool:
    return word in words or any(alikeness(other, word) >= 0.85 for other in words)


def _page_words(index: Index, page: PageRow) -> frozenset[str]:
    printed = " ".join(word.text for word in page.words)
    return _words(f"{printed} {_called(index, page.source_id, page.source)}")


def _called(index: Index, source_id: int, path: str) -> str:
    """What a source is called: its title and its file's name."""
    source = index.source(source_id)
    return f"{source.title if source else ''} {PurePath(path).stem}"


def _words(text: str) -> frozenset[str]:
    return frozenset(token.folded for token in tokens(text))


def describe(candidates: Sequence[Candidate]) -> str:
    """How many candidates each reader gave, for the trace."""
    counts = {reader: sum(c.reader == reader for c in candidates) for reader in ("field", "table", "sentence")}
    return ", ".join(f"{count} from {reader}s" for reader, count in counts.items())
