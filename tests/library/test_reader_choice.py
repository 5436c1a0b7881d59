"""Which reader of running text a library takes."""

from __future__ import annotations

from pathlib import Path

import pytest

from lucida.config import LibraryConfig
from lucida.errors import ModelError
from lucida.library.backends import Backends
from lucida.models.reader.files import FOLDER_VARIABLE


def test_without_weights_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lucida.models.reader.loading.find", lambda: None)
    backends = Backends(LibraryConfig())
    assert backends.reader() is None
    monkeypatch.setattr("lucida.models.reader.loading.find", lambda: pytest.fail("asked twice"))
    assert backends.reader() is None


def test_a_folder_that_was_named_must_be_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path))
    with pytest.raises(ModelError, match="describes no reader"):
        Backends(LibraryConfig()).reader()
