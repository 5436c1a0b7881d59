"""Reading a table of general words and the classes that each covers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lucida.errors import UsageError
from lucida.query.evaluation.wordnet import GeneralWord

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def read_words(path: Path, ids: Sequence[str]) -> list[GeneralWord]:
    """Read ``word<TAB>id,id,...`` lines; empty lines and those that begin with ``#`` are passed over.

    Raises:
        UsageError: the file is not there, a line has another form, or names a class that there is not.
    """
    number_of = {name: number for number, name in enumerate(ids)}
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"The word table {path} cannot be read: {error}.", "Check the path.") from error
    rows = []
    for at, line in enumerate(lines, start=1):
        if not line.strip() or line.startswith("#"):
            continue
        word, tab, classes = line.partition("\t")
        names = [name.strip() for name in classes.split(",") if name.strip()]
        unknown = [name for name in names if name not in number_of]
        if not (tab and word.strip() and names) or unknown:
            what = f"names the unknown class {unknown[0]!r}" if unknown else "is not a word, a tab and class ids"
            raise UsageError(f"{path}:{at} {what}.", "Write lines such as: animal<TAB>cat,dog.")
        rows.append(GeneralWord(word.strip(), frozenset(number_of[name] for name in names)))
    return rows
