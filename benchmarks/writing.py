"""Writing a dataset in each format, beside copying the same files to the same disk.

Every way ends when all its files are on the disk (fsync), not in memory. Formats that lay files out as they are set
hard links and copy nothing; archives and tables hold every byte again. Ways take turns, and the best round of each
counts.
"""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.measuring import show
from lucida.generate.formats.entry import Collection, Entry
from lucida.generate.formats.writing import FORMATS, write_formats
from lucida.types import Box


def main(options: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks writing")
    parser.add_argument("--samples", type=int, default=1_000)
    parser.add_argument(
        "--side", type=int, default=256, help="of the pictures, in pixels; noise, so that they stay large"
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", type=Path, help="on the disk that is to be measured; a temporary one if not given")
    chosen = parser.parse_args(options or [])
    with tempfile.TemporaryDirectory(dir=chosen.folder) as place:
        _run(Path(place), chosen.samples, chosen.side, chosen.rounds)


def _run(home: Path, samples: int, side: int, rounds: int) -> None:
    collection = _collection(home / "samples", samples, side)
    size = sum(entry.file.stat().st_size for entry in collection.entries)
    ways: dict[str, Callable[[Path], object]] = {"copying": lambda target: _copy(home / "samples", target)}
    for name in FORMATS:
        ways[name] = lambda target, name=name: write_formats(target, [name], collection)
    best = dict.fromkeys(ways, float("inf"))
    for _ in range(rounds):
        for name, write in ways.items():
            target = home / "out"
            start = time.perf_counter()
            write(target)
            _settle(target)
            best[name] = min(best[name], time.perf_counter() - start)
            shutil.rmtree(target)
    rows = [
        (name, 1000 * seconds / samples, size / 1e6 / seconds, f"{best['copying'] / seconds:.2f}")
        for name, seconds in best.items()
    ]
    note = f"{samples:,} pictures, {size / 1e6:.0f} MB."
    show("writing datasets", ("way", "ms per sample", "MB/s", "times copying"), rows, note)


def _collection(folder: Path, samples: int, side: int) -> Collection:
    folder.mkdir(parents=True)
    random = np.random.default_rng(0)
    labels = tuple(f"class {number}" for number in range(10))
    entries = []
    for number in range(samples):
        path = folder / f"{number:05d}.png"
        Image.fromarray(random.integers(0, 256, (side, side, 3), dtype=np.uint8)).save(path, compress_level=0)
        label, split = labels[number % 10], ("train", "validation")[number % 10 == 9]
        facts = {"generated": True, "seed": number, "parents": [1, 2, 3]}
        box = ((label, Box(0.1, 0.2, 0.8, 0.9)),)
        entries.append(Entry(path, path.name, label, split, side, side, box, facts))
    _settle(folder)
    return Collection(labels, tuple(entries))


def _copy(source: Path, target: Path) -> None:
    shutil.copytree(source, target)


def _settle(folder: Path) -> None:
    """Have everything below a folder on the disk."""
    for path in folder.rglob("*"):
        if path.is_file():
            descriptor = os.open(path, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)


if __name__ == "__main__":
    main()
