"""Where words go: results to stdout, everything else to stderr; with ``--json``, one document on stdout."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from lucida.errors import LucidaError
from lucida.types.paths import printable

if TYPE_CHECKING:
    from rich.console import Console


@cache
def out() -> Console:
    """The console for results. Names and snippets are printed as they are: no markup is read in them."""
    return _console(stderr=False)


@cache
def err() -> Console:
    """The console for progress, advice and errors."""
    return _console(stderr=True)


def _console(*, stderr: bool) -> Console:
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    # Away from a terminal lines stay whole, so that they can be searched and cut; 80 columns would break paths.
    width = None if stream.isatty() else 10_000
    return Console(stderr=stderr, markup=False, emoji=False, highlight=False, soft_wrap=width is not None, width=width)


def print_json(document: Mapping[str, Any]) -> None:
    """Write one JSON document and a newline to stdout."""
    ascii_only = (sys.stdout.encoding or "").lower().replace("-", "") != "utf8"
    sys.stdout.write(json.dumps(document, ensure_ascii=ascii_only, indent=2) + "\n")


def report_error(error: LucidaError, *, as_json: bool) -> None:
    """Say what happened and what to do."""
    if as_json:
        print_json({"error": error.message, "advice": error.advice})
    err().print(f"Error: {error.message}", style="bold red")
    err().print(error.advice)


def short_path(path: str) -> str:
    """The path from here when that is shorter, safe to print."""
    relative = os.path.relpath(path)
    return printable(relative if len(relative) < len(path) else path)


def plural(count: int, noun: str, nouns: str | None = None) -> str:
    """``1 file``, ``2,000 files``."""
    return f"{count:,} {noun if count == 1 else nouns or noun + 's'}"


def size_of(count: float) -> str:
    """Bytes for people: ``3.2 MB`` (powers of 1000, as disks are sold)."""
    for unit in ("B", "kB", "MB", "GB"):
        if count < 1000:
            return f"{count:.0f} {unit}" if unit == "B" else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} TB"
