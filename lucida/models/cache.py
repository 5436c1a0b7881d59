"""The folder for what can be made again: exported graphs, verified hashes, measured choices."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from lucida.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Iterator

CACHE_VARIABLE = "LUCIDA_CACHE"

#: Leftovers of an interrupted write are swept once nobody can still be writing them.
_STALE_SECONDS = 3600.0


def cache_folder() -> Path:
    """``$LUCIDA_CACHE``, else ``lucida`` in the platform's cache folder (``$XDG_CACHE_HOME`` where it is set)."""
    given = os.environ.get(CACHE_VARIABLE)
    if given:
        return Path(given).expanduser().absolute()
    if base := os.environ.get("XDG_CACHE_HOME"):
        return Path(base).expanduser().absolute() / "lucida"
    home = Path.home()
    return (home / "Library" / "Caches" if sys.platform == "darwin" else home / ".cache") / "lucida"


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Write a file so that others see the old one or the whole new one, never a part.

    Args:
        path: the file to put in place; its folder is made if need be.

    Yields:
        A temporary path in the same folder. It takes the place of ``path`` when the block ends well, and is deleted
        when it does not.

    Raises:
        ModelError: the folder cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _sweep(path)
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
        os.close(handle)
    except OSError as error:
        raise _unwritable(path, error) from error
    part = Path(name)
    try:
        yield part
        _flush(part)
        part.replace(path)
    except OSError as error:
        raise _unwritable(path, error) from error
    finally:
        part.unlink(missing_ok=True)


def _sweep(path: Path) -> None:
    limit = time.time() - _STALE_SECONDS
    for part in path.parent.glob(f".{path.name}.*.part"):
        if part.stat().st_mtime < limit:
            part.unlink(missing_ok=True)


def _flush(part: Path) -> None:
    # Without it a power cut after the rename may leave an empty file under the final name.
    with part.open("rb+") as stream:
        os.fsync(stream.fileno())


def _unwritable(path: Path, error: OSError) -> ModelError:
    return ModelError(
        f"The cache folder {path.parent} cannot be written: {error.strerror or error}.",
        f"Make room or set {CACHE_VARIABLE} to a folder that can be written.",
    )
