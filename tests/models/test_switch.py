"""``lucida models switch`` on a real library, from one tiny encoder to another."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from lucida.cli import output
from lucida.cli.app import main

pytestmark = pytest.mark.slow  # ingests in worker processes, and embeds everything twice


@pytest.fixture
def lucida(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    monkeypatch.setenv("LUCIDA_LIBRARY", str(tmp_path / "library"))
    monkeypatch.chdir(tmp_path)

    def run(*arguments: object) -> tuple[int, str, str]:
        output.out.cache_clear()
        output.err.cache_clear()
        code = main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


def test_a_library_changes_its_encoder(
    lucida: Callable[..., Any],
    tower_folder: Path,
    hf_folders: dict[str, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LUCIDA_MINI", str(tower_folder))
    folder = tmp_path / "things"
    folder.mkdir()
    for name, colour in (("red", (200, 20, 10)), ("blue", (10, 30, 210))):
        Image.new("RGB", (90, 60), colour).save(folder / f"{name}.png")
    (folder / "ferry.md").write_text("The ferry leaves from the northern pier at 14:30 on every weekday. " * 20)
    assert lucida("ingest", folder)[0] == 0
    spec = f"hf:{hf_folders['siglip']}"
    code, out, err = lucida("models", "switch", spec, "--json")
    assert code == 0, err
    report = json.loads(out)
    assert report["spec"] == spec
    assert report["pictures"] >= 2  # pages of texts may count as pictures too
    assert report["passages"] >= 1
    assert spec in (tmp_path / "library" / "lucida.toml").read_text()
    assert json.loads(lucida("search", "when does the boat depart", "--json")[1])["hits"]
    code, out, _ = lucida("models", "switch", "mini")
    assert code == 0
    assert f"now uses mini: {report['pictures']} pictures embedded" in out
    code, _, err = lucida("models", "switch", f"hf:{tmp_path / 'nowhere'}")
    assert code == 3
    assert "does not exist" in err
