from __future__ import annotations

import pytest

from lucida.query.question import understand
from lucida.query.sentences import reads_as_prose, score_sentences, split_sentences
from lucida.query.spans import short_answer

VAULT = (
    "The Svalbard seed vault was opened in February 2008 by the prime minister Jens Stoltenberg. It stores more than "
    "1.2 million seed samples at minus 18 degrees. The vault lies near Longyearbyen. "
    "Its construction cost 45 million kroner."
)


def test_sentences_end_where_they_end() -> None:
    text = 'Dr. A. Smith paid 3.5 kg. He left (see Fig. 2). "Why?" she asked! It rained.'
    assert split_sentences(text) == [
        "Dr. A. Smith paid 3.5 kg.",
        "He left (see Fig. 2).",
        '"Why?" she asked!',
        "It rained.",
    ]
    assert split_sentences("   ") == []


def test_every_word_of_a_text_is_in_one_sentence() -> None:
    assert " ".join(split_sentences(VAULT)) == VAULT


def test_forms_are_no_prose() -> None:
    assert reads_as_prose("The vault lies near Longyearbyen.")
    assert reads_as_prose("Der Betrag ist ohne Abzug zu zahlen.")
    assert not reads_as_prose("Invoice number BW-2024 Date 14 March Total GBP 1,322.40 IBAN GB29 NWBK")


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("When was the seed vault opened?", "February 2008"),
        ("Who opened the seed vault?", "Jens Stoltenberg"),
        ("How many seed samples does the vault store?", "1.2 million"),
        ("Where does the vault lie?", "Longyearbyen"),
        ("How much did the construction of the vault cost?", "45 million kroner"),
    ],
)
def test_the_sentence_and_its_span(encoder, question: str, answer: str) -> None:
    asked = understand(question)
    best = score_sentences(asked, [(VAULT, ())], {}, encoder)[0]
    assert short_answer(asked, best.text) == answer


def test_words_alone_choose_a_sentence_too() -> None:
    best = score_sentences(understand("Who opened the vault?"), [("It rained all day.", ()), (VAULT, ())], {}, None)[0]
    assert best.passage == 1
    assert "opened" in best.text


def test_a_question_for_anything_keeps_the_sentence() -> None:
    assert short_answer(understand("What is the mood?"), "The mood is calm in May.") is None


def test_the_questions_own_words_are_no_answer() -> None:
    assert short_answer(understand("Who met Jens Stoltenberg?"), "Jens Stoltenberg went home.") is None
