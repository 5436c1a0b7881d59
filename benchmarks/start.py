"""Cold starts: how long until ``lucida --help`` and ``lucida search`` have answered."""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.corpus import born_digital
from benchmarks.measuring import lucida, python, run, show


def median(command: Sequence[str], runs: int = 9) -> float:
    run(command)
    return statistics.median(run(command).seconds for _ in range(runs))


def main(documents: int = 60, pages: int = 40) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        born_digital(folder / "pdf", documents, pages)
        library = folder / "library"
        run(lucida("ingest", folder / "pdf", "--library", library, "--layout", "never"))
        torch = median(python("import torch"))
        rows = [
            ("python -c 'import torch' (what others pay before they begin)", torch),
            ("python -c pass", median(python("pass"))),
            ("lucida --help", median(lucida("--help"))),
            (
                "lucida search, by meaning and words",
                median(lucida("search", "ferry delays in winter", "--library", library)),
            ),
            ("lucida ask", median(lucida("ask", "What was the revenue?", "--library", library))),
        ]
        passages = _passages(library)
    show(
        f"Cold starts, median of 9 whole processes, on a library of {passages:,} passages",
        ("what", "seconds", "times importing torch"),
        [(what, seconds, seconds / torch) for what, seconds in rows],
    )


def _passages(library: Path) -> int:
    from lucida import Library

    with Library.open(library) as opened:
        return opened.statistics().passages


if __name__ == "__main__":
    main()
