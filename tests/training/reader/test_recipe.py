"""Which questions a run turns into unanswerable ones, where there are too many of them."""

from __future__ import annotations

from lucida.query.evaluation.squad import ProseQuestion
from lucida.training.reader import recipe


def asked(count: int) -> list[ProseQuestion]:
    """Two questions a passage."""
    return [ProseQuestion(str(n), "Town", f"Who is {n}?", f"Passage {n // 2}.", ((0, 7),)) for n in range(count)]


def test_few_questions_are_all_turned() -> None:
    assert recipe._some(asked(40), 1) == asked(40)


def test_of_many_some_are_turned_by_whole_passages_and_by_the_seed() -> None:
    many = asked(4 * recipe._TURNED)
    some = recipe._some(many, 1)
    assert 0.8 * recipe._TURNED < len(some) < 1.2 * recipe._TURNED
    passages = {question.passage for question in some}
    assert len(some) == 2 * len(passages)
    assert some == recipe._some(many, 1) != recipe._some(many, 2)


def test_shares_name_every_source() -> None:
    assert recipe._FEW_SHARES.keys() == recipe._PLENTY_SHARES.keys()
