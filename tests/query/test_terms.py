from __future__ import annotations

import pytest

from lucida.query.terms import content_terms, fold, language_of, stem, tokens


def test_tokens_give_offsets_into_the_text_as_printed() -> None:
    text = "Zürich, ﬁne: R&D-2024"
    for token in tokens(text):
        assert text[token.start : token.end] == token.text
    assert [token.folded for token in tokens(text)] == ["zurich", "fine", "r", "d", "2024"]


@pytest.mark.parametrize(("text", "folded"), [("ÉCOLE", "ecole"), ("Straße", "strasse"), ("plain", "plain")])
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("What is the date of the letter?", "en"),
        ("Wie lautet die Nummer der Rechnung?", "de"),
        ("Quelle est la date de la facture ?", "fr"),
        ("¿Cuál es el número de la factura?", "es"),
        ("12345", "en"),
        ("", "en"),
    ],
)
def test_language(text: str, language: str) -> None:
    assert language_of(text) == language


def test_stems_join_inflections_in_their_language() -> None:
    assert stem("invoices") == stem("Invoice")
    assert stem("Rechnungen", "de") == stem("Rechnung", "de")
    assert stem("houses", "xx") == stem("house", "en")


def test_content_terms_drop_stop_words_but_never_all_words() -> None:
    assert content_terms("What is the total on the receipt?") == ["total", "receipt"]
    assert content_terms("To be or not to be") == ["to", "be", "or", "not"]
    assert content_terms("?!") == []


def test_content_terms_are_distinct_and_limited() -> None:
    assert content_terms("cat cat dog") == ["cat", "dog"]
    assert len(content_terms(" ".join(f"word{i}" for i in range(5000)))) == 64
