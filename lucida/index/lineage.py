"""What was made from items: answers cite pages, samples have parents. Deleting a source reaches both."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import Connection, insert, select

from lucida.index import schema
from lucida.index.packing import clean
from lucida.index.writing import insert_one
from lucida.types import Answer, Citation


def record_answer(connection: Connection, question: str, answer: Answer) -> int:
    """Keep a question with its answer and the places it rests on; returns the question's id.

    Citations of pages that are no longer in the catalogue are left out.
    """
    row = {
        "asked": datetime.now(UTC).replace(tzinfo=None),
        "question": clean(question),
        "answer": clean(answer.text),
        "abstained": answer.abstained,
        "confidence": answer.confidence,
    }
    key = insert_one(connection, schema.Question, row)
    pages = [(citation, _page_id(connection, citation)) for citation in answer.citations]
    rows = [
        {
            "question_id": key,
            "page_id": page_id,
            "x0": citation.box.x0,
            "y0": citation.box.y0,
            "x1": citation.box.x1,
            "y1": citation.box.y1,
            "quote": clean(citation.quote),
        }
        for citation, page_id in pages
        if page_id is not None
    ]
    if rows:
        connection.execute(insert(schema.Citation), rows)
    return key


def _page_id(connection: Connection, citation: Citation) -> int | None:
    query = select(schema.Page.id).join(schema.Source)
    path = os.fsencode(citation.source)
    return connection.scalar(query.where(schema.Source.path_bytes == path, schema.Page.number == citation.page))


def record_sample(connection: Connection, path: str, parents: Sequence[int]) -> int:
    """Keep a generated sample with the items it was made from; returns the sample's id.

    A sample of which a parent is gone already is flagged at once. One whose path is known keeps its row.
    """
    known = connection.scalar(select(schema.Sample.id).where(schema.Sample.path == clean(path)))
    if known is not None:
        return known
    origin = select(schema.Item.id, schema.Source.path, schema.Item.page).join(schema.Source)
    found = connection.execute(origin.where(schema.Item.id.in_(parents))).all()
    made = datetime.now(UTC).replace(tzinfo=None)
    row = {"path": clean(path), "made": made, "orphaned": len(found) < len(set(parents))}
    key = insert_one(connection, schema.Sample, row)
    rows = [{"sample_id": key, "item_id": item, "source": source, "page": page} for item, source, page in found]
    if rows:
        connection.execute(insert(schema.SampleParent), rows)
    return key


def orphaned_samples(connection: Connection) -> list[str]:
    """Paths of the samples of which a parent is gone, oldest first."""
    query = select(schema.Sample.path).where(schema.Sample.orphaned).order_by(schema.Sample.id)
    return list(connection.scalars(query))
