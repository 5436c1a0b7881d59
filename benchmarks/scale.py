"""Libraries of 10^4 to 10^6 items: what their vectors take, how quickly and how well they are searched.

``python -m benchmarks.scale --sizes 10000,100000,1000000`` grows one library through its own face, by publications as
an ingest makes them, and measures it at each size: in a fresh process that only searches (its resident memory is what
is given), against exact search over the same vectors. The vectors are synthetic (``benchmarks.vectors``). Where other
processes want the processors too, the processor's time says more than the clock's.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.measuring import ROOT, show
from benchmarks.vectors import BLOCK, Mixture
from lucida.index import FileState, Filter, Index, ItemRow, Reading
from lucida.types import Box, Document, Page, Passage, TextOrigin

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lucida.models.protocols import Vectors

SIZES = (10_000, 100_000, 1_000_000)
#: Passages of one source; folders hold every tenth and every hundredth source.
_PER_SOURCE = 50
_QUERIES = 200
_DEPTH = 10
_ADDED = 1000
_WHOLE = Box(0.0, 0.0, 1.0, 1.0)
#: Name of a filter, its glob, and every which source passes.
_FILTERS = {"all": (None, 1), "10 %": ("/s/3/*", 10), "1 %": ("/s/3/13/*", 100)}


@dataclass(frozen=True)
class Search:
    """Searches under one filter: share of the exact best found, milliseconds, and milliseconds to apply the filter."""

    recall: float
    p50_ms: float
    p99_ms: float
    cpu_ms: float
    select_ms: float


@dataclass(frozen=True)
class Row:
    """One size."""

    size: int
    types: str
    seconds: float
    compact_seconds: float
    megabytes: float
    searches: dict[str, Search]
    anonymous_mb: float
    file_mb: float
    add_seconds: float
    add_worst_seconds: float
    delete_seconds: float


def source(number: int, vectors: Vectors) -> Reading:
    """A source with one passage for each vector."""
    passages = tuple(Passage(f"passage {number} {row}", 1, _WHOLE) for row in range(len(vectors)))
    page = Page(1, 595.0, 842.0, (), (), (), TextOrigin.LAYER, reader="native")
    path = f"/s/{number % 10}/{number % 100}/{number}.txt"
    return Reading(
        FileState(path, 1, 1, f"{number:064x}"), Document("text/plain", "", None, (page,), passages), vectors
    )


def stored(mixture: Mixture, first: int, last: int) -> Iterator[Vectors]:
    """Vectors ``first`` to ``last`` of the mixture, in blocks that may end short."""
    for number in range(first // BLOCK, -(-last // BLOCK)):
        start = number * BLOCK
        yield mixture.block(number)[max(first - start, 0) : last - start]


def grow(index: Index, mixture: Mixture, first: int, last: int) -> None:
    """Publish the vectors ``first`` to ``last``: vector n is passage n % 50 of source n // 50."""
    number = first // _PER_SOURCE
    pending = np.empty((0, mixture.dimension), dtype=np.float32)
    for block in stored(mixture, first, last):
        pending = np.concatenate([pending, block])
        whole = len(pending) // _PER_SOURCE * _PER_SOURCE
        rows = pending[:whole].reshape(-1, _PER_SOURCE, mixture.dimension)
        index.publish([source(number + place, part) for place, part in enumerate(rows)])
        number, pending = number + len(rows), pending[whole:]


def exact(mixture: Mixture, size: int, queries: Vectors, every: int) -> NDArray[np.int64]:
    """The best vectors among the sources that pass a filter, by comparing with all: int64 (queries, _DEPTH)."""
    scores = np.full((len(queries), _DEPTH), -2, dtype=np.float32)
    ids = np.zeros(scores.shape, dtype=np.int64)
    first = 0
    for block in stored(mixture, 0, size):
        here = np.arange(first, first + len(block))
        first += len(block)
        passing = here // _PER_SOURCE % every == 13 % every
        if not passing.any():
            continue
        every_score = np.concatenate([scores, queries @ block[passing].T], axis=1)
        every_id = np.concatenate([ids, np.broadcast_to(here[passing], (len(queries), int(passing.sum())))], axis=1)
        order = np.argpartition(-every_score, _DEPTH - 1, axis=1)[:, :_DEPTH]
        scores, ids = np.take_along_axis(every_score, order, 1), np.take_along_axis(every_id, order, 1)
    return ids


def place(item: ItemRow) -> int:
    """Which vector an item has."""
    return int(Path(item.source).stem) * _PER_SOURCE + item.order


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


def search_only(folder: Path, queries_file: Path) -> None:
    """The child: opens the library, searches under each filter, prints what it found and took as JSON."""
    queries = np.load(queries_file)
    report: dict[str, Any] = {}
    with Index.open(folder) as index:
        for name, (glob, _) in _FILTERS.items():
            took, among = timed(partial(index.select, Filter(path=glob)))
            index.nearest(queries[0], _DEPTH, among=among)
            began = time.process_time()
            runs = [timed(partial(index.nearest, query, _DEPTH, among=among)) for query in queries]
            cpu, seconds = time.process_time() - began, [seconds for seconds, _ in runs]
            report[name] = {
                "hits": [[item for item, _ in hits] for _, hits in runs],
                "cpu_ms": cpu / len(runs) * 1e3,
                "p50_ms": float(np.median(seconds)) * 1e3,
                "p99_ms": float(np.quantile(seconds, 0.99)) * 1e3,
                "select_ms": took * 1e3,
            }
        report["memory"] = resident()
        for name in _FILTERS:
            report[name]["found"] = [[place(item) for item in index.items(hits)] for hits in report[name]["hits"]]
    print(json.dumps(report))


