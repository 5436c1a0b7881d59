"""``lucida evaluate retrieval``: a search, or what other tools found, against relevance judgements."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from lucida.cli.options import AsJson, LibraryDir
from lucida.cli.output import err, out, plural, print_json, short_path
from lucida.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from lucida.library import Library
    from lucida.query.evaluation.intervals import Difference
    from lucida.query.evaluation.judgements import Qrels
    from lucida.query.evaluation.retrieval import Failure, Scored
    from lucida.query.evaluation.runs import Run

#: Hits of each failed query on the picture.
_SHOWN = 3
_INTERVAL = 10.0


@dataclass(frozen=True, slots=True)
class _Asked:
    """What every library is asked: queries by id, and how deep and how wide to look."""

    queries: dict[str, str]
    qrels: Qrels
    top_k: int
    kind: str | None
    cutoff: bool

    def search(self, library: Library, text: str, top_k: int) -> list[Any]:
        settings: dict[str, Any] = {} if self.cutoff else {"cutoff": False}
        return library.search(text, top_k=top_k, kind=self.kind, **settings)


def retrieval(
    qrels: Annotated[
        Path,
        typer.Option(
            "--qrels", metavar="FILE", help="Judgements: TREC, BEIR's TSV, CSV, JSONL, or JSON with the queries inside."
        ),
    ],
    queries: Annotated[
        Path | None, typer.Option("--queries", metavar="FILE", help="Queries: TSV, CSV, JSONL or JSON.")
    ] = None,
    library: LibraryDir = None,
    run: Annotated[
        list[Path] | None,
        typer.Option("--run", metavar="FILE", help="What another search found, in TREC's form, in place of a library."),
    ] = None,
    compare: Annotated[
        list[Path] | None,
        typer.Option("--compare", metavar="PATH", help="A second library folder or TREC run, held against the first."),
    ] = None,
    kind: Annotated[
        Literal["passage", "picture", "page"] | None, typer.Option("--kind", help="Only hits of this kind.")
    ] = None,
    top_k: Annotated[int, typer.Option("-k", "--top-k", min=1, max=10_000, help="Ask for so many hits.")] = 100,
    cutoff: Annotated[
        bool, typer.Option("--cutoff/--no-cutoff", help="Leave out what does not match, as a search does.")
    ] = True,
    measure: Annotated[
        list[str] | None,
        typer.Option("--measure", "-m", metavar="NAME", help="A measure as ir_measures names it, e.g. nDCG@10."),
    ] = None,
    per_query: Annotated[
        Path | None, typer.Option("--per-query", metavar="FILE", help="Write every query's figures as CSV.")
    ] = None,
    write_run: Annotated[
        Path | None, typer.Option("--write-run", metavar="FILE", help="Write what was found as a TREC run.")
    ] = None,
    worst: Annotated[int, typer.Option("--worst", min=0, help="Show so many of the queries that went worst.")] = 5,
    sheet: Annotated[
        Path | None,
        typer.Option("--sheet", metavar="FILE", help="Draw what was found in place of the right answers."),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="Of the resampling behind intervals and tests.")] = 0,
    as_json: AsJson = False,
) -> int:
    """Measure a search against relevance judgements.

    Documents are named by path, by path and page (a.pdf#page=3), or by item id. Queries whose judgements have nothing
    relevant should find nothing; they are counted on their own.
    """
    from lucida.query.evaluation import retrieval as measures

    asked = _asked(qrels, queries, top_k, kind, cutoff=cutoff)
    first, others = _sources(library, run or [], compare or [])
    scored = _scored([first, *others], asked, measure)
    comparisons = [(other, measures.compare(scored[0], other, seed=seed)) for other in scored[1:]]
    failures = measures.worst(scored[0], asked.qrels, asked.queries, count=worst)
    _write(scored, asked, write_run, per_query)
    if sheet is not None:
        _draw(sheet, first, failures, asked)
    if as_json:
        print_json(_document(scored, comparisons, failures, seed))
    else:
        _print(scored, comparisons, failures, seed)
    return int(ExitCode.DONE)


def _asked(qrels: Path, queries: Path | None, top_k: int, kind: str | None, *, cutoff: bool) -> _Asked:
    from lucida.query.evaluation.judgements import read_both, read_qrels, read_queries

    texts: dict[str, str] = {}
    if qrels.suffix == ".json":
        texts, judged = read_both(qrels)
    else:
        judged = read_qrels(qrels)
    if queries is not None:
        texts = read_queries(queries)
    return _Asked(texts, judged, top_k, kind, cutoff)


def _scored(paths: list[Path | None], asked: _Asked, measure: list[str] | None) -> list[Scored]:
    from lucida.query.evaluation.retrieval import MEASURES, score

    return [score(name, asked.qrels, _run_of(path, asked), measure or MEASURES) for name, path in _named(paths)]


def _write(scored: list[Scored], asked: _Asked, run: Path | None, per_query: Path | None) -> None:
    """The files that are asked for: what the first found, and every query's figures."""
    if run is not None:
        from lucida.query.evaluation.runs import write_run

        write_run(run, scored[0].run, tag="lucida")
    if per_query is not None:
        from lucida.query.evaluation.tables import write_per_query

        write_per_query(per_query, scored, asked.queries)


def _sources(library: Path | None, runs: list[Path], compare: list[Path]) -> tuple[Path | None, list[Path]]:
    """The first thing to measure (None is the default library) and those held against it."""
    if not runs:
        return library, compare
    absent = [path for path in runs if not path.is_file()]
    if absent:
        raise UsageError(f"There is no run {absent[0]}.", "Check the path after --run.")
    return runs[0], [*runs[1:], *compare]


def _named(paths: list[Path | None]) -> list[tuple[str, Path | None]]:
    """Each with a name of its own, the shortest that tells them apart."""
    names = ["library" if path is None else path.stem or path.name for path in paths]
    if len(set(names)) < len(names):
        names = ["library" if path is None else str(path) for path in paths]
    return list(zip(names, paths, strict=True))


def _run_of(path: Path | None, asked: _Asked) -> Run:
    from lucida.query.evaluation.runs import read_run

    return read_run(path) if path is not None and path.is_file() else _searched(path, asked)


def _searched(folder: Path | None, asked: _Asked) -> Run:
    """Ask a library every judged query."""
    from lucida.library import Library
    from lucida.query.evaluation.naming import naming

    missing = [name for name in asked.qrels if name not in asked.queries]
    if missing:
        raise UsageError(f"The query {missing[0]} has judgements and no text.", "Give the texts by --queries.")
    found: Run = {}
    started = printed = time.monotonic()
    with Library.open(folder, create=False) as library:
        judged = [document for row in asked.qrels.values() for document in row]
        names = naming(judged, [source.path for source in library.sources()])
        if names.absent:
            many = plural(len(names.absent), "judged document")
            err().print(f"{many} not in {short_path(str(library.folder))}, e.g. {names.absent[0]}.")
        for done, name in enumerate(asked.qrels, start=1):
            found[name] = names.ranked(asked.search(library, asked.queries[name], asked.top_k))
            if time.monotonic() - printed > _INTERVAL:
                printed = time.monotonic()
                err().print(f"{done} of {len(asked.qrels)} queries, {done / (printed - started):.1f}/s")
    return found


def _draw(path: Path, folder: Path | None, failures: list[Failure], asked: _Asked) -> None:
    """What the worst queries found first, each with what it should have been."""
    from lucida.library import Library
    from lucida.query.contact_sheet import contact_sheet

    if folder is not None and folder.is_file():
        raise UsageError("A run has no pictures to draw.", "Give --sheet together with a library.")
    entries = []
    with Library.open(folder, create=False) as library:
        for failure in failures:
            for hit in asked.search(library, failure.text, _SHOWN):
                wanted = ", ".join(Path(name).name for name in failure.wanted[:2])
                caption = f"{failure.text}\n{hit.rank}. {Path(hit.source).name}, wanted {wanted}"
                entries.append((library.picture(hit), caption))
    if entries:
        contact_sheet(entries, title="Found in place of the right answer").save(path)
        err().print(f"Wrote {short_path(str(path))}.")
    else:
        err().print("There is nothing to draw: the worst queries found nothing.")


def _document(
    scored: list[Scored], comparisons: list[tuple[Scored, dict[str, Difference]]], failures: list[Failure], seed: int
) -> dict[str, Any]:
    return {
        "runs": [run.to_json(seed) for run in scored],
        "comparisons": [
            {"first": scored[0].name, "second": run.name, "measures": {m: d.to_json() for m, d in rows.items()}}
            for run, rows in comparisons
        ],
        "worst": [failure.to_json() for failure in failures],
        "seed": seed,
    }


def _print(
    scored: list[Scored], comparisons: list[tuple[Scored, dict[str, Difference]]], failures: list[Failure], seed: int
) -> None:
    for run in scored:
        _print_run(run, seed)
    for run, rows in comparisons:
        _print_comparison(scored[0].name, run.name, rows)
    if failures:
        out().print(f"\nWorst queries of {scored[0].name}, by {next(iter(scored[0].values))}:")
    for failure in failures:
        out().print(f"  {failure.value:.3f}  {failure.text or failure.query}")
        out().print(f"         wanted: {', '.join(failure.wanted)}", style="dim")
        out().print(f"         found:  {', '.join(map(short_path, failure.found)) or 'nothing'}", style="dim")


def _print_run(run: Scored, seed: int) -> None:
    from rich.table import Table

    table = Table("measure", "value", "95 % interval", box=None, pad_edge=False)
    for name, found in run.estimates(seed).items():
        table.add_row(name, f"{found.value:.3f}", f"{found.low:.3f} to {found.high:.3f}")
    out().print(f"\n{run.name}: {plural(len(run.queries), 'query', 'queries')}, {len(run.lost)} of them found nothing")
    if run.unanswerable:
        total = plural(len(run.unanswerable), "query", "queries")
        out().print(f"{total} without an answer, {len(run.silent)} of them rightly found nothing")
    out().print(table)


def _print_comparison(first: str, second: str, rows: dict[str, Difference]) -> None:
    from rich.table import Table

    table = Table("measure", "gain", "95 % interval", "p", "better", "worse", "equal", box=None, pad_edge=False)
    for name, row in rows.items():
        at = row.estimate
        interval = f"{at.low:+.3f} to {at.high:+.3f}"
        counts = (str(row.better), str(row.worse), str(row.equal))
        table.add_row(name, f"{at.value:+.3f}", interval, f"{row.p_value:.4f}", *counts)
    out().print(f"\n{second} against {first}, paired by query:")
    out().print(table)
