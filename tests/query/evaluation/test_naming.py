from __future__ import annotations

import pytest

from lucida.errors import UsageError
from lucida.query.evaluation.naming import naming
from lucida.types import Box, Hit

PATHS = ["/lib/notes/a.pdf", "/lib/notes/b.pdf", "/lib/other/b.pdf", "/lib/2024"]


def hit(number: int, source: str, page: int = 1, score: float = 0.5) -> Hit:
    return Hit(1, number, score, "passage", source, page, Box.whole(), "text")


def test_documents_are_found_by_the_end_of_their_path() -> None:
    names = naming(["a.pdf", "other/b.pdf", "/lib/notes/b.pdf", "gone.pdf", "otes/b.pdf"], PATHS)
    assert names.name(hit(1, "/lib/notes/a.pdf", 7)) == "a.pdf"
    assert names.name(hit(2, "/lib/other/b.pdf")) == "other/b.pdf"
    assert names.name(hit(3, "/lib/notes/b.pdf")) == "/lib/notes/b.pdf"
    assert names.name(hit(4, "/lib/new.txt")) == "/lib/new.txt"
    assert names.absent == ("gone.pdf", "otes/b.pdf")


def test_pages_and_items_are_narrower_than_sources() -> None:
    names = naming(["a.pdf", "a.pdf#page=3", "17", "item:18", "2024"], PATHS)
    assert names.name(hit(1, "/lib/notes/a.pdf", 3)) == "a.pdf#page=3"
    assert names.name(hit(1, "/lib/notes/a.pdf", 4)) == "a.pdf"
    assert names.name(hit(17, "/lib/notes/a.pdf", 3)) == "17"
    assert names.name(hit(18, "/lib/other/b.pdf")) == "item:18"
    assert names.name(hit(1, "/lib/2024")) == "2024"
    assert names.name(hit(1, "/lib/other/b.pdf", 9)) == "/lib/other/b.pdf#page=9"


def test_a_name_that_means_two_things_is_refused() -> None:
    with pytest.raises(UsageError, match=r"b\.pdf may be /lib/notes/b\.pdf or /lib/other/b\.pdf"):
        naming(["b.pdf"], PATHS)


def test_each_document_counts_once_where_it_comes_first() -> None:
    names = naming(["a.pdf"], PATHS)
    hits = [hit(1, "/lib/notes/a.pdf", 1, 0.9), hit(2, "/lib/2024", 1, 0.8), hit(3, "/lib/notes/a.pdf", 2, 0.7)]
    assert names.ranked(hits) == [("a.pdf", 0.9), ("/lib/2024", 0.8)]
