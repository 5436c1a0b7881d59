from __future__ import annotations

import os

import pytest

from lucida.types.paths import json_path, printable


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (b"plain.pdf", "plain.pdf"),
        ("Größe 🏔.pdf".encode(), "Größe 🏔.pdf"),
        (b"two\nlines.txt", "two\\nlines.txt"),
        (b"latin-\xe9.txt", "latin-\\xe9.txt"),
        (b"escape\x1b[31m", "escape\\x1b[31m"),
    ],
)
def test_printable(name: bytes, shown: str) -> None:
    assert printable(os.fsdecode(name)) == shown
    printable(os.fsdecode(name)).encode("utf-8")


def test_json_paths_can_be_opened_where_they_are_text() -> None:
    assert json_path("two\nlines 🏔.txt") == "two\nlines 🏔.txt"
    assert json_path(os.fsdecode(b"latin-\xe9.txt")) == "latin-\\xe9.txt"
