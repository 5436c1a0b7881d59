"""Sentence ends between words."""

from __future__ import annotations

import pytest

from lucida.ingest.structure.sentences import ends_sentence


@pytest.mark.parametrize(
    ("word", "following", "ends"),
    [
        ("done.", "Then", True),
        ("done.", "then", False),
        ("done.”", "“Then", True),
        ("why?", "Because", True),
        ("Dr.", "Miller", False),
        ("J.", "Smith", False),
        ("U.S.", "Army", False),
        ("Fig.", "3", False),
        ("No.", "12", False),
        ("z.B.", "Holz", False),
        ("3.", "Mai", False),
        ("2019.", "The", True),
        ("4.5", "percent", False),
        ("etc.)", "Next", False),
        ("です。", "次", True),
        ("plain", "Word", False),
        ("plain", None, True),
    ],
)
def test_ends(word: str, following: str | None, ends: bool) -> None:
    assert ends_sentence(word, following) is ends
