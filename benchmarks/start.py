"""Cold starts: how long until ``lucida --help`` and ``lucida search`` have answered."""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.corpus import born_digital
from benchmarks.measuring import lucida, python, run, show
from benchmarks.pictures import draw


def median(command: Sequence[str], runs: int = 9) -> float:
    run(command)
    return statistics.median(run(command).seconds for _ in range(runs))


def main(documents: int = 60, pages: int = 40, pictures: int = 300) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        born_digital(folder / "pdf", documents, pages)
        library = folder / "library"
        draw(folder / "pictures", pictures)
        shown = next((folder / "pictures").iterdir())
        run(lucida("ingest", folder / "pdf", folder / "pictures", "--library", library, "--layout", "never"))
        torch = median(python("import torch"))
        rows = [
            ("python -c 'import torch' (what others pay before they begin)", torch),
            ("python -c pass", median(python("pass"))),
            ("lucida --help", median(lucida("--help"))),
            ("lucida search, by words", median(lucida("search", "ferry delays in winter", "--library", library))),
            ("lucida search, by a picture", median(lucida("search", "--image", shown, "--library", library))),
            ("lucida ask", median(lucida("ask", "What was the revenue?", "--library", library))),
        ]
        passages, held = _counts(library)
    show(
        f"Cold starts, median of 9 whole processes, on a library of {passages:,} passages and {held:,} pictures",
        ("what", "seconds", "times importing torch"),
        [(what, seconds, seconds / torch) for what, seconds in rows],
    )


def _counts(library: Path) -> tuple[int, int]:
    """Passages and pictures."""
    from lucida import Library

    with Library.open(library) as opened:
        numbers = opened.statistics()
    return numbers.passages, numbers.pictures


if __name__ == "__main__":
    main()
