"""Runs that make papers: the same bytes, resumable, and in forms that others read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lucida.errors import SourceError, StorageFullError, UsageError
from lucida.generate.documents import run as running
from lucida.generate.documents.request import PaperRequest
from lucida.generate.documents.run import make_papers, replay_papers, templates
from lucida.library.paging import draw_papers
from lucida.query.evaluation.questions import read_questions
from lucida.query.evaluation.squad import read_squad

REQUEST = PaperRequest(
    seed=7, count=3, kinds=("form", "invoice"), wear=("none", "scan"), languages=("en", "de"), dpi=50
)


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("papers") / "set"
    draw_papers(REQUEST, folder)
    return folder


def content(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_run_that_was_stopped_ends_with_the_same_bytes(made, tmp_path) -> None:
    def stop(done: int, _total: int) -> None:
        if done == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        draw_papers(REQUEST, tmp_path / "again", stop)
    drawn = []
    papers = draw_papers(REQUEST, tmp_path / "again", lambda done, _total: drawn.append(done))
    assert content(tmp_path / "again") == content(made)
    assert len(papers.rows) == 3
    assert papers.failed == []
    assert papers.to_json()["samples"][0]["path"].endswith("pages/00001-form.pdf")


def test_papers_are_drawn_again_to_the_byte(made, tmp_path) -> None:
    rows = replay_papers(made, tmp_path / "again")
    assert rows is not None
    assert [row.identical for row in rows] == [True] * 3
    assert (tmp_path / "again" / rows[0].sample["path"]).read_bytes() == (made / rows[0].sample["path"]).read_bytes()
    manifest = json.loads((made / "manifest.json").read_text())
    manifest["papers"][0]["files"]["pages/00001-form.pdf"] = "0" * 64
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    assert [row.identical for row in replay_papers(tmp_path) or ()] == [False, True, True]
    assert replay_papers(tmp_path / "nothing.json") is None


def test_other_settings_are_refused(made) -> None:
    with pytest.raises(UsageError, match="other settings"):
        draw_papers(PaperRequest(seed=8, count=4), made)


def test_questions_are_read_as_they_are(made) -> None:
    found = read_questions(made)
    assert found.each_alone
    assert found.documents == (made,)
    answerable = [one for one in found.questions if one.gold]
    assert len(answerable) > len(found.questions) - len(answerable) > 0
    for one in answerable:
        assert (made / one.source).is_file()
        assert one.gold[0].box is not None
        assert one.gold[0].page == 1


def test_forms_are_read_as_they_are(made) -> None:
    found = read_questions(made / "funsd")
    assert found.each_alone
    assert any(one.text == "What is the Subtotal?" or "Net" in one.text or "the" in one.text for one in found.questions)
    rows = {row["id"]: row for row in map(json.loads, (made / "questions.jsonl").read_text("utf-8").splitlines())}
    assert all(row["answers"][0]["text"] in row["answers"][0]["quote"] for row in rows.values() if row["answerable"])


def test_text_and_answers_are_read_as_they_are(made) -> None:
    found = read_squad([made / "squad.json"])
    rows = {row["id"]: row for row in map(json.loads, (made / "questions.jsonl").read_text("utf-8").splitlines())}
    assert {one.id for one in found} <= set(rows)
    assert len(found) > 0.9 * len(rows)
    for one in found:
        assert one.answerable == rows[one.id]["answerable"]
        if one.answerable:
            assert " ".join(one.answers[0].split()) == rows[one.id]["answers"][0]["text"]


def test_a_library_reads_the_papers_and_not_the_answers(made, tmp_path) -> None:
    from lucida.ingest.files.walk import walk

    names = {Path(entry.path).name for entry in walk([made])}
    assert names == {path.name for path in (made / "pages").iterdir()}
    only = tmp_path / "pictures"
    draw_papers(PaperRequest(seed=1, count=1, kinds=("form",), dpi=40, written="png"), only)
    assert {Path(entry.path).suffix for entry in walk([only])} == {".png"}


def test_a_paper_that_fails_costs_itself_only(tmp_path) -> None:
    whole = templates(REQUEST)

    def sometimes(number: int) -> running.Made:
        if number == 0:
            raise SourceError("The page is gone.", "Bring it back.")
        return whole(number)

    papers = make_papers(tmp_path / "set", REQUEST, ["one", "two"], sometimes)
    assert [row["name"] for row in papers.rows] == ["two"]
    assert papers.failed[0]["error"] == "The page is gone."
    assert json.loads((tmp_path / "set" / "manifest.json").read_text())["failed"]


def test_a_full_disk_keeps_what_is_done(tmp_path, monkeypatch) -> None:
    written = running.write_whole
    calls = []

    def full(folder: Path, files: dict[Path, bytes]) -> None:
        calls.append(folder)
        if len(calls) == 2:
            raise StorageFullError("No room.", "Make some.")
        written(folder, files)

    monkeypatch.setattr(running, "write_whole", full)
    small = PaperRequest(seed=7, count=2, kinds=("form",), dpi=40)
    with pytest.raises(StorageFullError):
        draw_papers(small, tmp_path / "set")
    assert len(draw_papers(small, tmp_path / "set").rows) == 2


@pytest.mark.parametrize(
    "wrong",
    [{"kinds": ("poem",)}, {"languages": ("xx",)}, {"wear": ("fire",)}, {"count": 0}, {"strength": 2.0}, {"dpi": 5},
     {"letters_pt": 1.0}, {"written": "doc"}, {"kinds": ()}],
)  # fmt: skip
def test_what_cannot_be_drawn_is_refused(wrong) -> None:
    with pytest.raises(UsageError):
        PaperRequest(**wrong)
