"""``lucida train reader`` and ``lucida evaluate reader``, from questions to figures."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lucida.cli.app import main
from lucida.query.evaluation.squad import Part, part_of

PASSAGE = "The clock of {} stood still until {} Lind repaired it in {}. It had been a gift of the town."


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Two articles of each part."""
    articles = []
    for part in Part:
        titles = [title for title in (f"Town {number}" for number in range(200)) if part_of(title) is part][:2]
        for at, title in enumerate(titles):
            name, year = ("Marta", "Otto")[at], str(1900 + 7 * len(articles))
            passage = PASSAGE.format(title, name, year)
            answer = {"text": year, "answer_start": passage.index(year)}
            rows = [
                {"id": f"{title}a", "question": "When was the clock repaired?", "answers": [answer]},
                {"id": f"{title}b", "question": "Who sold it?", "answers": [], "is_impossible": True},
            ]
            articles.append({"title": title, "paragraphs": [{"context": passage, "qas": rows}]})
    path = tmp_path / "questions.json"
    path.write_text(json.dumps({"data": articles}))
    return path


@pytest.mark.slow
def test_a_reader_is_trained_measured_and_asked(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run = tmp_path / "run"
    command = ["train", "reader", str(run), "--data", str(data), "--minutes", "0.01", "--layers", "1", "--batch", "2"]
    command += ["--whole", str(data)]
    assert main([*command, "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["steps"] >= 1
    card = json.loads(Path(said["reader"], "reader.json").read_text())["card"]
    assert (card["questions"], card["unanswerable"], card["whole_articles"]) == (16, 8, 6)
    assert Path(said["reader"], "model.safetensors").stat().st_size < 5_000_000
    assert main(command) == 0  # finished already: nothing is trained anew
    assert "Going on from step" in capsys.readouterr().err
    monkeypatch.setenv("LUCIDA_READER", said["reader"])
    assert main(["evaluate", "reader", "--data", str(data), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["questions"] == 4
    assert all(part_of(title) is Part.HELD_OUT for title in report["articles"])
    assert main(["evaluate", "reader", "--data", str(data), "--all", "--limit", "5"]) == 0
    assert "unanswerable refused" in capsys.readouterr().out
    note = tmp_path / "note.md"
    note.write_text("# Clock\n\nThe clock of the harbour stood still until Marta Lind repaired it in 1911.\n")
    monkeypatch.setenv("LUCIDA_LIBRARY", str(tmp_path / "library"))
    assert main(["ingest", str(note)]) == 0
    assert main(["ask", "When was the harbour clock repaired?", "--trace"]) == 0
    steps = capsys.readouterr().err
    assert "from spans" in steps or "0 from sentences" in steps  # one step of training points nowhere, as a rule


def test_without_a_reader_there_is_advice(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("lucida.models.reader.loading.find", lambda: None)
    assert main(["evaluate", "reader", "--data", str(data)]) == 2
    assert "lucida train reader" in capsys.readouterr().err


def test_too_few_articles_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "one.json"
    title = next(title for title in map(str, range(99)) if part_of(title) is Part.HELD_OUT)
    row = {"id": "1", "question": "Who?", "answers": [], "is_impossible": True}
    path.write_text(json.dumps({"data": [{"title": title, "paragraphs": [{"context": "Nobody.", "qas": [row]}]}]}))
    assert main(["train", "reader", str(tmp_path / "run"), "--data", str(path)]) == 2
    assert "no question for training" in capsys.readouterr().err
