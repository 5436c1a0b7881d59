"""Asking a library: search by meaning and by words, answers with their evidence, and how good they are."""

from __future__ import annotations

from lucida.query.ask import NOTHING_FOUND, ask
from lucida.query.evaluate import AnswerMetrics, AnswerRow, evaluate_answers
from lucida.query.evidence import draw_evidence, evidence_sheet
from lucida.query.search import SearchRequest, search

__all__ = [
    "NOTHING_FOUND",
    "AnswerMetrics",
    "AnswerRow",
    "SearchRequest",
    "ask",
    "draw_evidence",
    "evaluate_answers",
    "evidence_sheet",
    "search",
]
