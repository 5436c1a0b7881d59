"""Passages for an answer: by meaning and by words, the two rankings fused.

An answer is read from what comes up and then proved or dropped, so that nothing but rank counts here; ``retrieval`` is
for people, who should not be shown what does not match.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lucida.query.aims import Encoders, bindings
from lucida.query.found import Found, distinct, substance
from lucida.query.fusion import reciprocal_rank_fusion
from lucida.query.request import QUERY_LENGTH
from lucida.types import Placed

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from lucida.index import Index
    from lucida.index.records import Filter
    from lucida.models.protocols import TextEncoder

#: A passage below this cosine is no dense hit. Measured with all-MiniLM-L6-v2 on 800 questions of SQuAD 2.0 and their
#: 12 articles: 94 % of questions lie above it with their own paragraph, 7 % of random question-paragraph pairs do. At
#: 0.3 it would be 63 % of questions, for 91 % of the right paragraphs.
DENSE_CUTOFF = 0.25
#: Each ranking is read so deep before fusion, so that an item both lists place in the middle can win.
_DEPTH = 50


def retrieve_passages(
    index: Index, encoder: TextEncoder | None, query: str, *, terms: Sequence[str], top_k: int, where: Filter
) -> list[Found]:
    """Passages, and figures by their captions: the nearest and the best by words, fused; each text once.

    Args:
        index: an open library index.
        encoder: None retrieves by words alone.
        query: what is encoded.
        terms: folded words for the full text.
        top_k: most items to return.
        where: narrows the search.

    Raises:
        ModelError: the encoder is not the one the index belongs to.
    """
    among = index.select(where)
    if among is not None and len(among) == 0:
        return []
    depth = max(_DEPTH, 4 * top_k)
    words = dict(index.full_text(terms, depth, among=among)) if terms else {}
    meaning = dict(_dense(index, encoder, query, depth, among))
    near = [item for item, cosine in meaning.items() if cosine >= DENSE_CUTOFF]
    rows = {row.id: row for row in index.items(sorted({*near, *words}))}
    found = [
        Found(rows[item], score * substance(rows[item]), _placed(meaning.get(item), words.get(item)))
        for item, score in reciprocal_rank_fusion([near, list(words)])
        if item in rows
    ]
    return distinct(sorted(found, key=lambda entry: (-entry.score, entry.item.id)))[:top_k]


def _placed(cosine: float | None, bm25: float | None) -> tuple[Placed, ...]:
    known = (("passage", cosine), ("words", bm25))
    return tuple(Placed(name, None, score) for name, score in known if score is not None)


def _dense(
    index: Index, encoder: TextEncoder | None, query: str, depth: int, among: NDArray[np.int64] | None
) -> list[tuple[int, float]]:
    if encoder is None or "passage" not in bindings(index, Encoders(encoder)):
        return []
    return index.nearest(encoder.encode_texts([query[:QUERY_LENGTH]])[0], depth, among=among)
