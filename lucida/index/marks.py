"""What may be done with sources: flags and licences, by rules on paths and by hand."""

from __future__ import annotations

import fnmatch
import os
import re
from collections.abc import Sequence

from sqlalchemy import Connection, delete, insert, select

from lucida.index.packing import clean
from lucida.index.records import Rule, Terms
from lucida.index.schema import Mark, Source

#: Key of what ingest finds in a picture's own metadata.
_COPYRIGHT = "copyright"


def mark(connection: Connection, source_ids: Sequence[int], no_derivatives: bool | None, licence: str | None) -> None:
    """Say by hand what may be done with sources; None leaves what was said before."""
    for source_id in source_ids:
        query = select(Mark.no_derivatives, Mark.licence).where(Mark.source_id == source_id)
        before = connection.execute(query).one_or_none()
        flag = no_derivatives if no_derivatives is not None or before is None else before.no_derivatives
        said = licence if licence is not None or before is None else before.licence
        connection.execute(delete(Mark).where(Mark.source_id == source_id))
        values = {"source_id": source_id, "no_derivatives": flag, "licence": _cleaned(said)}
        connection.execute(insert(Mark.__table__).values(values))


def add_rule(connection: Connection, rule: Rule) -> None:
    """Put a rule behind all others; an earlier one of the same glob goes. An empty rule only takes that away."""
    connection.execute(delete(Mark).where(Mark.pattern == clean(rule.pattern)))
    if rule.no_derivatives is None and rule.licence is None:
        return
    values = {
        "pattern": clean(rule.pattern),
        "no_derivatives": rule.no_derivatives,
        "licence": _cleaned(rule.licence),
    }
    connection.execute(insert(Mark.__table__).values(values))


def rules(connection: Connection) -> list[Rule]:
    """The rules, oldest first."""
    query = select(Mark.pattern, Mark.no_derivatives, Mark.licence).where(Mark.pattern.is_not(None)).order_by(Mark.id)
    return [Rule(row.pattern or "", row.no_derivatives, row.licence) for row in connection.execute(query)]


def terms(connection: Connection) -> dict[int, Terms]:
    """What may be done with each source of which anything is said.

    In turn, each saying more than the one before: the copyright in the file itself, rules from the oldest, marks by
    hand.
    """
    query = select(Mark.source_id, Mark.no_derivatives, Mark.licence).where(Mark.source_id.is_not(None))
    by_hand = {row.source_id: Rule("", row.no_derivatives, row.licence) for row in connection.execute(query)}
    said = rules(connection)
    found = {}
    for row in connection.execute(select(Source.id, Source.path_bytes, Source.details)):
        path = os.fsdecode(row.path_bytes)
        own = [rule for rule in said if _fits(path, rule.pattern)]
        result = _combined(row.details.get(_COPYRIGHT, ""), [*own, by_hand.get(row.id)])
        if result != Terms():
            found[row.id] = result
    return found


def _combined(copyright_notice: str, said: Sequence[Rule | None]) -> Terms:
    flag, licence = False, copyright_notice
    for rule in said:
        if rule is not None:
            flag = flag if rule.no_derivatives is None else rule.no_derivatives
            licence = licence if rule.licence is None else rule.licence
    return Terms(flag, licence)


def _fits(path: str, glob: str) -> bool:
    """As filters have it: a glob without a slash is held against the file's name, whatever the platform's case."""
    held = path if "/" in glob else path.rpartition("/")[2]
    return re.match(fnmatch.translate(glob), held) is not None


def _cleaned(text: str | None) -> str | None:
    return None if text is None else clean(text)
