"""Resident memory of an ingest run: it must not grow with the number of documents."""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks.corpus import born_digital
from benchmarks.measuring import lucida, run, show


def main() -> None:
    rows = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for documents in (50, 500):
            born_digital(folder / str(documents), documents, pages=4, seed=documents)
            result = run(lucida("ingest", folder / str(documents), "--library", folder / f"library-{documents}"))
            rows.append((documents, documents * 4, result.main_peak_mb, result.peak_mb, result.seconds))
    ratio = rows[1][3] / rows[0][3]
    show(
        "Peak resident memory of an ingest run",
        ("documents", "pages", "main process, MB", "with workers, MB", "seconds"),
        rows,
        note=f"500 documents take {ratio:.2f} times the memory of 50 (pages shared between processes count each time)",
    )


if __name__ == "__main__":
    main()
