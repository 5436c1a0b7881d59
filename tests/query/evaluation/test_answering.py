from __future__ import annotations

import pytest

from lucida.query.evaluation.answering import Outcome, confidences, judged, measures
from lucida.query.evaluation.questions import Gold, GoldQuestion
from lucida.types import Answer, Box, Citation, Word

PLACE = Box(0.1, 0.1, 0.3, 0.12)


def word(text: str, x0: float, x1: float, line: int = 0) -> Word:
    return Word(text, Box(x0, 0.1 + 0.05 * line, x1, 0.12 + 0.05 * line), 1.0, line)


WORDS = [word("Total", 0.0, 0.09), word("5,004", 0.1, 0.2), word("euros", 0.21, 0.3), word("gone", 0.0, 0.1, 4)]


def page(source: str, number: int) -> list[Word] | None:
    return WORDS if (source, number) == ("/d/a.pdf", 1) else None


def answer(
    text: str, quote: str = "5,004 euros", box: Box = PLACE, sure: float = 0.9, source: str = "/d/a.pdf"
) -> Answer:
    return Answer(text, abstained=False, confidence=sure, citations=(Citation(source, 1, box, quote),))


SILENT = Answer("Nothing.", abstained=True, confidence=0.2)
ASKED = GoldQuestion("1", "How much?", (Gold("5,004 euros", 1, PLACE),), "amount", "a.pdf")
UNANSWERABLE = GoldQuestion("2", "Who?", (), "none", "a.pdf")


def outcome(question: GoldQuestion, given: Answer) -> Outcome:
    return judged(question, given, 0.1, page)


def test_a_right_answer_at_its_place() -> None:
    one = outcome(ASKED, answer("5,004 euros"))
    assert one.right
    assert (one.anls, one.exact, one.f1, one.quotes, one.on_target) == (1.0, 1.0, 1.0, 1, True)
    assert one.overlap == pytest.approx(1.0)


def test_silence_is_right_where_there_is_no_answer() -> None:
    assert outcome(UNANSWERABLE, SILENT).right
    assert not outcome(UNANSWERABLE, answer("Ann")).right
    assert not outcome(ASKED, SILENT).right
    assert outcome(ASKED, SILENT).f1 == 0.0


def test_a_box_elsewhere_misses_and_one_around_holds() -> None:
    elsewhere = outcome(ASKED, answer("5,004 euros", box=Box(0.5, 0.5, 0.7, 0.6)))
    assert elsewhere.right
    assert elsewhere.on_target is False
    assert elsewhere.quotes == 0
    around = outcome(ASKED, answer("5,004 euros", box=Box(0.0, 0.05, 0.4, 0.2)))
    assert around.on_target
    assert around.overlap is not None
    assert around.overlap < 0.5
    other_page = GoldQuestion("3", "How much?", (Gold("5,004 euros", 2, PLACE),))
    assert outcome(other_page, answer("5,004 euros")).on_target is False


@pytest.mark.parametrize(
    ("quote", "box", "stands"),
    [
        ("Total euros", Box(0.0, 0.1, 0.3, 0.12), 1),  # a label and a value with something between them
        ("5,005 euros", PLACE, 0),
        ("gone", PLACE, 0),
        ("euros euros", PLACE, 0),
    ],
)
def test_quotes_are_looked_up_within_their_box(quote: str, box: Box, stands: int) -> None:
    assert outcome(ASKED, answer("5,004 euros", quote, box)).quotes == stands


def test_a_page_that_is_gone_proves_nothing() -> None:
    assert outcome(ASKED, answer("5,004 euros", source="/d/b.pdf")).quotes == 0


def test_measures_say_what_they_are_over() -> None:
    rows = [
        outcome(ASKED, answer("5,004 euros")),
        outcome(ASKED, answer("5,004 eurs", source="/d/b.pdf")),
        outcome(ASKED, SILENT),
        outcome(UNANSWERABLE, SILENT),
        outcome(UNANSWERABLE, answer("Ann")),
    ]
    found = {name: (round(at.value, 3), at.count) for name, at in measures(rows).items()}
    assert found["anls"] == (round((1 + 10 / 11) / 3, 3), 3)
    assert found["exact_match"] == (0.333, 3)
    assert found["f1_all"][1] == 5
    assert found["right_of_answered"] == (0.667, 3)
    assert found["source_of_right"] == (0.5, 2)
    assert found["quotes_that_stand"] == (0.667, 3)
    assert found["answerable_refused"] == (0.333, 3)
    assert found["unanswerable_refused"] == (0.5, 2)
    assert "unanswerable_refused" not in measures(rows[:3])


def test_reliability_counts_what_was_answered() -> None:
    rows = [
        outcome(ASKED, answer("5,004 euros", sure=0.95)),
        outcome(ASKED, answer("wrong", sure=0.91)),
        outcome(ASKED, answer("5,004 euros", sure=1.0)),
        outcome(ASKED, answer("5,004 euros", sure=0.31)),
        outcome(ASKED, SILENT),
    ]
    bins, error = confidences(rows)
    assert [(row.low, row.count) for row in bins] == [(0.3, 1), (0.9, 3)]
    assert bins[1].right == pytest.approx(2 / 3)
    assert error == pytest.approx(0.25 * 0.69 + 0.75 * abs((0.95 + 0.91 + 1.0) / 3 - 2 / 3))
    assert confidences([]) == ((), 0.0)
