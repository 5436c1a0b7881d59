"""Whole processes, timed from outside: wall seconds and the peak resident memory of the process and its children."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil
from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Run:
    seconds: float
    peak_mb: float
    main_peak_mb: float


def run(command: Sequence[str], *, cores: int | None = None) -> Run:
    """Run a command to its end, on the first ``cores`` processors if that is given.

    Raises:
        RuntimeError: it failed.
    """
    env = {**os.environ, "PYTHONWARNINGS": "ignore"}
    started = time.perf_counter()
    # A session of its own lets sched_setaffinity be set from outside before any thread is made.
    process = subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=env,
        cwd=ROOT,
        preexec_fn=(lambda: os.sched_setaffinity(0, set(range(cores)))) if cores else None,
    )
    peaks = [0.0, 0.0]
    watcher = threading.Thread(target=_watch_memory, args=(process.pid, peaks), daemon=True)
    watcher.start()
    _, errors = process.communicate()
    seconds = time.perf_counter() - started
    watcher.join()
    if process.returncode:
        raise RuntimeError(f"{' '.join(command[:4])} ... failed: {errors.decode()[-2000:]}")
    return Run(seconds, peaks[0] / 1e6, peaks[1] / 1e6)


def _watch_memory(pid: int, peaks: list[float]) -> None:
    try:
        root = psutil.Process(pid)
        while root.is_running() and root.status() != psutil.STATUS_ZOMBIE:
            own = root.memory_info().rss
            total = own
            for child in root.children(recursive=True):
                try:
                    total += child.memory_info().rss
                except psutil.NoSuchProcess:
                    continue
            peaks[0], peaks[1] = max(peaks[0], total), max(peaks[1], own)
            time.sleep(0.05)
    except psutil.NoSuchProcess:
        return


def lucida(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "lucida", *map(str, arguments)]


def python(code: str, *arguments: str | Path) -> list[str]:
    return [sys.executable, "-c", code, *map(str, arguments)]


def show(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]], note: str = "") -> None:
    table = Table(*columns, title=title, title_justify="left", caption=note, caption_justify="left")
    for row in rows:
        table.add_row(*(f"{cell:.2f}" if isinstance(cell, float) else str(cell) for cell in row))
    Console(width=120).print(table)
