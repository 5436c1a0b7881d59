"""Born-digital PDFs end to end against ``pymupdf4llm.to_chunks`` alone."""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks.corpus import born_digital
from benchmarks.measuring import lucida, python, run, show

PEER = """
import sys, pathlib, pymupdf4llm
for path in sorted(pathlib.Path(sys.argv[1]).glob("*.pdf")):
    pymupdf4llm.to_chunks(str(path), use_ocr=False)
"""


def main(documents: int = 20, pages: int = 20) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        count = born_digital(folder / "pdf", documents, pages)
        run(lucida("ingest", folder / "pdf" / "document-0000.pdf", "--library", folder / "warm-up"))
        peer = run(python(PEER, folder / "pdf"), cores=1)
        one = run(lucida("ingest", folder / "pdf", "--library", folder / "one"), cores=1)
        two = run(lucida("ingest", folder / "pdf", "--library", folder / "two"))
    rate = count / peer.seconds
    show(
        f"Born-digital PDFs: {count} pages in {documents} files, one page in ten with a table, one with a figure",
        ("what", "seconds", "pages/s", "times the peer"),
        [
            ("pymupdf4llm.to_chunks alone, one core", peer.seconds, rate, 1.0),
            (
                "lucida ingest (read, chunk, embed, commit), one core",
                one.seconds,
                count / one.seconds,
                peer.seconds / one.seconds,
            ),
            ("lucida ingest, all cores", two.seconds, count / two.seconds, peer.seconds / two.seconds),
        ],
    )


if __name__ == "__main__":
    main()
