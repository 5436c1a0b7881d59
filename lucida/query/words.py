"""How much of a query's words an item holds."""

from __future__ import annotations

import math
from pathlib import PurePath
from typing import TYPE_CHECKING

from lucida.query.terms import fold, stem, tokens

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lucida.index import Index
    from lucida.index.records import ItemRow


def inverse_document_frequencies(index: Index, terms: Sequence[str]) -> dict[str, float]:
    """Smoothed IDF of each term over the index's passages: ``log(1 + (N - n + 0.5) / (n + 0.5))``, never below 0.

    Robertson & Zaragoza, "The probabilistic relevance framework: BM25 and beyond", 2009.
    """
    count = index.passage_count()
    frequencies = index.term_frequencies(list(terms)) if terms else {}
    return {term: _idf(min(frequencies.get(term, 0), count), count) for term in terms}


def _idf(frequency: int, count: int) -> float:
    return math.log(1 + (count - frequency + 0.5) / (frequency + 0.5))


def coverage(row: ItemRow, weights: Mapping[str, float]) -> float:
    """Share, 0..1, of the terms' IDF mass that an item holds.

    A passage holds its own words and those of the titles above it; a picture those of its caption and of its file's
    name.
    """
    stems = {term: stem(term) for term in weights}
    there = _held_stems(row, frozenset(stems.values()))
    held = sum(weight for term, weight in weights.items() if stems[term] in there)
    return held / (sum(weights.values()) or 1.0)


def _held_stems(row: ItemRow, wanted: frozenset[str]) -> set[str]:
    """Those of some stems that the words which stand for an item have.

    Stemming changes how words end, so only words that begin as a stem does are stemmed: most are not.
    """
    initials = {one[:1] for one in wanted}
    texts = [row.text, *row.section]
    if row.kind == "picture":
        texts.append(PurePath(row.source).stem.replace("_", " "))
    words = {token.folded for token in tokens(" ".join(texts))}
    return {stem(word) for word in words if fold(word[:1])[:1] in initials} & wanted
