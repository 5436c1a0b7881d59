"""Scans end to end against bare ``tesseract`` processes that keep all cores busy on the same page images."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks.corpus import scans
from benchmarks.measuring import lucida, run, show


def bare_tesseract(images: list[Path]) -> float:
    """Seconds for all images, one single-threaded process per core at a time."""
    env = {**os.environ, "OMP_THREAD_LIMIT": "1"}

    def read(image: Path) -> None:
        command = ["tesseract", str(image), "stdout", "--dpi", "200", "tsv"]
        subprocess.run(command, check=True, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    started = time.perf_counter()
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(read, images))
    return time.perf_counter() - started


def main(pages: int = 40) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        scans(folder / "scans", pages)
        run(lucida("ingest", folder / "scans" / "scan-0000.png", "--library", folder / "warm-up"))
        bare = bare_tesseract(sorted((folder / "scans").glob("*.png")))
        ours = run(lucida("ingest", folder / "scans", "--library", folder / "library"))
    show(
        f"Scans: {pages} page images at 200 dpi, about 400 words each",
        ("what", "seconds", "pages/s", "times the peer"),
        [
            ("tesseract processes on all cores", bare, pages / bare, 1.0),
            ("lucida ingest (read, chunk, embed, commit)", ours.seconds, pages / ours.seconds, bare / ours.seconds),
        ],
    )


if __name__ == "__main__":
    main()
