"""Which sources a person means: an id, a whole or relative path, a file's name, or a glob."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from lucida.index import SourceRow
from lucida.types.paths import printable


def matching(pattern: str, sources: Sequence[SourceRow]) -> list[SourceRow]:
    """The sources a pattern names, by the first reading of it that names any.

    Tried in turn: an id, a path as given, a path from the current folder, a folder above the source, a glob (on the
    name when it has no slash, on the whole path otherwise), a file's name.
    """
    absolute = str(Path(pattern).expanduser().absolute())
    tests = (
        lambda row: pattern == str(row.id),
        lambda row: pattern in {row.path, printable(row.path)},
        lambda row: row.path == absolute,
        lambda row: Path(row.path).is_relative_to(absolute),
        lambda row: fnmatchcase(row.path if "/" in pattern else Path(row.path).name, pattern),
    )
    for test in tests:
        rows = [row for row in sources if test(row)]
        if rows:
            return rows
    return []
