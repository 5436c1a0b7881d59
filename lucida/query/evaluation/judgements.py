"""Queries and relevance judgements in the forms that people have them in.

Judgements (qrels): TREC (``query 0 document grade``), BEIR's TSV with a header, CSV or JSONL with such fields, ranx's
JSON (``{query: {document: grade}}``). Queries: TSV (``id<TAB>text``), BEIR's ``queries.jsonl``, CSV, JSON. Both at
once: a JSON list of ``{"query", "relevant"}``, as in ``examples/searches.json``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import unquote

from lucida.errors import UsageError
from lucida.query.evaluation.records import Row, header_of, json_lines, json_of, lines_of, table

#: Grade of each judged document, by query; above 0 is relevant.
Qrels: TypeAlias = dict[str, dict[str, int]]

_QUERY = ("query-id", "query_id", "qid", "query")
_DOCUMENT = ("corpus-id", "doc_id", "docid", "document", "doc", "source", "item")
_GRADE = ("score", "relevance", "rel", "grade", "label")
_ID = ("_id", "id", "query-id", "query_id", "qid")
_TEXT = ("text", "query", "title", "question")
_TREC_FORM = "Write four fields: query, 0, document, grade."


def read_qrels(path: Path) -> Qrels:
    """Read judgements of any known form; a query may have no relevant document at all.

    Raises:
        UsageError: the file cannot be read, or a line has another form; the error names file and line.
    """
    if path.suffix == ".json":
        return read_both(path)[1]
    rows = json_lines(path) if path.suffix == ".jsonl" else table(path) if _has_header(path) else None
    return _gathered(_trec(path) if rows is None else map(_judgement, rows))


def read_queries(path: Path) -> dict[str, str]:
    """Read queries of any known form: text by id.

    Raises:
        UsageError: as ``read_qrels``; also a query twice with different texts, or one without words.
    """
    if path.suffix == ".json":
        return read_both(path)[0]
    pairs: Iterable[tuple[str, str, str]]
    if path.suffix == ".jsonl":
        pairs = ((row.place, str(row.get(_ID)), str(row.get(_TEXT))) for row in json_lines(path))
    elif set(header_of(path)) & set(_ID) and set(header_of(path)) & set(_TEXT):
        pairs = ((row.place, row.get(_ID), row.get(_TEXT)) for row in table(path))
    else:
        pairs = _tab_separated(path)
    queries: dict[str, str] = {}
    for place, name, text in pairs:
        if not text.strip() or queries.setdefault(name, text) != text:
            raise UsageError(f"{place} gives query {name} another text, or none.", "Give each query one text.")
    return queries


def read_both(path: Path) -> tuple[dict[str, str], Qrels]:
    """Read a JSON file: a list of queries with what is relevant, or an object by query.

    Returns:
        Texts by query (empty for ``{query: {document: grade}}``) and judgements (empty for ``{query: text}``).

    Raises:
        UsageError: the document has another shape.
    """
    found = json_of(path)
    if isinstance(found, list):
        return _listed(found, path)
    if isinstance(found, dict) and all(isinstance(value, str) for value in found.values()):
        return {str(name): value for name, value in found.items()}, {}
    if isinstance(found, dict) and all(isinstance(value, dict) for value in found.values()):
        rows = (
            (f"{path} under {name!r}", str(name), document, grade)
            for name, judged in found.items()
            for document, grade in judged.items()
        )
        return {}, {str(name): {} for name in found} | _gathered(rows)
    raise UsageError(
        f"{path} holds neither queries nor judgements.",
        'Write [{"query": "...", "relevant": ["file"]}] or {"query": {"document": 1}}.',
    )


def _listed(rows: list[Any], path: Path) -> tuple[dict[str, str], Qrels]:
    queries: dict[str, str] = {}
    qrels: Qrels = {}
    for number, row in enumerate(rows, start=1):
        place = f"{path}, entry {number},"
        if not isinstance(row, dict) or not isinstance(row.get("query"), str) or "relevant" not in row:
            raise UsageError(
                f"{place} has no query, or does not say what is relevant.", "Give both; relevant may be []."
            )
        name, relevant = str(row.get("id", f"q{number}")), row["relevant"]
        graded = relevant if isinstance(relevant, dict) else dict.fromkeys(relevant, 1)
        if name in queries:
            raise UsageError(f"{place} has the id {name}, which another has.", "Give each query an id of its own.")
        queries[name] = row["query"]
        qrels[name] = {str(document): _grade(grade, place) for document, grade in graded.items()}
    return queries, qrels


def _has_header(path: Path) -> bool:
    names = set(header_of(path))
    return bool(names & set(_QUERY) and names & set(_DOCUMENT))


def _trec(path: Path) -> Iterator[tuple[str, str, str, Any]]:
    for place, line in lines_of(path):
        fields = line.split()
        if len(fields) != 4:
            raise UsageError(f"{place} has {len(fields)} fields.", _TREC_FORM)
        yield place, fields[0], unquote(fields[2]), fields[3]


def _judgement(row: Row) -> tuple[str, str, str, Any]:
    grade = next((row.fields[name] for name in _GRADE if row.fields.get(name) not in (None, "")), 1)
    return row.place, str(row.get(_QUERY)), str(row.get(_DOCUMENT)), grade


def _tab_separated(path: Path) -> Iterator[tuple[str, str, str]]:
    for place, line in lines_of(path):
        name, tab, text = line.partition("\t")
        if not tab:
            raise UsageError(f"{place} has no tab.", "Write an id, a tab and the query, or a header that names both.")
        yield place, name.strip(), text.strip()


def _gathered(rows: Iterable[tuple[str, str, str, Any]]) -> Qrels:
    qrels: Qrels = {}
    for place, query, document, written in rows:
        grade = _grade(written, place)
        if qrels.setdefault(query, {}).setdefault(document, grade) != grade:
            raise UsageError(f"{place} judges {document} for query {query} a second time.", "Keep one of the grades.")
    return qrels


def _grade(written: object, place: str) -> int:
    try:
        grade = float(str(written))
    except ValueError:
        grade = 0.5
    if not grade.is_integer():
        raise UsageError(f"{place} has the grade {written!r}.", "Grades are whole numbers; 0 is not relevant.")
    return int(grade)


def answerable(qrels: Mapping[str, Mapping[str, int]]) -> list[str]:
    """Queries that have a relevant document, in order."""
    return [query for query, judged in qrels.items() if any(grade > 0 for grade in judged.values())]
