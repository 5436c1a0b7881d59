"""``lucida train vlm`` and ``lucida evaluate vlm``, from packed sets to figures."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lucida.cli.app import main
from lucida.models.protocols import Reply
from lucida.training.data.packing import pack
from lucida.training.data.scenes import Scenes


@pytest.fixture
def sets(tmp_path: Path) -> Path:
    pack(tmp_path / "sets" / "scenes", Scenes(60, side=24, seed=1))
    return tmp_path / "sets"


@pytest.mark.slow
def test_a_model_is_trained_gone_on_with_and_measured(
    sets: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = tmp_path / "run"
    command = ["train", "vlm", str(run), "--data", str(sets), "--minutes", "0.01", "--batch", "2"]
    assert main([*command, "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["steps"] >= 1
    assert 10_000_000 < said["bytes"] < 25_000_000
    card = json.loads(Path(said["model"], "training.json").read_text())
    assert card["held_out"] == ["twemoji"]
    assert set(card["sources"]) == {"scenes", "texts", "charts"}
    assert main(command) == 0  # finished already: nothing is trained anew
    assert "Going on from step" in capsys.readouterr().err
    figures, lines = tmp_path / "card.md", tmp_path / "answers.jsonl"
    measure = ["evaluate", "vlm", f"hf:{said['model']}", "--data", str(sets), "--each", "1"]
    assert main([*measure, "--json", "--card", str(figures), "--answers", str(lines)]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["questions"] == len(lines.read_text().splitlines()) > 5
    assert "colour, scenes" in report["kinds"]
    assert "| colour, scenes |" in figures.read_text()


class Silent:
    """A model that finds nothing."""

    spec, calls_tools = "silent", True

    def reply(self, *_: object, **__: object) -> Reply:
        return Reply("NOT FOUND", (), "stop", 1, 1, 0.0)


def test_figures_are_printed_and_a_card_that_cannot_be_written_is_said(
    sets: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("lucida.models.registry.load_vlm", lambda _: Silent())
    measure = ["evaluate", "vlm", "silent", "--data", str(sets), "--each", "2"]
    assert main(measure) == 0
    printed = capsys.readouterr().out
    assert "absent, scenes" in printed
    assert "Called for reading" in printed
    assert main([*measure, "--card", str(tmp_path / "no" / "card.md")]) == 2
    assert "cannot be written" in capsys.readouterr().err


def test_without_sets_there_is_advice(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "vlm", str(tmp_path / "run"), "--data", str(tmp_path)]) == 2
    assert "lucida train data" in capsys.readouterr().err


def test_a_tower_that_is_not_there_is_named(sets: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["train", "vlm", str(tmp_path / "run"), "--data", str(sets), "--start", str(tmp_path / "none")]
    assert main(command) == 3
    assert "image tower of mini is not in" in capsys.readouterr().err
