"""Tells when something below folders has changed."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

from lucida.errors import UsageError
from lucida.ingest.ignoring import builtin_rules
from lucida.lazy import require

#: Changes that come within this time belong together: a file being copied changes many times.
_DEBOUNCE_MS = 1600


def watch(
    roots: Sequence[Path], ignore: Sequence[str] = (), *, exclude: Path | None = None, stop: threading.Event
) -> Iterator[set[str]]:
    """Yield the paths that changed, in batches, until ``stop`` is set.

    Args:
        roots: files and folders; those that vanish later are simply silent.
        ignore: patterns in gitignore's syntax that count for nothing, as do hidden files.
        exclude: a folder that counts for nothing: the library's own.

    Raises:
        UsageError: none of the roots exists.
    """
    module = require("watchfiles", "watch folders")
    present = [root for root in roots if root.exists()]
    if not present:
        raise UsageError("None of the folders to watch exists.", "Name at least one that does.")
    rules = [(str(root), builtin_rules(str(root), ignore)) for root in present]
    excluded = str(exclude) + os.sep if exclude else None

    def counts(_change: object, path: str) -> bool:
        if excluded and (path + os.sep).startswith(excluded):
            return False
        return not any(
            rule.ignores(path, is_folder=False) for root, rule in rules if path.startswith(root) and path != root
        )

    for changes in module.watch(
        *present, watch_filter=counts, debounce=_DEBOUNCE_MS, stop_event=stop, raise_interrupt=True, rust_timeout=500
    ):
        yield {path for _change, path in changes}
