"""Tells when something below folders has changed."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from lucida.errors import UsageError
from lucida.ingest.files.ignoring import builtin_rules
from lucida.lazy import require

#: Changes that come within this time belong together: a file being copied changes many times.
_DEBOUNCE_MS = 1600
#: How often to look whether a root has vanished or come back, of which the system tells nothing.
_LOOK_MS = 500


def watch(
    roots: Sequence[Path], ignore: Sequence[str] = (), *, exclude: Path | None = None, stop: threading.Event
) -> Iterator[set[str]]:
    """Yield the paths that changed, in batches, until ``stop`` is set.

    A root that vanishes counts as changed, and again when it is back: drives are unplugged, folders are replaced.

    Args:
        roots: files and folders.
        ignore: patterns in gitignore's syntax that count for nothing, as do hidden files.
        exclude: a folder that counts for nothing: the library's own.

    Raises:
        UsageError: none of the roots exists, or a pattern makes no sense.
    """
    module = require("watchfiles", "watch folders")
    roots = [root.absolute() for root in roots]
    counts = _filter(roots, ignore, exclude.absolute() if exclude else None)
    watched = _present(roots)
    if not watched:
        raise UsageError("None of the folders to watch exists.", "Name at least one that does.")
    while not stop.is_set():
        if watched:
            for changes in module.watch(
                *watched,
                watch_filter=counts,
                debounce=_DEBOUNCE_MS,
                stop_event=stop,
                rust_timeout=_LOOK_MS,
                yield_on_timeout=True,
            ):
                if changes:
                    yield {path for _change, path in changes}
                if _present(roots) != watched:
                    break
        else:
            stop.wait(_LOOK_MS / 1000)
        present = _present(roots)
        differing = {str(root) for root in roots if present.get(root) != watched.get(root)}
        watched = present
        if differing and not stop.is_set():
            yield differing


def _present(roots: Sequence[Path]) -> dict[Path, tuple[int, int]]:
    """The roots that exist, with what tells a folder from another in its place; editors replace files all the time."""
    found: dict[Path, tuple[int, int]] = {}
    for root in roots:
        try:
            status = root.stat()
        except OSError:
            continue
        found[root] = (status.st_dev, status.st_ino if root.is_dir() else 0)
    return found


def _filter(roots: Sequence[Path], ignore: Sequence[str], exclude: Path | None) -> Callable[[object, str], bool]:
    """Whether a change at a path counts."""
    rules = [(str(root), builtin_rules(str(root), ignore)) for root in roots]
    excluded = os.path.join(exclude, "") if exclude else None  # noqa: PTH118 - pathlib drops the closing slash

    def counts(_change: object, path: str) -> bool:
        if excluded and (path + os.sep).startswith(excluded):
            return False
        return not any(
            rule.ignores(path, is_folder=False) for root, rule in rules if path.startswith(root.rstrip(os.sep) + os.sep)
        )

    return counts
