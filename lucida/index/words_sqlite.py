"""Full text by SQLite's FTS5: an external-content table over passages and captions, ranked by BM25.

Unicode words, diacritics folded, Porter stemming. The text itself is not stored twice: the index reads it through the
view ``words_content``, which also lets SQLite compare the two.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from lucida.index.packing import clean
from lucida.index.spacing import spaced

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from sqlalchemy import Connection

_VIEW = """CREATE VIEW IF NOT EXISTS words_content AS
SELECT item_id AS id, lucida_spaced(text) AS text, lucida_spaced(section) AS section, '' AS caption FROM passages
UNION ALL
SELECT item_id, '', '', lucida_spaced(caption) FROM pictures WHERE caption <> ''"""

_TABLE = """CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5(
text, section, caption, content='words_content', content_rowid='id', tokenize='porter unicode61 remove_diacritics 2')"""

_ADD = """INSERT INTO words(rowid, text, section, caption)
SELECT id, text, section, caption FROM words_content WHERE id BETWEEN :first AND :last"""

_FORGET = """INSERT INTO words(words, rowid, text, section, caption)
SELECT 'delete', id, text, section, caption FROM words_content
WHERE id IN (SELECT id FROM items WHERE source_id IN (SELECT value FROM json_each(:sources)))"""

#: A section title says what many passages share, so it counts half.
_SEARCH = """SELECT rowid, bm25(words, 1.0, 0.5, 1.0) AS score FROM words WHERE words MATCH :query {narrowed}
ORDER BY score, rowid LIMIT :k"""
#: The unary plus keeps the planner from asking the full text once per id.
_AMONG = "AND +rowid IN (SELECT value FROM json_each(:among))"
_FREQUENCY = "SELECT count(*) FROM words WHERE words MATCH :query"


class SqliteWords:
    """``FullText`` over FTS5."""

    def create(self, connection: Connection) -> None:
        connection.execute(text(_VIEW))
        connection.execute(text(_TABLE))

    def drop(self, connection: Connection) -> None:
        connection.execute(text("DROP TABLE IF EXISTS words"))
        connection.execute(text("DROP VIEW IF EXISTS words_content"))

    def add(self, connection: Connection, first: int, last: int) -> None:
        connection.execute(text(_ADD), {"first": first, "last": last})

    def forget(self, connection: Connection, source_ids: Sequence[int]) -> None:
        connection.execute(text(_FORGET), {"sources": json.dumps(list(source_ids))})

    def search(
        self, connection: Connection, terms: Sequence[str], k: int, among: NDArray[np.int64] | None
    ) -> list[tuple[int, float]]:
        query = _query(terms)
        if not query or k < 1:
            return []
        statement = text(_SEARCH.format(narrowed="" if among is None else _AMONG))
        values = {"query": query, "k": k} | ({} if among is None else {"among": json.dumps(among.tolist())})
        return [(int(row[0]), -float(row[1])) for row in connection.execute(statement, values)]

    def frequency(self, connection: Connection, term: str) -> int:
        query = _query([term])
        if not query:
            return 0
        return int(connection.execute(text(_FREQUENCY), {"query": f"{{text section}} : ({query})"}).scalar_one())

    def rebuild(self, connection: Connection) -> None:
        # A damaged index may not survive its own 'rebuild' command, so it is made from nothing.
        self.drop(connection)
        self.create(connection)
        connection.execute(text("INSERT INTO words(words) VALUES ('rebuild')"))

    def optimize(self, connection: Connection) -> None:
        """Merge the full text's own segments into one."""
        connection.execute(text("INSERT INTO words(words) VALUES ('optimize')"))

    def faults(self, connection: Connection, *, deep: bool) -> list[str]:
        try:
            missing = connection.execute(
                text("SELECT count(*) FROM words_content WHERE id NOT IN (SELECT id FROM words_docsize)")
            ).scalar_one()
            surplus = connection.execute(
                text("SELECT count(*) FROM words_docsize WHERE id NOT IN (SELECT id FROM words_content)")
            ).scalar_one()
            rows = [f"{missing} texts are not in it"] * (missing > 0) + [f"{surplus} entries have no text"] * (
                surplus > 0
            )
            if deep and not rows:
                # With rank 1 the index is also compared with the text it was made from.
                connection.execute(text("INSERT INTO words(words, rank) VALUES ('integrity-check', 1)"))
        except DatabaseError as error:
            return [str(error.orig)]
        return rows


def _query(terms: Sequence[str]) -> str:
    """FTS5 query that matches any of the terms; quoting leaves no operator standing."""
    quoted = []
    for term in terms:
        words = spaced(clean(term)) or ""
        if any(character.isalnum() for character in words):
            quoted.append('"' + words.replace('"', '""') + '"')
    return " OR ".join(dict.fromkeys(quoted))
