from __future__ import annotations

import json
from pathlib import Path

import pytest

from lucida.errors import UsageError
from lucida.query.evaluation.judgements import answerable, read_both, read_qrels, read_queries

EXPECTED = {"q1": {"a b.pdf": 2, "c": 0}, "q2": {"d": 1}}

FORMS = {
    "trec.qrels": "q1 0 a%20b.pdf 2\nq1 0 c 0\n\nq2 0 d 1\n",
    "trec.txt": "q1\tQ0\ta%20b.pdf\t2\nq1 0   c 0\nq2 0 d 1",
    "beir.tsv": "query-id\tcorpus-id\tscore\nq1\ta b.pdf\t2\nq1\tc\t0\nq2\td\t1\n",
    "table.csv": 'qid,document,grade\nq1,"a b.pdf",2\nq1,c,0\nq2,d,1\n',
    "marked.csv": "\ufeffquery_id,source,relevance\nq1,a b.pdf,2.0\nq1,c,0\nq2,d,\n",
    "rows.jsonl": '{"query_id": "q1", "doc_id": "a b.pdf", "relevance": 2}\n{"qid": "q1", "document": "c", "rel": 0}\n'
    '{"query": "q2", "doc": "d"}\n',
    "ranx.json": json.dumps(EXPECTED),
}


@pytest.mark.parametrize("name", FORMS)
def test_every_form_says_the_same(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(FORMS[name], encoding="utf-8")
    assert read_qrels(tmp_path / name) == EXPECTED


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.qrels", "q1 0 a 1\nq1 0 a\n", r"a\.qrels:2 has 3 fields"),
        ("a.qrels", "q1 0 a b 1\n", r"a\.qrels:1 has 5 fields"),
        ("a.qrels", "q1 0 a much\n", r"a\.qrels:1 has the grade 'much'"),
        ("a.qrels", "q1 0 a 0.5\n", r"a\.qrels:1 has the grade"),
        ("a.qrels", "q1 0 a nan\n", r"a\.qrels:1 has the grade"),
        ("a.qrels", "q1 0 a inf\n", r"a\.qrels:1 has the grade"),
        ("a.qrels", "q1 0 a 1\n\nq1 0 a 2\n", r"a\.qrels:3 judges a for query q1 a second time"),
        ("a.tsv", "query-id\tcorpus-id\tscore\nq1\ta\n", r"a\.tsv:2 has not as many fields"),
        ("a.tsv", "query-id\tcorpus-id\tscore\nq1\ta\t1\t2\n", r"a\.tsv:2 has not as many fields"),
        ("a.csv", 'qid,doc,rel\nq1,"a"b,1\n', r"a\.csv:2 does not parse"),
        ("a.csv", "qid,doc,rel\n,a,1\n", r"a\.csv:2 has no query-id"),
        ("a.jsonl", '{"qid": "q1", "doc": "a"}\n{"qid"\n', r"a\.jsonl:2 is no JSON"),
        ("a.jsonl", "[1]\n", r"a\.jsonl:1 is no JSON object"),
        ("a.jsonl", '{"qid": "q1"}\n', r"a\.jsonl:1 has no corpus-id"),
        ("a.json", '{\n"q1": {"a": 1},\n}', r"a\.json:3 is no JSON"),
        ("a.json", '{"q1": {"a": "much"}}', r"a\.json under 'q1' has the grade 'much'"),
        ("a.json", '["q"]', r"a\.json, entry 1, has no query"),
        ("a.json", json.dumps([{"query": "x", "relevant": [], "id": 1}] * 2), "2, has the id 1"),
        ("a.json", "7", "neither queries nor judgements"),
    ],
)  # fmt: skip
def test_bad_lines_are_named(tmp_path: Path, name: str, text: str, message: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(UsageError, match=message):
        read_qrels(tmp_path / name)


def test_unreadable_files(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        read_qrels(tmp_path / "absent.qrels")
    (tmp_path / "latin.qrels").write_bytes(b"q1 0 \xe9 1\n")
    with pytest.raises(UsageError, match="cannot be read"):
        read_qrels(tmp_path / "latin.qrels")


def test_negative_grades_are_not_relevant(tmp_path: Path) -> None:
    (tmp_path / "a.qrels").write_text("q1 0 a -1\nq2 0 b 1\n")
    assert answerable(read_qrels(tmp_path / "a.qrels")) == ["q2"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.tsv", "1\ta red bicycle\n2\tzwei Räder\n"),
        ("b.tsv", "id\ttext\n1\ta red bicycle\n2\tzwei Räder\n"),
        ("a.csv", 'qid,query\n1,"a red bicycle"\n2,zwei Räder\n'),
        (
            "queries.jsonl",
            '{"_id": "1", "text": "a red bicycle", "metadata": {}}\n{"_id": "2", "text": "zwei Räder"}\n',
        ),
        ("a.json", '{"1": "a red bicycle", "2": "zwei Räder"}'),
    ],
)
def test_queries(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert read_queries(tmp_path / name) == {"1": "a red bicycle", "2": "zwei Räder"}


@pytest.mark.parametrize(
    ("text", "message"), [("1 no tab\n", ":1 has no tab"), ("1\tx\n1\ty\n", ":2 gives"), ("1\t \n", ":1 gives")]
)
def test_bad_queries_are_named(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "q.tsv").write_text(text)
    with pytest.raises(UsageError, match=message):
        read_queries(tmp_path / "q.tsv")


def test_a_list_of_queries_with_what_is_relevant(tmp_path: Path) -> None:
    rows = [
        {"query": "x", "relevant": ["a", "b"]},
        {"query": "y", "relevant": {"c": 2}, "id": "why"},
        {"query": "z", "relevant": []},
    ]
    (tmp_path / "a.json").write_text(json.dumps(rows))
    texts, qrels = read_both(tmp_path / "a.json")
    assert texts == {"q1": "x", "why": "y", "q3": "z"}
    assert qrels == {"q1": {"a": 1, "b": 1}, "why": {"c": 2}, "q3": {}}
    assert answerable(qrels) == ["q1", "why"]


def test_the_example_searches_read() -> None:
    texts, qrels = read_both(Path(__file__).parents[3] / "examples" / "searches.json")
    assert len(texts) == len(qrels) == len(answerable(qrels)) >= 14
