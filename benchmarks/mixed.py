"""One list of pictures and passages: which way of making their scores comparable ranks best, and what is left out.

``python -m benchmarks mixed`` ingests copies of the examples under names that tell nothing (a search reads file names
too, and those of the examples say what they show), asks all queries of ``examples/judgements.json``, and prints nDCG@10
for rankings made in several ways from the same vectors, beside the search that people get. Queries that have no answer
are counted by kind: strings of no meaning, far subjects, and near misses. With ``$LUCIDA_MIXED`` the copies and their
library stay in that folder, and a second run finds them there.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks.measuring import ROOT
from lucida import Library
from lucida.index import Index
from lucida.models.protocols import SharedEncoder
from lucida.query.evaluation.intervals import Difference
from lucida.query.evaluation.judgements import Qrels, read_both
from lucida.query.evaluation.naming import Naming, naming
from lucida.query.evaluation.retrieval import Scored, compare, score
from lucida.query.evaluation.runs import Run
from lucida.query.fusion import reciprocal_rank_fusion
from lucida.query.nulls import background, null_vectors
from lucida.query.terms import content_terms, language_of

#: Names of the lists that hold vectors of the shared space, or of the passages' own.
_LISTS = ("passage", "picture")
_DEPTH = 100
_MEASURE = "nDCG@10"

#: Item ids with scores, best first.
Ranking = list[tuple[int, float]]


class Lists:
    """What every way of ranking starts from: each list's cosines for one query, and its background."""

    def __init__(self, library: Library, index: Index, encoder: SharedEncoder) -> None:
        self._index, self._shared, self._text = index, encoder, library.encoder()
        self._backgrounds: dict[str, tuple[float, float]] = {}
        self._found: dict[str, dict[str, Ranking]] = {}
        for kind in _LISTS:
            blocks = [vectors for _, vectors in index.all_vectors(kind)]
            if blocks:
                self._backgrounds[kind] = background(null_vectors(self._encoder(kind)), np.concatenate(blocks))

    def cosines(self, text: str) -> dict[str, Ranking]:
        """Items nearest in each list, by cosine."""
        if text not in self._found:
            self._found[text] = {
                kind: self._index.nearest(self._encoder(kind).encode_texts([text])[0], _DEPTH, kind=kind)
                for kind in self._backgrounds
            }
        return self._found[text]

    def standing_out(self, text: str) -> dict[str, Ranking]:
        """The same in standard deviations above what null queries score."""
        return {
            kind: [(item, (cosine - self._backgrounds[kind][0]) / self._backgrounds[kind][1]) for item, cosine in found]
            for kind, found in self.cosines(text).items()
        }

    def words(self, text: str) -> Ranking:
        """Passages by full text."""
        return self._index.full_text(content_terms(text, language_of(text)), _DEPTH)

    def name(self, found: Ranking, names: Naming) -> list[tuple[str, float]]:
        """Documents in place of items, each where it comes first."""
        rows = {row.id: row for row in self._index.items([item for item, _ in found])}
        best: dict[str, float] = {}
        for item, value in found:
            if item in rows:
                best.setdefault(names.sources.get(rows[item].source, rows[item].source), value)
        return list(best.items())

    def _encoder(self, kind: str) -> SharedEncoder:
        return self._text if kind == "passage" else self._shared  # type: ignore[return-value]


def merged(lists: Mapping[str, Ranking]) -> Ranking:
    """One list by score."""
    return sorted((pair for found in lists.values() for pair in found), key=lambda pair: -pair[1])


def fused(lists: Sequence[Ranking], k: int = 60) -> Ranking:
    """One list by rank."""
    return reciprocal_rank_fusion([[item for item, _ in found] for found in lists], k=k)


#: The ways that are held against each other; the first is what one space alone gives.
WAYS: dict[str, Callable[[Lists, str], Ranking]] = {
    "raw cosine": lambda lists, text: merged(lists.cosines(text)),
    "z-scores": lambda lists, text: merged(lists.standing_out(text)),
    "RRF of meaning": lambda lists, text: fused(list(lists.cosines(text).values())),
    "RRF of meaning and words": lambda lists, text: fused([*lists.cosines(text).values(), lists.words(text)]),
    "RRF, k = 10": lambda lists, text: fused([*lists.cosines(text).values(), lists.words(text)], k=10),
}


