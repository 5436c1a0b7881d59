from __future__ import annotations

import pytest

from lucida.query.question import understand
from lucida.query.spans import form, short_answer


@pytest.mark.parametrize(
    ("question", "sentence", "answer"),
    [
        ("How large was the largest drift?", "We waited for ten days; the largest drift was 0.11 K.", "0.11 K"),
        ("How long is the warranty?", "The warranty of the pump runs for 18 months from delivery.", "18 months"),
        ("When does the loan end?", "The loan begins on 9 May 2025 and ends on 30 November 2025.", "30 November 2025"),
        ("Until when does it run?", "It begins on 1 May 2025 and runs until 31 July 2027.", "31 July 2027"),
        ("How many single rooms are reserved?", "Reserved: twelve twin rooms and three single rooms.", "three"),
        ("What does a twin room cost?", "It is 118 euros per twin room and 84 euros per single room.", "118 euros"),
        ("When does the ferry leave?", "The ferry leaves the northern pier at 14:30 every weekday.", "14:30"),
        ("Until when may we cancel?", "You may cancel free of charge until 17 May.", "17 May"),
        (
            "Wie hoch ist die Kaution?",
            "Die Mieter leisten eine Kaution von 2.235,00 €.",
            "2.235,00 €",
        ),
    ],
)
def test_the_span_that_the_words_point_to(question: str, sentence: str, answer: str) -> None:
    assert short_answer(understand(question), sentence) == answer


def test_a_sentence_without_the_form_hardly_answers() -> None:
    asked = understand("How much is the deposit?")
    assert form(asked, "The deposit is held by the bank.", None) == 0.0
    assert form(asked, "The deposit is £20.", "£20") == 1.0
