"""Retrieval over all lists: pictures and passages by meaning, both by words, ranked together by how likely they match.

Each list is read to a depth. Every item that any of them brings up is then judged by all that is known of it, and the
probabilities rank passages and pictures in one list.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lucida.query.aims import Aim, Encoders, take_aim
from lucida.query.copies import gather_copies
from lucida.query.found import Found
from lucida.query.judging import Judge
from lucida.query.lists import read_lists, terms_of
from lucida.query.request import SearchRequest, check
from lucida.types import ItemKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lucida.index import Index

#: Copies are looked for among so many times the hits that are wanted.
_COPIES_AMONG = 4

__all__ = ["Encoders", "Found", "SearchRequest", "retrieve"]


def retrieve(index: Index, encoders: Encoders, request: SearchRequest) -> list[Found]:
    """The ranked items behind ``search``, at most ``top_k``, with all that speaks for them.

    Args:
        index: an open library index.
        encoders: those that the index was built with; a list whose encoder is absent is not asked.
        request: what to look for.

    Returns:
        Best first, ties by BM25, then by id; empty when nothing matches. Copies are gathered under their best, unless
        the request wants all. What was asked with (items) is never among the hits.

    Raises:
        UsageError: the request makes no sense, or names an item that is not there.
        ModelError: an encoder is not the one the index belongs to.
    """
    check(request)
    aims = take_aim(index, encoders, request)
    pictures_alone = _shows_pictures(request, aims)
    if pictures_alone:
        aims = [aim for aim in aims if aim.kind == "picture"]
    among = index.select(request.where)
    if among is not None and len(among) == 0:
        return []
    terms = terms_of(request)
    judge = Judge(index, encoders, request, aims, terms, among)
    found = judge.found(read_lists(index, request, aims, terms, among))
    asked = {part.item for part in request.parts}
    ranked = sorted(
        (
            entry
            for entry in found
            if entry.item.id not in asked and not (pictures_alone and entry.item.kind != ItemKind.PICTURE)
        ),
        key=lambda entry: (-entry.score, -(entry.bm25 or 0.0), entry.item.id),
    )
    if request.all_copies:
        best = ranked[: request.top_k]
    else:
        best = gather_copies(index, ranked[: _COPIES_AMONG * request.top_k], request.top_k)
    return [judge.shares(entry) for entry in best]


def _shows_pictures(request: SearchRequest, aims: Sequence[Aim]) -> bool:
    """Whether a picture is asked for and no kind is named: who shows a picture wants pictures.

    How near texts lie to a picture tells which text fits it best, and not that any fits; they come when they are named
    (``kind="passage"``).
    """
    return request.where.kind is None and any("picture" in aim.likenesses for aim in aims)
