"""Runs: what a search found for each query, in TREC's form, ``query Q0 document rank score tag``."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypeAlias
from urllib.parse import quote, unquote

import numpy as np

from lucida.errors import StorageFullError, UsageError
from lucida.query.evaluation.records import lines_of

#: Documents with their scores by query, best first, each document once.
Run: TypeAlias = dict[str, list[tuple[str, float]]]

#: Kept as they are in a document's name; white space, which would end the field, and the escape itself are not.
_SAFE = "".join(chr(code) for code in range(33, 127) if chr(code) != "%")


def read_run(path: Path) -> Run:
    """Read a run as trec_eval does: by score in single precision, ties by name, later names first; ranks are ignored.

    Names are read with percent escapes undone, since a path may hold spaces.

    Raises:
        UsageError: a line has another form, or a document comes twice for one query; the error names file and line.
    """
    run: dict[str, dict[str, float]] = {}
    for place, line in lines_of(path):
        fields = line.split()
        try:
            query, _, document, _, score, _ = fields
            value = float(np.float32(score))
        except ValueError:
            value = math.nan
        if math.isnan(value):
            raise UsageError(
                f"{place} is no line of a run.", "Write six fields: query, Q0, document, rank, score, tag."
            )
        if unquote(document) in run.setdefault(query, {}):
            raise UsageError(f"{place} lists {document} for query {query} a second time.", "Keep the better one.")
        run[query][unquote(document)] = value
    return {query: _ordered(scores) for query, scores in run.items()}


def write_run(path: Path, run: Mapping[str, Sequence[tuple[str, float]]], tag: str) -> None:
    """Write a run so that every reader sees the same order: equal scores are told apart in the last bit.

    Raises:
        StorageFullError: the file cannot be written.
    """
    lines = []
    for query, found in run.items():
        below = np.float32(np.inf)
        for rank, (document, score) in enumerate(found, start=1):
            below = min(np.float32(score), np.nextafter(below, np.float32(-np.inf)))
            lines.append(f"{query} Q0 {quote(document, safe=_SAFE)} {rank} {float(below):.9g} {tag}\n")
    try:
        path.write_text("".join(lines), encoding="utf-8")
    except OSError as error:
        raise StorageFullError(
            f"{path} cannot be written: {error.strerror}.", "Check the path and the disk."
        ) from error


def _ordered(scores: Mapping[str, float]) -> list[tuple[str, float]]:
    by_name = sorted(scores.items(), reverse=True)
    return sorted(by_name, key=lambda pair: -pair[1])
