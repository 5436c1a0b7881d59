"""What is done with labelled pictures: a contact sheet by label, and folders by label."""

from __future__ import annotations

import errno
import os
import shutil
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from lucida.errors import LucidaError, SourceError, StorageFullError
from lucida.query.classify import NONE_OF_THESE, folder_name
from lucida.types import Failure
from lucida.types.paths import printable

if TYPE_CHECKING:
    from PIL.Image import Image

    from lucida.library import Library
    from lucida.library.labelling import Labelled

#: Pictures on one sheet, shared out among the labels: the surest of each.
_MOST_SHOWN = 180
_CELL_PX = 240


def labelled_sheet(rows: Iterable[Labelled], look: Callable[[Labelled], Image | None]) -> Image:
    """A contact sheet with a heading per label, "none of these" last; the surest pictures of each first.

    Args:
        rows: all that were labelled.
        look: gives a picture's pixels, None where they cannot be had.
    """
    from lucida.query.contact_sheet import Group, grouped_sheet

    by_label: defaultdict[str, list[Labelled]] = defaultdict(list)
    for row in rows:
        by_label[row.guess.label].append(row)
    share = max(_MOST_SHOWN // max(len(by_label), 1), 6)
    groups = []
    for label in sorted(by_label, key=lambda name: (name == NONE_OF_THESE, -len(by_label[name]), name)):
        own = sorted(by_label[label], key=lambda row: -row.guess.probability)
        entries = [(image, _caption(row)) for row in own[:share] if (image := look(row)) is not None]
        shown = f", the {len(entries)} surest" if len(own) > share else ""
        groups.append(Group(f"{label} · {len(own):,}{shown}", entries))
    return grouped_sheet(groups, cell_px=_CELL_PX)


def file_picture(row: Labelled) -> Image | None:
    """The pixels of a file; None where it is gone since it was labelled."""
    from lucida.library.labelling import opened

    try:
        return opened(Path(row.source), 2 * _CELL_PX)
    except SourceError:
        return None


def library_picture(library: Library) -> Callable[[Labelled], Image | None]:
    """Gives the pixels of a library's pictures: what it keeps of them, or drawn anew."""

    def look(row: Labelled) -> Image | None:
        try:
            return library.preview(row.id or 0)
        except LucidaError:
            return None

    return look


def sort_into(rows: Sequence[Labelled], folder: Path, *, move: bool) -> list[Failure]:
    """Copy or move files into a folder per label; nothing there is ever overwritten.

    Returns:
        Files that could not be put there.

    Raises:
        StorageFullError: the disk is full, or refuses the folder.
    """
    failures = []
    for row in rows:
        target = folder / folder_name(row.guess.label)
        try:
            target.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StorageFullError(f"{target} cannot be made: {error.strerror}.", "Name another folder.") from error
        try:
            _put(Path(row.source), target, move=move)
        except OSError as error:
            if error.errno in {errno.ENOSPC, errno.EDQUOT}:
                raise StorageFullError(f"There is no room in {folder}.", "Make room, then run this again.") from error
            reason = error.strerror or str(error)
            failures.append(Failure(printable(row.source), f"It cannot be put into {target}: {reason}.", "Check both."))
    return failures


def _put(source: Path, folder: Path, *, move: bool) -> None:
    """A name that is taken by another file gets a number: ``beach-2.jpg``. What is there already stays as it is."""
    number = 1
    while True:
        name = source.name if number == 1 else f"{source.stem}-{number}{source.suffix}"
        target = folder / name
        if target.exists() and target.samefile(source):
            return
        try:
            os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY))  # claims the name
        except FileExistsError:
            if not move and _same_content(source, target):
                return
            number += 1
            continue
        try:
            shutil.move(source, target) if move else shutil.copy2(source, target)
        except OSError:
            target.unlink(missing_ok=True)
            raise
        return


def _same_content(source: Path, target: Path) -> bool:
    import filecmp

    return source.stat().st_size == target.stat().st_size and filecmp.cmp(source, target, shallow=False)


def _caption(row: Labelled) -> str:
    page = f", page {row.page}" if row.page > 1 else ""
    return f"{row.guess.probability:.2f}\n{Path(row.source).name}{page}"
