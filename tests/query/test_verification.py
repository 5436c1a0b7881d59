from __future__ import annotations

import random

import pytest

from lucida.query.verification import evidence_of, locate
from lucida.types import Box, union

LINES = [
    [(0.1, "The exam-")], [(0.1, "ple was ﬁne, and the total is 45.00 EUR.")],
    [(0.1, "In 2012 the total was 12 EUR.")], [(0.1, "The total is 45.00 EUR.")], [(0.1, "☒ Resident")],
]  # fmt: skip


@pytest.fixture
def words(words_of):
    return words_of(LINES)


@pytest.mark.parametrize(
    "quote",
    ["the total is 45.00 EUR", "THE EXAMPLE WAS FINE", "example was fine, and", "  in   2012 the\ntotal", "Resident"],
)
def test_found_whatever_the_print(words, quote: str) -> None:
    evidence = locate(quote, words)
    assert evidence is not None
    assert evidence.box == union(words[index].box for index in evidence.words)


@pytest.mark.parametrize("quote", ["the total is 46.00", "2 EUR", "201", "amount", "", "   ", "!!!", "ample was"])
def test_not_found(words, quote: str) -> None:
    assert locate(quote, words) is None


def test_number_within_another_is_not_meant(words) -> None:
    evidence = locate("12", words)
    assert evidence is not None
    assert [words[index].text for index in evidence.words] == ["12"]


def test_of_several_places_the_near_one(words) -> None:
    low = locate("45.00 EUR", words, near=Box(0.0, 0.9, 1.0, 1.0))
    high = locate("45.00 EUR", words, near=Box(0.0, 0.0, 1.0, 0.1))
    assert low is not None
    assert high is not None
    assert low.box.y0 > high.box.y0


def test_a_quote_over_lines_has_a_box_each(words) -> None:
    evidence = locate("The example was fine", words)
    assert evidence is not None
    assert len(evidence.lines) == 2


def test_a_quote_broken_by_other_text_is_pieced_together(words_of) -> None:
    words = words_of([[(0.1, "the committee approved the")], [(0.1, "FIGURE")], [(0.1, "annual budget of the town")]])
    evidence = locate("the committee approved the annual budget of the town", words)
    assert evidence is not None
    assert "FIGURE" not in [words[index].text for index in evidence.words]


def test_single_words_are_not_pieced_together(words_of) -> None:
    words = words_of([[(0.1, "red fox blue dog green cat")]])
    assert locate("red dog green fox", words) is None


def test_a_sign_alone_is_found_as_a_word(words) -> None:
    evidence = locate("☒", words)
    assert evidence is not None
    assert len(evidence.words) == 1


def test_any_run_of_words_verifies(words) -> None:
    source = random.Random(3)
    for _ in range(200):
        start = source.randrange(len(words))
        end = source.randrange(start + 1, len(words) + 1)
        quote = " ".join(word.text for word in words[start:end])
        assert locate(quote, words) is not None, quote


def test_no_words_no_evidence(words) -> None:
    assert evidence_of((), words) is None
    assert locate("total", ()) is None
