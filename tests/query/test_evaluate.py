from __future__ import annotations

import pytest

from lucida.query.evaluate import AnswerRow, anls, evaluate_answers, exact_match, token_f1


def test_anls_follows_its_paper() -> None:
    assert anls("Hello World", ["hello  world"]) == 1.0
    assert anls("hello worle", ["hello world"]) == pytest.approx(10 / 11)
    assert anls("zzz", ["hello"]) == 0.0
    assert anls("helxx", ["hello"]) == pytest.approx(0.6)
    assert anls("anything", []) == 0.0


def test_squad_measures() -> None:
    assert exact_match("The  Vault!", "vault") == 1.0
    assert token_f1("the seed vault", "vault") == pytest.approx(2 / 3)
    assert token_f1("x", "y") == 0.0


def test_metrics_over_rows() -> None:
    rows = [
        AnswerRow(("Oslo",), "Oslo"),
        AnswerRow(("Oslo",), None),
        AnswerRow((), None),
        AnswerRow((), "Oslo"),
    ]
    metrics = evaluate_answers(rows)
    assert metrics.anls == 0.5
    assert metrics.exact_match == 0.5
    assert metrics.f1 == 0.5
    assert metrics.abstention_precision == 0.5
    assert metrics.abstention_recall == 0.5
    assert metrics.answered == 0.5
    assert metrics.questions == 4


def test_no_rows() -> None:
    assert evaluate_answers([]).questions == 0
