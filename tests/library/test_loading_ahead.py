"""What a cold question needs is loaded while the index opens; what goes wrong there is told later, to somebody."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import pytest

from lucida.config import LibraryConfig
from lucida.errors import ModelError
from lucida.library.backends import Backends


class Noting:
    """A reader that notes what it is given."""

    spec, threshold = "noting", 0.5

    def __init__(self) -> None:
        self.read_by: list[str] = []

    def read(self, question: str, passages: Sequence[str], *, most: int = 3) -> list[list[object]]:
        self.read_by.append(threading.current_thread().name)
        return [[] for _ in passages]


def finished() -> None:
    for thread in threading.enumerate():
        if thread.name == "lucida-load-reader":
            thread.join(10)


def test_the_reader_is_loaded_beside_and_once(monkeypatch: pytest.MonkeyPatch) -> None:
    reader, backends = Noting(), Backends(LibraryConfig())
    monkeypatch.setattr("lucida.models.reader.load_shipped", lambda: reader)
    backends.load_reader_ahead()
    finished()
    backends.load_reader_ahead()
    finished()
    assert reader.read_by == ["lucida-load-reader"]
    assert backends.reader() is reader


def test_where_there_is_none_nothing_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    backends = Backends(LibraryConfig())
    monkeypatch.setattr("lucida.models.reader.load_shipped", lambda: None)
    backends.load_reader_ahead()
    finished()
    assert backends.reader() is None


def test_what_is_damaged_is_told_to_who_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    def damaged() -> None:
        raise ModelError("It is damaged.", "Reinstall it.")

    backends = Backends(LibraryConfig())
    monkeypatch.setattr("lucida.models.reader.load_shipped", damaged)
    backends.load_reader_ahead()
    finished()
    with pytest.raises(ModelError, match="damaged"):
        backends.reader()
