from __future__ import annotations

import numpy as np
import pytest

TEXTS = (
    "The invoice total is 1,234.50 EUR",
    "Running dogs and running cats",
    "Die Straßenbahn fährt nach Köln über Zürich",
    "東京都の天気は晴れです",
    "near or not and: the operators AND OR NOT NEAR",
    'a "quoted" col:on * star ^ caret - minus (paren',
)


@pytest.fixture
def words(index, make):
    index.publish([make.reading(texts=TEXTS, section=("Überschrift Bahnhof",))])
    return index


def found(index, *terms, k=10, among=None):
    return [item for item, _ in index.full_text(terms, k, among=among)]


@pytest.mark.parametrize(
    ("term", "item"),
    [
        ("invoices", 1),
        ("INVOICE", 1),
        ("1,234.50", 1),
        ("run", 2),
        ("köln", 3),
        ("KOLN", 3),
        ("zurich", 3),
        ("東京", 4),
        ("天気", 4),
        ("NEAR", 5),
        ("col:on", 6),
        ('"quoted"', 6),
        ("running cats", 2),
    ],
)
def test_words_are_found(words, term, item):
    assert found(words, term)[:1] == [item]


@pytest.mark.parametrize(
    "term",
    [
        "",
        " ",
        '"',
        '""',
        "*",
        "AND",
        "col:",
        "^",
        "-",
        "(",
        ")",
        "NEAR(a b, 2)",
        "a* b",
        "\0",
        "\ud800",
        "'; DROP TABLE words; --",
        "{text} : x",
        "京東",
        "%",
        "\\",
        "+",
        "\U0001f600",
    ],
)
def test_no_query_is_an_error(words, term):
    words.full_text([term, "invoice"], 5)
    assert 1 in found(words, term, "invoice")
    assert isinstance(words.term_frequencies([term])[term], int)


def test_no_terms(words):
    assert found(words) == []
    assert found(words, "...") == []
    assert found(words, "invoice", k=0) == []


def test_any_term_may_match_and_more_is_better(words):
    assert set(found(words, "invoice", "dogs")) == {1, 2}
    hits = words.full_text(["running", "cats", "the"], 10)
    assert hits[0][0] == 2
    assert [score for _, score in hits] == sorted((score for _, score in hits), reverse=True)


def test_section_titles_and_captions_count(words, make):
    assert set(found(words, "bahnhof")) == {1, 2, 3, 4, 5, 6}
    words.publish([make.reading("/docs/p.jpg", (), pages=(make.page(caption="Ein Kölner Bahnhof"),))])
    assert 7 in found(words, "kölner")
    assert words.term_frequencies(["kölner"]) == {"kölner": 0}  # a caption is no passage


def test_among_narrows(words):
    assert found(words, "bahnhof", among=np.array([2, 5, 900])) == [2, 5]
    assert found(words, "bahnhof", among=np.array([], dtype=np.int64)) == []
    assert len(found(words, "bahnhof", k=2, among=np.arange(1000))) == 2


def test_frequencies_are_stemmed_as_the_search_is(words):
    counts = words.term_frequencies(["run", "runs", "the", "東京", "absent"])
    assert counts == {"run": 1, "runs": 1, "the": 2, "東京": 1, "absent": 0}
    assert words.passage_count() == 6