def main() -> None:
    queries, qrels = read_both(ROOT / "examples" / "judgements.json")
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(os.environ.get("LUCIDA_MIXED") or temporary)
        names = anonymous(folder / "material")
        with Library.open(folder / "library") as library:
            library.ingest(folder / "material")
            renamed = {query: {names[name]: grade for name, grade in judged.items()} for query, judged in qrels.items()}
            found = runs(library, queries, renamed)
        report([score(name, renamed, run, [_MEASURE, "R@10", "RR@10"]) for name, run in found])


def anonymous(folder: Path) -> dict[str, str]:
    """Copy the examples under numbers; gives the new name of each by its path below ``examples/``."""
    names = {}
    folder.mkdir(parents=True, exist_ok=True)
    for kind in ("pictures", "documents"):
        for number, path in enumerate(sorted((ROOT / "examples" / kind).iterdir()), start=1):
            names[f"{kind}/{path.name}"] = f"{kind[0]}{number:02d}{path.suffix}"
            if not (folder / names[f"{kind}/{path.name}"]).exists():
                shutil.copyfile(path, folder / names[f"{kind}/{path.name}"])
    return names


def runs(library: Library, queries: dict[str, str], qrels: Qrels) -> list[tuple[str, Run]]:
    """What each way and each search finds for every query."""
    encoder = library.shared_encoder()
    if encoder is None:
        raise SystemExit(f"This library's encoder puts no pictures beside texts: {library.shared_problem()}")
    names = naming([name for judged in qrels.values() for name in judged], [row.path for row in library.sources()])
    if names.absent:
        raise SystemExit(f"Not in the library: {', '.join(names.absent)}")
    lists = Lists(library, library._reading(), encoder)
    found = [
        (way, {name: lists.name(rank(lists, text), names) for name, text in queries.items()})
        for way, rank in WAYS.items()
    ]
    for name, cutoff in (("search, all", False), ("search", True)):
        hits = {query: library.search(text, top_k=_DEPTH, cutoff=cutoff) for query, text in queries.items()}
        found.append((name, {query: names.ranked(rows) for query, rows in hits.items()}))
    return found


def report(scored: Sequence[Scored]) -> None:
    console = Console()
    table = Table("ranking", _MEASURE, "95 % interval", "R@10", "RR@10", "gain on raw", "p", *_groups(scored[0]))
    for run in scored:
        at = run.estimates()
        gain: Difference = compare(scored[0], run)[_MEASURE]
        table.add_row(
            run.name,
            f"{at[_MEASURE].value:.3f}",
            f"{at[_MEASURE].low:.3f} to {at[_MEASURE].high:.3f}",
            f"{at['R@10'].value:.3f}",
            f"{at['RR@10'].value:.3f}",
            f"{gain.estimate.value:+.3f}",
            f"{gain.p_value:.4f}",
            *(f"{value:.3f}" for value in _groups(run).values()),
        )
    console.print(table)
    console.print(_cut(scored[-1]))


def _groups(run: Scored) -> dict[str, float]:
    """The measure's mean over each kind of query, by the first part of its id."""
    groups: dict[str, list[float]] = defaultdict(list)
    for query, value in zip(run.queries, run.values[_MEASURE], strict=True):
        groups[query.partition("-")[0]].append(float(value))
    return {name: sum(values) / len(values) for name, values in groups.items()}


def _cut(run: Scored) -> Table:
    """Shares of queries for which the search found nothing, rightly or wrongly."""
    table = Table("queries", "in all", "found nothing", "share", title=f"Cutoff of: {run.name}")
    for ids, empty in ((run.queries, set(run.lost)), (run.unanswerable, set(run.silent))):
        groups: dict[str, list[bool]] = defaultdict(list)
        for query in ids:
            groups[query.partition("-")[0]].append(query in empty)
        groups["all of these"] = [query in empty for query in ids]
        for name, values in groups.items():
            table.add_row(name, str(len(values)), str(sum(values)), f"{sum(values) / max(len(values), 1):.3f}")
    return table


if __name__ == "__main__":
    main()
