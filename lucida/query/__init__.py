"""Asking a library: search by meaning and by words, and answers with their evidence.

Names are imported when first used, so that a search does not wait for what only answers need.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lucida.query.aims import Encoders
    from lucida.query.ask import ask
    from lucida.query.evidence import draw_evidence, evidence_sheet
    from lucida.query.request import Part, SearchRequest
    from lucida.query.retrieval import retrieve
    from lucida.query.search import search
    from lucida.query.several.answering import NOTHING_FOUND

#: Public names and the submodules they live in.
_HOMES = {
    "NOTHING_FOUND": "several.answering",
    "Encoders": "aims",
    "Part": "request",
    "SearchRequest": "request",
    "ask": "ask",
    "draw_evidence": "evidence",
    "evidence_sheet": "evidence",
    "retrieve": "retrieval",
    "search": "search",
}

__all__ = [
    "NOTHING_FOUND",
    "Encoders",
    "Part",
    "SearchRequest",
    "ask",
    "draw_evidence",
    "evidence_sheet",
    "retrieve",
    "search",
]


def __getattr__(name: str) -> Any:
    """Import a public name on first use (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"lucida.query.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


class _Package(ModuleType):
    """Keeps ``lucida.query.ask`` and ``lucida.query.search`` the functions, not the submodules of the same names."""

    def __setattr__(self, name: str, value: Any) -> None:
        if name in _HOMES and isinstance(value, ModuleType):
            value = getattr(value, name)
        super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package
