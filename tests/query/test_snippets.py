from __future__ import annotations

import random

from lucida.query.snippets import SNIPPET_LENGTH, make_snippet


def marked(snippet) -> list[str]:
    return [snippet.text[start:end] for start, end in snippet.highlights]


def test_a_short_text_is_shown_whole() -> None:
    snippet = make_snippet("The  invoices\nwere paid.", ["invoice"])
    assert snippet.text == "The invoices were paid."
    assert marked(snippet) == ["invoices"]


def test_the_window_holds_the_densest_matches() -> None:
    filler = "lorem ipsum dolor sit amet " * 30
    text = f"whale {filler} the blue whale sang a song of the sea {filler} song"
    snippet = make_snippet(text, ["whale", "song"])
    assert "the blue whale sang a song" in snippet.text
    assert marked(snippet) == ["whale", "song"]
    assert snippet.text.startswith("…")
    assert snippet.text.endswith("…")


def test_cuts_fall_on_word_borders() -> None:
    words = [f"word{i}" for i in range(400)]
    snippet = make_snippet(" ".join(words), ["word200"])
    assert set(snippet.text.strip("…").split()) <= set(words)


def test_prefixes_match_from_four_letters_on() -> None:
    assert marked(make_snippet("a carpet in the photography room", ["car", "photo"])) == ["photography"]


def test_without_matches_the_beginning_is_shown() -> None:
    text = "start " + "filler " * 100
    snippet = make_snippet(text, ["absent"])
    assert snippet.text.startswith("start")
    assert snippet.highlights == ()


def test_any_text_keeps_within_the_length_with_true_offsets() -> None:
    source = random.Random(7)
    for _ in range(300):
        words = ["".join(source.choices("abcdeé ßﬁ", k=source.randint(1, 60))) for _ in range(source.randint(0, 60))]
        terms = source.sample(words, min(3, len(words)))
        snippet = make_snippet(" ".join(words), [term.strip() for term in terms if term.strip()])
        assert len(snippet.text) <= SNIPPET_LENGTH
        ends = [0]
        for start, end in snippet.highlights:
            assert ends[-1] <= start < end <= len(snippet.text)
            assert " " not in snippet.text[start:end]
            ends.append(end)
