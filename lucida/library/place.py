"""Where a library may be: in its own folder, in an empty one, or in one yet to be made."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lucida.config import CONFIG_NAME, LibraryConfig
from lucida.errors import LibraryError, UsageError
from lucida.index.storage import storage_errors


def settled(path: Path, *, create: bool) -> LibraryConfig:
    """The settings of the library in a folder, which is made if need be.

    A folder with a catalogue but without settings is a library with the usual ones: deleting a broken settings file
    is what people are told to do.

    Raises:
        UsageError: there is none and ``create`` is false, the folder is a file or holds other things, or the settings
            are wrong.
        LibraryError: the folder may not be entered or written.
    """
    with _entered(path):
        is_library = any((path / name).exists() for name in (CONFIG_NAME, "catalogue.db"))
        if not is_library:
            _check_place(path, create=create)
    if not is_library:
        with storage_errors(path):
            path.mkdir(parents=True, exist_ok=True)
            LibraryConfig().save(path)
    with _entered(path / CONFIG_NAME):
        return LibraryConfig.load(path)


@contextmanager
def _entered(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise LibraryError(
            f"{path} cannot be opened: {error.strerror or error}.",
            "Give yourself permission to read it, or name another library with --library.",
        ) from error


def _check_place(path: Path, *, create: bool) -> None:
    """Refuse to make a library where a file or somebody's other folder is."""
    if not create:
        raise UsageError(f"There is no library in {path}.", "Make one with: lucida ingest PATH.")
    if path.is_dir() and any(path.iterdir()):
        raise UsageError(
            f"{path} is not empty and is no library.", "Give --library the folder of a library, or a new one."
        )
    if path.exists() and not path.is_dir():
        raise UsageError(f"{path} is a file.", "Give --library a folder.")
