from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from lucida.cli import output
from lucida.cli.app import main


@dataclass
class Ran:
    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(self.out)
        return document


@pytest.fixture
def lucida(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Ran]:
    """Runs the command line in this process, on a library of the test's own."""
    monkeypatch.setenv("LUCIDA_LIBRARY", str(tmp_path / "library"))
    monkeypatch.chdir(tmp_path)

    def run(*arguments: object) -> Ran:
        output.out.cache_clear()
        output.err.cache_clear()
        code = main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return Ran(code, captured.out, captured.err)

    return run


@pytest.fixture
def papers(tmp_path: Path) -> Path:
    folder = tmp_path / "papers"
    folder.mkdir()
    (folder / "ferry.md").write_text(
        "# Ferry timetable\n\nThe ferry to Norland leaves from the northern pier at 14:30 every weekday. "
        "Tickets cost EUR 12.50 and are sold on board.\n"
    )
    (folder / "harbour.md").write_text("# Harbour\n\nThe harbour master's office opens at seven in the morning.\n")
    return folder
