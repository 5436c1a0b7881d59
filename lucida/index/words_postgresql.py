"""Full text by PostgreSQL: one ``tsvector`` per item, in a table that deletion cascades to.

English stemming and stop words. PostgreSQL keeps no corpus statistics, so items are ranked by cover density
(``ts_rank_cd``) and not by BM25; lists from both are only ever used by rank.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy import text

from lucida.index.packing import clean
from lucida.index.spacing import spaced

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from sqlalchemy import Connection

_TABLE = """CREATE TABLE IF NOT EXISTS words (
item_id BIGINT PRIMARY KEY REFERENCES items (id) ON DELETE CASCADE, body TSVECTOR NOT NULL)"""
_LOOKUP = "CREATE INDEX IF NOT EXISTS words_body ON words USING gin (body)"

#: The same characters as in ``spacing.spaced``, as PostgreSQL writes them.
_SPACED = (
    r"regexp_replace({0}, "
    r"'([\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f])', ' \1 ', 'g')"
)
_PASSAGES = f"""INSERT INTO words (item_id, body)
SELECT item_id, setweight(to_tsvector('english', {_SPACED.format("text")}), 'A')
|| setweight(to_tsvector('english', {_SPACED.format("section::text")}), 'C') FROM passages"""  # noqa: S608 - constants
_CAPTIONS = f"""INSERT INTO words (item_id, body)
SELECT item_id, setweight(to_tsvector('english', {_SPACED.format("caption")}), 'A')
FROM pictures WHERE caption <> ''"""  # noqa: S608 - constants
_QUERY = "phraseto_tsquery('english', :{0})"
_SEARCH = """SELECT item_id, ts_rank_cd(body, query) AS score FROM words, (SELECT {query} AS query) AS asked
WHERE body @@ query {narrowed} ORDER BY score DESC, item_id LIMIT :k"""
_FREQUENCY = """SELECT count(*) FROM words JOIN passages ON passages.item_id = words.item_id
WHERE body @@ phraseto_tsquery('english', :term0)"""


class PostgresWords:
    """``FullText`` over ``tsvector``."""

    def create(self, connection: Connection) -> None:
        connection.execute(text(_TABLE))
        connection.execute(text(_LOOKUP))

    def drop(self, connection: Connection) -> None:
        connection.execute(text("DROP TABLE IF EXISTS words"))

    def add(self, connection: Connection, first: int, last: int) -> None:
        values = {"first": first, "last": last}
        connection.execute(text(f"{_PASSAGES} WHERE item_id BETWEEN :first AND :last"), values)
        connection.execute(text(f"{_CAPTIONS} AND item_id BETWEEN :first AND :last"), values)

    def forget(self, connection: Connection, source_ids: Sequence[int]) -> None:
        """Nothing to do: the rows go with their items."""

    def search(
        self, connection: Connection, terms: Sequence[str], k: int, among: NDArray[np.int64] | None
    ) -> list[tuple[int, float]]:
        values = _values(terms)
        if not values or k < 1:
            return []
        query = " || ".join(_QUERY.format(name) for name in values)
        statement = text(_SEARCH.format(query=query, narrowed="" if among is None else "AND item_id = ANY(:among)"))
        given: dict[str, object] = {**values, "k": k} | ({} if among is None else {"among": among.tolist()})
        return [(int(row[0]), float(row[1])) for row in connection.execute(statement, given)]

    def frequency(self, connection: Connection, term: str) -> int:
        values = _values([term])
        if not values:
            return 0
        return int(connection.execute(text(_FREQUENCY), values).scalar_one())

    def rebuild(self, connection: Connection) -> None:
        self.drop(connection)
        self.create(connection)
        connection.execute(text(_PASSAGES))
        connection.execute(text(_CAPTIONS))

    def optimize(self, connection: Connection) -> None:
        """Nothing to do: the server's autovacuum sees to it."""

    def faults(self, connection: Connection, *, deep: bool) -> list[str]:
        missing = text(
            "SELECT (SELECT count(*) FROM passages WHERE item_id NOT IN (SELECT item_id FROM words))"
            " + (SELECT count(*) "
            "FROM pictures WHERE caption <> '' AND item_id NOT IN (SELECT item_id FROM words))"
        )
        count = connection.execute(missing).scalar_one()
        return [f"{count} texts are not in it"] if count else []


def _values(terms: Sequence[str]) -> dict[str, str]:
    """Bound values by name; blank terms are left out."""
    usable = dict.fromkeys(spaced(clean(term)) or "" for term in terms)
    return {f"term{number}": term for number, term in enumerate(usable) if any(c.isalnum() for c in term)}
