from __future__ import annotations

import pytest

from lucida.query.looking.wording import Said, taken_apart


@pytest.mark.parametrize(
    ("text", "answer", "quote"),
    [
        ("ANSWER: 14 May\nQUOTE: due on 14 May", "14 May", "due on 14 May"),
        ("**Answer:** “GBP 1,322.40”\n**Quote:** *Total due GBP 1,322.40*", "GBP 1,322.40", "Total due GBP 1,322.40"),
        ("  42  ", "42", ""),
        ("The total is 42.\nAnything else?", "The total is 42", ""),
        ("answer: 1.5 V.", "1.5 V.", ""),
    ],
)
def test_answers_are_taken_apart(text: str, answer: str, quote: str) -> None:
    assert taken_apart(text) == Said(answer, quote)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n ",
        "NOT FOUND",
        "Answer: not found.",
        "ANSWER: N/A",
        "The page does not say.",
        "I can't see that.",
        "I cannot help with that request",
        "x" * 400,
        "ANSWER: " + "the the " * 20,
    ],
)
def test_no_answer_is_none(text: str) -> None:
    assert taken_apart(text) is None
