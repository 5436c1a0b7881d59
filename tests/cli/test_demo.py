"""The demo on a folder of two documents: the whole story, and a report that needs nothing else."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest


@pytest.fixture
def examples(tmp_path: Path) -> Path:
    folder = tmp_path / "examples"
    (folder / "documents").mkdir(parents=True)
    (folder / "pictures").mkdir()
    (folder / "documents" / "ferry.md").write_text(
        "# Ferry\n\nThe ferry to Norland leaves at 14:30. Tickets cost EUR 12.50 and are sold on board.\n"
        "\n<script>alert('x')</script>\n"
    )
    (folder / "documents" / "tags.txt").write_text("A note on <b>bold</b> & <i>italic</i> lighthouses.")
    (folder / "documents" / "broken.pdf").touch()
    questions = [
        {"question": "How much do tickets cost?", "answer": "EUR 12.50"},
        {"question": "Who painted the opera's ceiling?", "answer": None},
    ]
    (folder / "questions.json").write_text(json.dumps(questions))
    several = [{"question": "How many documents mention the ferry?", "answer": "1 document: ferry.md"}]
    (folder / "questions-over-several.json").write_text(json.dumps(several))
    (folder / "searches.json").write_text(json.dumps([{"query": "bold lighthouses"}, {"query": "ferry times"}]))
    return folder


PLAN = {"kinds": ["receipt"], "like": "nowhere.pdf", "classes": ["boat"], "prompt": "a red ferry"}


@pytest.mark.slow
def test_the_whole_story(lucida, examples, artists, tmp_path, monkeypatch) -> None:
    (examples / "making.json").write_text(json.dumps(PLAN))
    monkeypatch.setattr("lucida.models.mini.drawer.find", lambda: tmp_path)
    monkeypatch.setattr("lucida.models.registry.load_generator", lambda *_a, **_k: artists.Artist())
    ran = lucida("demo", "--examples", examples, "--out", tmp_path / "out", "--json")
    assert ran.code == 0, ran.err
    story = ran.json
    assert story["ingest"]["added"] == 2
    assert [q["answer"] for q in story["questions"]] == ["EUR 12.50", None, "1 document: ferry.md"]
    page = Path(story["report"]).read_text()
    assert "EUR 12.50" in page
    assert "broken.pdf is empty." in page
    assert page.count("data:image/webp;base64,") >= 3
    assert not re.search(r"""(?:src|href)=["'](?!data:)""", page)
    # What can be made is; no file has the name, and no picture shows the class, which is said.
    assert [made["title"] for made in story["made"]] == ["papers from templates", "pictures by the embedded generator"]
    assert all((Path(made["folder"]) / "manifest.json").is_file() for made in story["made"])
    assert ran.err.count("make    not here: ") == 2
    assert "“a red ferry”" in page
    (tmp_path / "out" / "made" / "papers" / "journal.jsonl").unlink()
    assert lucida("demo", "--examples", examples, "--out", tmp_path / "out").code == 2


def test_documents_cannot_put_markup_into_the_report(lucida, examples, tmp_path) -> None:
    lucida("demo", "--examples", examples, "--out", tmp_path / "out")
    page = (tmp_path / "out" / "report.html").read_text()
    assert "<script" not in page
    assert "<b>bold</b>" not in page
    assert "&lt;b&gt;" in page


def test_it_can_be_run_again_but_deletes_nothing_else(lucida, examples, tmp_path) -> None:
    for _ in range(2):
        assert lucida("demo", "--examples", examples, "--out", tmp_path / "out").code == 0
    (tmp_path / "mine" / "library").mkdir(parents=True)
    (tmp_path / "mine" / "library" / "keep.txt").touch()
    assert lucida("demo", "--examples", examples, "--out", tmp_path / "mine").code == 2
    assert (tmp_path / "mine" / "library" / "keep.txt").exists()


def test_a_folder_that_is_no_example(lucida, tmp_path) -> None:
    assert lucida("demo", "--examples", tmp_path).code == 2
