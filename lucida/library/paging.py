"""Papers that are made: from templates, which need no library, and from pages that a library holds."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from lucida.generate.documents.run import Papers, make_papers, templates

if TYPE_CHECKING:
    from lucida.generate.documents.request import PaperRequest

Told = Callable[[int, int], None]


def draw_papers(request: PaperRequest, out: str | os.PathLike[str], told: Told = lambda _done, _total: None) -> Papers:
    """Draw papers from the built-in templates into a folder; the same call goes on where it was interrupted.

    Args:
        request: what is wanted.
        out: folder, new, empty, or of the run that is to go on.
        told: hears (papers done, papers in all).

    Raises:
        UsageError: the folder holds something else, or was begun with other settings.
        StorageFullError: the disk refused; what was finished is kept.
    """
    names = [f"{number + 1:05d}-{request.kinds[number % len(request.kinds)]}" for number in range(request.count)]
    return make_papers(Path(out).expanduser().absolute(), request, names, templates(request), told=told)
