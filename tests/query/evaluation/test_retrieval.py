from __future__ import annotations

import csv
import math
import sys
from pathlib import Path

import numpy as np
import pytest

from lucida.errors import DependencyError, UsageError
from lucida.query.evaluation.retrieval import compare, score, worst
from lucida.query.evaluation.tables import write_per_query

QRELS = {"a": {"d1": 2, "d2": 0, "d3": 1}, "b": {"d9": 1}, "c": {"d4": 1, "d5": 1}, "none": {"d1": 0}, "void": {}}


def run_of(**found: str) -> dict[str, list[tuple[str, float]]]:
    return {query: [(name, 1.0) for name in names.split()] for query, names in found.items()}


RUN = run_of(a="d2 d1 d7 d3", c="d4", none="d1", other="d1")


def test_measures_are_those_calculated_by_hand() -> None:
    found = score("x", QRELS, RUN, ["nDCG@10", "nDCG@2", "R@1", "R@2", "RR@10", "AP", "P@2", "P@10"]).values
    ideal = 2 + 1 / math.log2(3)
    assert found["nDCG@10"].tolist() == pytest.approx(
        [(2 / math.log2(3) + 1 / math.log2(5)) / ideal, 0, 1 / (1 + 1 / math.log2(3))]
    )
    assert found["nDCG@2"][0] == pytest.approx(2 / math.log2(3) / ideal)
    assert found["R@1"].tolist() == [0, 0, 0.5]
    assert found["R@2"].tolist() == [0.5, 0, 0.5]
    assert found["RR@10"].tolist() == [0.5, 0, 1]
    assert found["AP"].tolist() == pytest.approx([(1 / 2 + 2 / 4) / 2, 0, 1 / 2])
    assert found["P@2"].tolist() == [0.5, 0, 0.5]
    assert found["P@10"].tolist() == pytest.approx([0.2, 0, 0.1])


def test_agrees_with_trec_eval_on_random_runs() -> None:
    import pytrec_eval

    random = np.random.default_rng(0)
    qrels = {f"q{i}": {f"d{d}": int(random.integers(0, 3)) for d in range(12)} for i in range(20)}
    run = {query: [(f"d{d}", 0.0) for d in random.permutation(40)[:25]] for query in qrels}
    ours = score("x", qrels, run, ["nDCG@10", "AP", "RR", "P@10", "R@10"])
    as_scores = {q: {doc: 100.0 - rank for rank, (doc, _) in enumerate(found)} for q, found in run.items()}
    names = {"nDCG@10": "ndcg_cut_10", "AP": "map", "RR": "recip_rank", "P@10": "P_10", "R@10": "recall_10"}
    theirs = pytrec_eval.RelevanceEvaluator(qrels, {"ndcg_cut", "map", "recip_rank", "P", "recall"}).evaluate(as_scores)
    for measure, column in names.items():
        assert ours.values[measure].tolist() == pytest.approx([theirs[q][column] for q in ours.queries])


def test_order_counts_and_not_the_scores() -> None:
    tied = {"b": [("d9", 0.0), ("z", 0.0)]}
    assert score("x", {"b": {"d9": 1}}, tied, ["RR"]).values["RR"].tolist() == [1.0]
    rising = {"b": [("d9", 0.0), ("z", 5.0)]}
    assert score("x", {"b": {"d9": 1}}, rising, ["RR"]).values["RR"].tolist() == [1.0]


def test_missing_and_unanswerable_queries_are_told_apart() -> None:
    found = score("x", QRELS, RUN)
    assert found.queries == ("a", "b", "c")
    assert found.lost == ("b",)
    assert found.unanswerable == ("none", "void")
    assert found.silent == ("void",)
    document = found.to_json()
    assert (document["unanswerable"], document["silent"], document["lost"]) == (2, 1, ["b"])


def test_an_empty_run_scores_nothing() -> None:
    found = score("x", QRELS, {})
    assert all(not values.any() and len(values) == 3 for values in found.values.values())
    assert found.lost == found.queries


def test_wrong_use() -> None:
    with pytest.raises(UsageError, match="No query has a relevant"):
        score("x", {"a": {"d": 0}}, {})
    for name in ("foo@3", "R@many", "BPM"):
        with pytest.raises(UsageError, match="measure"):
            score("x", QRELS, RUN, [name])


def test_an_absent_package_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ir_measures", None)
    with pytest.raises(DependencyError, match="ir_measures is needed to measure retrieval"):
        score("x", QRELS, RUN)


def test_comparison_is_paired_by_query() -> None:
    better = run_of(a="d1 d3", b="d9", c="d5 d4")
    rows = compare(score("x", QRELS, RUN), score("y", QRELS, better))
    assert rows["R@10"].estimate.value == pytest.approx((0 + 1 + 0.5) / 3)
    assert (rows["R@10"].better, rows["R@10"].worse, rows["R@10"].equal) == (2, 0, 1)
    back = compare(score("y", QRELS, better), score("x", QRELS, RUN))
    assert back["R@10"].estimate.value == pytest.approx(-rows["R@10"].estimate.value)
    with pytest.raises(UsageError, match="different queries"):
        compare(score("x", QRELS, RUN), score("z", {"b": {"d": 1}}, RUN))


def test_the_worst_come_first_with_what_was_found_instead() -> None:
    found = worst(score("x", QRELS, RUN), QRELS, {"a": "an apple"}, count=5, depth=2)
    assert [row.query for row in found] == ["b", "c", "a"]
    assert (found[2].text, found[2].wanted, found[2].found) == ("an apple", ("d1", "d3"), ("d2", "d1"))
    assert found[0].found == ()
    by_rank = worst(score("x", QRELS, RUN), QRELS, {}, measure="RR@10", count=5)
    assert [row.query for row in by_rank] == ["b", "a"]  # c has its answer first
    assert worst(score("x", QRELS, RUN), QRELS, {}, count=0) == []


def test_figures_per_query_as_csv(tmp_path: Path) -> None:
    runs = [score("one", QRELS, RUN, ["R@10", "AP"]), score("two", QRELS, {}, ["R@10", "AP"])]
    write_per_query(tmp_path / "a.csv", runs, {"a": 'say "hi", then'})
    rows = list(csv.DictReader((tmp_path / "a.csv").read_text().splitlines()))
    assert [row["query"] for row in rows] == ["a", "b", "c"]
    assert rows[0]["text"] == 'say "hi", then'
    assert (rows[0]["one R@10"], rows[0]["one found"], rows[0]["two AP"]) == ("1", "4", "0")
    write_per_query(tmp_path / "b.csv", runs[:1], {})
    assert (tmp_path / "b.csv").read_text().startswith("query,text,R@10,AP,found\n")
