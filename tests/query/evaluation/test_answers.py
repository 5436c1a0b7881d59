from __future__ import annotations

import pytest

from lucida.query.evaluation.answers import anls, exact_match, token_f1


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
