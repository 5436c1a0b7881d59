"""Where words go: results to stdout, everything else to stderr; with ``--json``, one document on stdout."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from functools import cache
from typing import IO, TYPE_CHECKING, Any

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

    class Patient(Console):
        """Goes on when nobody reads any more: the command's work and its exit code are worth as much as before."""

        def on_broken_pipe(self) -> None:
            discard(self.file)

    stream = sys.stderr if stderr else sys.stdout
    # Away from a terminal lines stay whole, so that they can be searched and cut; 80 columns would break paths.
    width = None if stream.isatty() else 10_000
    return Patient(stderr=stderr, markup=False, emoji=False, highlight=False, soft_wrap=width is not None, width=width)


def print_json(document: Mapping[str, Any]) -> None:
    """Write one JSON document and a newline to stdout."""
    ascii_only = (sys.stdout.encoding or "").lower().replace("-", "") != "utf8"
    try:
        sys.stdout.write(json.dumps(document, ensure_ascii=ascii_only, indent=2) + "\n")
        sys.stdout.flush()
    except BrokenPipeError:
        discard(sys.stdout)


def discard(stream: IO[str]) -> None:
    """Send what a stream still holds, and all that follows, nowhere: its reader has gone (``lucida ... | head``)."""
    descriptor = os.open(os.devnull, os.O_WRONLY)
    os.dup2(descriptor, stream.fileno())
    os.close(descriptor)


def reopen_closed_streams() -> None:
    """Give streams that were closed before the start (``lucida ... >&-``) a place to go.

    Otherwise they are None, and the next file that is opened takes their number: a worker's socket as stdin.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            # The lowest free number is the closed stream's own, so that child processes find it open as well.
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: PTH123, SIM115 - for good


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
