from __future__ import annotations

import pytest

from lucida.query.letters import read_letters
from lucida.query.question import understand

LETTER = [
    [(0.1, "Your letter of 3 February 2025")],
    [(0.1, "Eastmere, 18 February 2025")],
    [(0.1, "Dear Ms Solheim,")],
    [(0.1, "thank you for your letter and the tour of your galleries in May 2024.")],
    [(0.1, "With kind regards,")],
    [],
    [],
    [(0.1, "Margaret Oyelaran")],
    [(0.1, "Registrar")],
]


@pytest.mark.parametrize(
    ("question", "answer"),
    [("Who wrote the letter?", "Margaret Oyelaran"), ("When was the letter written?", "18 February 2025")],
)
def test_by_place(page_of, question: str, answer: str) -> None:
    assert read_letters(page_of(LETTER), understand(question))[0].text == answer


def test_other_questions_and_other_pages_give_nothing(page_of) -> None:
    assert read_letters(page_of(LETTER), understand("What is the total?")) == []
    assert read_letters(page_of(LETTER[:2]), understand("When was the letter written?")) == []
    assert read_letters(page_of([]), understand("Who signed the letter?")) == []