def resident() -> dict[str, float]:
    """Resident megabytes of this process: its own, and mapped from files."""
    lines = Path("/proc/self/status").read_text().splitlines()
    fields = {line.partition(":")[0]: line.partition(":")[2].split() for line in lines}
    return {name: int(fields[name][0]) / 1024 for name in ("RssAnon", "RssFile")}


def searched(folder: Path, mixture: Mixture, size: int) -> tuple[dict[str, Search], dict[str, float]]:
    queries = mixture.queries(_QUERIES, among=min(size, BLOCK))
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch) / "queries.npy"
        np.save(file, queries)
        command = [sys.executable, "-m", "benchmarks.scale", "--search", str(folder), str(file)]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, cwd=ROOT)
    report = json.loads(done.stdout)
    searches = {}
    for name, (_, every) in _FILTERS.items():
        right = exact(mixture, size, queries, every)
        entry = report[name]
        hits = [len(set(one) & set(other)) for one, other in zip(entry["found"], right.tolist(), strict=True)]
        times = (entry[key] for key in ("p50_ms", "p99_ms", "cpu_ms", "select_ms"))
        searches[name] = Search(sum(hits) / right.size, *times)
    return searches, report["memory"]


def added_and_removed(index: Index, mixture: Mixture, size: int) -> tuple[list[float], float]:
    """Seconds of five additions of a thousand items each, and until a deletion is seen; the items are removed again."""
    vectors = mixture.block(3_000_000)[: 5 * _ADDED].reshape(5, -1, _PER_SOURCE, mixture.dimension)
    seconds, first = [], 10_000_000 + size
    for batch in vectors:
        readings = [source(first + place, part) for place, part in enumerate(batch)]
        first += len(batch)
        seconds.append(timed(lambda readings=readings: index.publish(readings))[0])
    query = vectors[0, 0, 0]
    [(item, _)] = index.nearest(query, 1)
    gone = index.items([item])[0].source_id
    delete, hits = timed(lambda: (index.remove([gone]), index.nearest(query, 1))[1])
    if item in dict(hits):
        raise RuntimeError("a deleted item was found")
    ours = [row.id for row in index.sources() if int(row.path.split("/")[-1][:-4]) >= 10_000_000]
    index.remove(ours)
    return seconds, delete


def types(folder: Path) -> str:
    """The segments' types and how many there are of each."""
    from lucida.index.inverted import Inverted

    with Index.open(folder) as index:
        index.nearest(np.eye(1, 384, dtype=np.float32)[0], 1)
        kinds = [isinstance(segment.inner, Inverted) for segment in index._vectors._state.open.values()]
    parts = ((kinds.count(True), "IVF,SQ8"), (kinds.count(False), "flat"))
    return " + ".join(f"{count} {name}" for count, name in parts if count)


def measure(folder: Path, sizes: list[int]) -> Iterator[Row]:
    mixture, reached = Mixture(), 0
    for size in sizes:
        with Index.open(folder, create=True, write=True) as index:
            index.bind_encoder("synthetic", "synthetic", mixture.dimension)
            seconds = timed(lambda start=reached, size=size, index=index: grow(index, mixture, start, size))[0]
            compact = timed(index.compact)[0]
        reached = size
        searches, memory = searched(folder, mixture, size)
        kinds = types(folder)
        bytes_ = sum(file.stat().st_size for file in folder.glob("segments/*"))
        with Index.open(folder, write=True) as index:
            add, delete = added_and_removed(index, mixture, size)
        yield Row(
            size,
            kinds,
            seconds,
            compact,
            bytes_ / 1e6,
            searches,
            memory["RssAnon"],
            memory["RssFile"],
            float(np.median(add)),
            max(add),
            delete,
        )


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)), help="ascending, with commas between")
    parser.add_argument("--folder", type=Path, help="where the library is made; a temporary folder if not given")
    parser.add_argument("--search", nargs=2, type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments or [])
    if options.search:
        search_only(*options.search)
        return
    sizes = [int(size) for size in options.sizes.split(",")]
    with tempfile.TemporaryDirectory() as scratch:
        for row in measure(options.folder or Path(scratch) / "library", sizes):
            _show(row)


def _show(row: Row) -> None:
    show(
        f"{row.size:,} x 384: {row.types}, {row.megabytes:.0f} MB of vectors; published in {row.seconds:.0f} s, "
        f"compacted in {row.compact_seconds:.0f} s",
        ("filter keeps", f"recall@{_DEPTH}", "p50 ms", "p99 ms", "processor ms", "filter from SQL, ms"),
        [
            (name, f"{one.recall:.4f}", one.p50_ms, one.p99_ms, one.cpu_ms, one.select_ms)
            for name, one in row.searches.items()
        ],
        note=f"resident while searching: {row.anonymous_mb:.0f} MB own + {row.file_mb:.0f} MB mapped; adding {_ADDED} "
        f"items {row.add_seconds:.2f} s (worst of five {row.add_worst_seconds:.2f}); deleted and searched in "
        f"{row.delete_seconds:.3f} s",
    )


if __name__ == "__main__":
    main(sys.argv[1:])
