"""Search: pictures and passages by words, by pictures and by items, as hits that can be shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lucida.query.aims import Encoders
from lucida.query.found import Found
from lucida.query.lists import Terms, terms_of
from lucida.query.request import SearchRequest
from lucida.query.retrieval import retrieve
from lucida.query.snippets import make_snippet, matched_tokens
from lucida.types import Hit, Why

if TYPE_CHECKING:
    from lucida.index import Index

__all__ = ["Encoders", "SearchRequest", "search"]


def search(index: Index, encoders: Encoders, request: SearchRequest) -> list[Hit]:
    """Search pictures and passages by meaning and by words; ranks count from 1.

    Args:
        index: an open library index.
        encoders: those that the index was built with; without any, words alone are searched by.
        request: what to look for, number of hits, filter.

    Returns:
        At most ``top_k`` hits, the most likely match first. Near-duplicates are one hit. Empty when nothing matches.

    Raises:
        UsageError: the request makes no sense, or names an item that is not there.
        ModelError: an encoder is not the one the index belongs to.
    """
    found = retrieve(index, encoders, request)
    terms = terms_of(request)
    return [_hit(rank, entry, terms) for rank, entry in enumerate(found, start=1)]


def _hit(rank: int, found: Found, terms: Terms) -> Hit:
    item = found.item
    snippet = make_snippet(item.text, terms.wanted, terms.language)
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
        role=item.role,
        width_px=item.width_px,
        height_px=item.height_px,
        copies=found.copies,
        why=_why(found, terms),
    )


def _why(found: Found, terms: Terms) -> Why:
    text = " ".join((found.item.text, *found.item.section))
    matched = matched_tokens(text, terms.wanted, terms.language) if terms.wanted else []
    words = tuple(dict.fromkeys(token.folded for token, _ in matched))
    return Why(found.lists, found.coverage, words, found.parts)
