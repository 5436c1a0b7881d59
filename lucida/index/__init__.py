"""The index: catalogue in SQL, vectors in FAISS segments, full text, published together or not at all."""

from __future__ import annotations

from lucida.index.index import Index
from lucida.index.records import (
    Binding,
    Compacted,
    FailedReading,
    FileState,
    Filter,
    ItemRow,
    PageRow,
    Problem,
    Published,
    Reading,
    Rule,
    SourceRow,
    Statistics,
    Terms,
)

__all__ = [
    "Binding",
    "Compacted",
    "FailedReading",
    "FileState",
    "Filter",
    "Index",
    "ItemRow",
    "PageRow",
    "Problem",
    "Published",
    "Reading",
    "Rule",
    "SourceRow",
    "Statistics",
    "Terms",
]
