"""Full text over passages, section titles and captions: what every database's own engine must offer.

The full text is derived from the catalogue's tables. It is written in the same transaction as they are, can be
rebuilt from them at any time, and takes no part in migrations.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from sqlalchemy import Connection

_PREFIX = "words"


def is_derived(table: str) -> bool:
    """Whether a table belongs to the full text, and so to no migration."""
    return table == _PREFIX or table.startswith(f"{_PREFIX}_")


class FullText(Protocol):
    """Full text in one database. Every method runs inside the caller's transaction."""

    def create(self, connection: Connection) -> None:
        """Make the (empty) tables where they are missing."""
        ...

    def drop(self, connection: Connection) -> None: ...

    def add(self, connection: Connection, first: int, last: int) -> None:
        """Index the items whose ids lie in ``first..last`` (inclusive)."""
        ...

    def forget(self, connection: Connection, source_ids: Sequence[int]) -> None:
        """Take out the items of these sources, before their rows are deleted."""
        ...

    def search(
        self, connection: Connection, terms: Sequence[str], k: int, among: NDArray[np.int64] | None
    ) -> list[tuple[int, float]]:
        """The ``k`` best items that hold any of the terms: (item id, score), best first, ties by id.

        Args:
            connection: where to look.
            terms: words as a person writes them. Nothing in them is an operator.
            k: how many at most.
            among: ids that may appear, None for all.
        """
        ...

    def frequency(self, connection: Connection, term: str) -> int:
        """In how many passages the term occurs, stemmed as ``search`` does it."""
        ...

    def rebuild(self, connection: Connection) -> None:
        """Index everything anew."""
        ...

    def optimize(self, connection: Connection) -> None:
        """Tighten what many small additions have left."""
        ...

    def faults(self, connection: Connection, *, deep: bool) -> list[str]:
        """Where the full text and the catalogue's rows disagree, one clause each; ``deep`` compares every word."""
        ...


def of(connection: Connection) -> FullText:
    """The full text engine of the connection's database."""
    if connection.dialect.name == "postgresql":
        from lucida.index.words_postgresql import PostgresWords

        return PostgresWords()
    from lucida.index.words_sqlite import SqliteWords

    return SqliteWords()
