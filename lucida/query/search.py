"""Finding passages: by meaning and by words, the two rankings fused."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lucida.errors import ModelError, UsageError
from lucida.index.records import Filter, ItemRow
from lucida.query.fusion import reciprocal_rank_fusion
from lucida.query.snippets import make_snippet
from lucida.query.terms import content_terms, language_of, stem, tokens
from lucida.types import Hit, ItemKind, RegionKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from lucida.index import Index
    from lucida.models.protocols import TextEncoder

#: A passage below this cosine is no dense hit. Measured with all-MiniLM-L6-v2 on 800 questions of SQuAD 2.0 and their
#: 12 articles: 94 % of questions lie above it with their own paragraph, 7 % of random question-paragraph pairs do. It
#: is a weak cutoff: with the right article taken away, 83 % of questions still have some paragraph above it, and of
#: eight queries on nothing in there ("a dog on a beach") only three find nothing. At 0.3 it would be 63 % of questions,
#: for 91 % of the right paragraphs.
DENSE_CUTOFF = 0.25
#: A passage found by words alone must hold this share of the query's IDF mass, or it matched by accident.
WORD_COVERAGE = 0.3
#: Each ranking is read so deep before fusion, so that an item both lists place in the middle can win.
_DEPTH = 50
#: A passage of fewer words is a running head, a lone title or a stray label ...
_FEW_WORDS = 8
#: ... and counts for so much beside passages that say something.
_SLIGHT_WEIGHT = 0.6
#: A longer query is cut here; a screenful of text pins the meaning down.
_QUERY_LENGTH = 8_000


#: Lets everything pass.
EVERYTHING = Filter()


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """What to look for.

    Attributes:
        query: words or a sentence.
        top_k: most hits to return.
        where: narrows the search.
    """

    query: str
    top_k: int = 10
    where: Filter = EVERYTHING


@dataclass(frozen=True, slots=True)
class Found:
    """A retrieved item. ``cosine`` is None where only the words found it, ``bm25`` where only the meaning did."""

    item: ItemRow
    score: float
    cosine: float | None
    bm25: float | None


def search(index: Index, encoder: TextEncoder | None, request: SearchRequest) -> list[Hit]:
    """Search passages by meaning and by words; ranks count from 1, equal scores go to the smaller id.

    Args:
        index: an open library index.
        encoder: the encoder the index was built with; None searches by words alone.
        request: query, number of hits, filter.

    Returns:
        At most ``top_k`` hits. A text that stands in several places is returned once. Empty when nothing matches.

    Raises:
        UsageError: the query is empty, or ``top_k`` is below 1.
        ModelError: the encoder is not the one the index belongs to.
    """
    _check(request)
    language = language_of(request.query)
    terms = content_terms(request.query[:_QUERY_LENGTH], language)
    found = retrieve(index, encoder, request.query, terms=terms, top_k=request.top_k, where=request.where)
    return [_hit(rank, entry, terms, language) for rank, entry in enumerate(found, start=1)]


def retrieve(
    index: Index,
    encoder: TextEncoder | None,
    query: str,
    *,
    terms: Sequence[str],
    top_k: int,
    where: Filter,
    word_coverage: float = WORD_COVERAGE,
) -> list[Found]:
    """The ranked items behind ``search``, whole and with their scores.

    Args:
        index: an open library index.
        encoder: None retrieves by words alone.
        query: what is encoded.
        terms: folded words for the full text.
        top_k: most items to return.
        where: narrows the search.
        word_coverage: least share of the terms' IDF mass for an item that only the words found.

    Raises:
        ModelError: the encoder is not the one the index belongs to.
    """
    among = index.select(where)
    if among is not None and len(among) == 0:
        return []
    depth = max(_DEPTH, 4 * top_k)
    words = dict(index.full_text(terms, depth, among=among)) if terms else {}
    meaning = dict(_dense(index, encoder, query, depth, among))
    near = {item for item, cosine in meaning.items() if cosine >= DENSE_CUTOFF}
    rows = {row.id: row for row in index.items(sorted(near | set(words)))}
    weights = inverse_document_frequencies(index, terms)
    by_words = [i for i in words if i in rows and (i in near or _covered(rows[i], weights) >= word_coverage)]
    fused = reciprocal_rank_fusion([[item for item in meaning if item in near], by_words])
    found = [
        Found(rows[item], score * _substance(rows[item]), meaning.get(item), words.get(item))
        for item, score in fused
        if item in rows
    ]
    return _distinct(sorted(found, key=lambda entry: (-entry.score, entry.item.id)))[:top_k]


def _substance(row: ItemRow) -> float:
    """Weight of a hit: running heads and lone titles match many queries closely, for both lists, and tell nothing."""
    margin = row.region in {RegionKind.HEADER, RegionKind.FOOTER}
    slight = row.kind == ItemKind.PASSAGE and len(row.text.split()) < _FEW_WORDS
    return _SLIGHT_WEIGHT if margin or slight else 1.0


def inverse_document_frequencies(index: Index, terms: Sequence[str]) -> dict[str, float]:
    """Smoothed IDF of each term over the index's passages: ``log(1 + (N - n + 0.5) / (n + 0.5))``, never below 0.

    Robertson & Zaragoza, "The probabilistic relevance framework: BM25 and beyond", 2009.
    """
    count = index.passage_count()
    frequencies = index.term_frequencies(list(terms)) if terms else {}
    return {term: _idf(min(frequencies.get(term, 0), count), count) for term in terms}


def _idf(frequency: int, count: int) -> float:
    return math.log(1 + (count - frequency + 0.5) / (frequency + 0.5))


def _check(request: SearchRequest) -> None:
    if not tokens(request.query):
        raise UsageError("The query has no words.", "Say what to look for, in words.")
    if request.top_k < 1:
        raise UsageError(f"Cannot return {request.top_k} hits.", "Ask for at least one (top_k of 1 or more).")


def _dense(
    index: Index, encoder: TextEncoder | None, query: str, depth: int, among: NDArray[np.int64] | None
) -> list[tuple[int, float]]:
    bound = index.encoder()
    if encoder is None or bound is None:
        return []
    if bound[1] != encoder.fingerprint:
        raise ModelError(
            f"This library was indexed with the encoder {bound[0]!r}, which is not {encoder.spec!r} as loaded now.",
            "Search with the library's own encoder, or ingest its sources anew with the other one.",
        )
    return index.nearest(encoder.encode_texts([query[:_QUERY_LENGTH]])[0], depth, among=among)


def _covered(row: ItemRow, weights: dict[str, float]) -> float:
    """Share of the terms' IDF mass that a passage, with its section titles, holds."""
    stems = {stem(token.folded) for token in tokens(" ".join((row.text, *row.section)))}
    held = sum(weight for term, weight in weights.items() if stem(term) in stems)
    return held / (sum(weights.values()) or 1.0)


def _distinct(found: list[Found]) -> list[Found]:
    """The first of each text; pictures are never the same by their caption alone."""
    seen: set[object] = set()
    kept: list[Found] = []
    for entry in found:
        key: object = entry.item.id if entry.item.kind == ItemKind.PICTURE else " ".join(entry.item.text.split())
        if key not in seen:
            seen.add(key)
            kept.append(entry)
    return kept


def _hit(rank: int, found: Found, terms: Sequence[str], language: str) -> Hit:
    item = found.item
    snippet = make_snippet(item.text, terms, language)
    return Hit(
        rank=rank,
        id=item.id,
        score=found.score,
        kind=item.kind,
        source=item.source,
        page=item.page,
        box=item.box,
        text=snippet.text,
        highlights=snippet.highlights,
        section=item.section,
    )
