"""Measures of a run against judgements, by ir_measures (and so by trec_eval's own code), per query and compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lucida.errors import UsageError
from lucida.lazy import require
from lucida.query.evaluation.intervals import Difference, Estimate, difference, estimate
from lucida.query.evaluation.judgements import answerable
from lucida.query.evaluation.runs import Run

MEASURES = ("nDCG@10", "R@1", "R@10", "R@100", "RR@10", "AP", "P@10")


@dataclass(frozen=True, slots=True)
class Scored:
    """A run with its figures.

    Attributes:
        name: what to call it.
        queries: ids of the queries that have an answer, in the judgements' order.
        values: for each measure a figure per query, float64 (queries,); a query without results scores 0.
        lost: of these queries, the ones for which nothing at all came back.
        unanswerable: ids of the queries that have no relevant document.
        silent: of those, the ones for which rightly nothing came back.
        run: what was found.
    """

    name: str
    queries: tuple[str, ...]
    values: Mapping[str, NDArray[np.float64]]
    lost: tuple[str, ...]
    unanswerable: tuple[str, ...]
    silent: tuple[str, ...]
    run: Run

    def estimates(self, seed: int = 0) -> dict[str, Estimate]:
        """Mean and bootstrap interval of each measure."""
        return {name: estimate(values, seed=seed) for name, values in self.values.items()}

    def to_json(self, seed: int = 0) -> dict[str, Any]:
        return {
            "name": self.name,
            "queries": len(self.queries),
            "measures": {name: found.to_json() for name, found in self.estimates(seed).items()},
            "lost": list(self.lost),
            "unanswerable": len(self.unanswerable),
            "silent": len(self.silent),
        }


def score(name: str, qrels: Mapping[str, Mapping[str, int]], run: Run, measures: Sequence[str] = MEASURES) -> Scored:
    """Hold a run against judgements. The order of the run's lists counts, its scores do not.

    Args:
        name: what to call the run.
        qrels: grades by query and document; queries that the run lacks count as found nothing, queries that only the
            run has are passed over.
        run: documents by query, best first.
        measures: names as ir_measures has them: ``nDCG@10``, ``R@100``, ``RR``, ``AP``, ``P@5``, ``Success@3``. nDCG's
            gain is the grade itself, as trec_eval has it.

    Raises:
        UsageError: no query has a relevant document, or there is no such measure.
        DependencyError: ir_measures is absent.
    """
    queries = answerable(qrels)
    if not queries:
        raise UsageError("No query has a relevant document.", "Give judgements with a grade above 0.")
    asked = {query: dict(qrels[query]) for query in queries}
    found = {
        query: {document: float(-rank) for rank, (document, _) in enumerate(run.get(query, []))} for query in queries
    }
    values = _calculated(asked, found, measures)
    unanswerable = [query for query in qrels if query not in asked]
    return Scored(
        name,
        tuple(queries),
        {measure: np.array([row[query] for query in queries]) for measure, row in values.items()},
        tuple(query for query in queries if not found[query]),
        tuple(unanswerable),
        tuple(query for query in unanswerable if not run.get(query)),
        run,
    )


def compare(first: Scored, second: Scored, *, seed: int = 0) -> dict[str, Difference]:
    """The second run's gain over the first, measure by measure, paired by query.

    Raises:
        UsageError: the runs were held against different queries.
    """
    if first.queries != second.queries:
        raise UsageError("The two runs answer different queries.", "Compare runs over the same judgements.")
    return {name: difference(first.values[name], second.values[name], seed=seed) for name in first.values}


@dataclass(frozen=True, slots=True)
class Failure:
    """A query that went badly: its figure, what was wanted, and what came instead, best first."""

    query: str
    text: str
    value: float
    wanted: tuple[str, ...]
    found: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        return {
            "query": self.query,
            "text": self.text,
            "value": round(self.value, 4),
            "wanted": list(self.wanted),
            "found": list(self.found),
        }


def worst(
    scored: Scored,
    qrels: Mapping[str, Mapping[str, int]],
    texts: Mapping[str, str],
    *,
    measure: str | None = None,
    count: int = 10,
    depth: int = 5,
) -> list[Failure]:
    """The queries with the least figures, none that is perfect; equals keep the judgements' order.

    Args:
        scored: a run with its figures.
        qrels: what it was held against.
        texts: of the queries, where they are known.
        measure: by which; the first by default.
        count: at most so many.
        depth: so many of the documents that came.
    """
    values = scored.values[measure or next(iter(scored.values))]
    order = [row for row in np.argsort(values, kind="stable") if values[row] < 1][:count]
    failures = []
    for row in order:
        query = scored.queries[row]
        wanted = sorted((name for name, grade in qrels[query].items() if grade > 0), key=lambda n: -qrels[query][n])
        found = tuple(document for document, _ in scored.run.get(query, [])[:depth])
        failures.append(Failure(query, texts.get(query, ""), float(values[row]), tuple(wanted), found))
    return failures


def _calculated(
    qrels: Mapping[str, dict[str, int]], run: Mapping[str, dict[str, float]], names: Sequence[str]
) -> dict[str, dict[str, float]]:
    library: Any = require("ir_measures", "measure retrieval")
    measures = {_measure(library, name): name for name in names}
    rows = {name: dict.fromkeys(qrels, 0.0) for name in names}
    try:
        for metric in library.iter_calc(list(measures), qrels, run):
            rows[measures[metric.measure]][metric.query_id] = float(metric.value)
    except (AssertionError, ValueError, TypeError, RuntimeError, NotImplementedError) as error:
        raise UsageError(
            f"A measure among {', '.join(names)} cannot be calculated: {error}.",
            f"Known to work: {', '.join(MEASURES)}.",
        ) from error
    return rows


def _measure(library: Any, name: str) -> Any:
    try:
        return library.parse_measure(name)
    except (NameError, ValueError, TypeError, AssertionError) as error:
        raise UsageError(f"There is no measure {name!r}.", f"Give such as: {', '.join(MEASURES)}.") from error
