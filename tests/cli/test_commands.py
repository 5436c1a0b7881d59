from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from lucida import __version__
from lucida.errors import ModelError
from lucida.index import Index

Lucida = Callable[..., "object"]


def test_ingest_search_ask_in_words(lucida, papers) -> None:
    ran = lucida("ingest", papers)
    assert ran.code == 0
    assert "2 added" in ran.out
    assert "2 pages" in ran.out
    ran = lucida("search", "when does the boat depart")
    assert ran.code == 0
    assert "ferry.md, page 1" in ran.out
    ran = lucida("ask", "How much do tickets cost?", "--trace")
    assert ran.out.startswith("EUR 12.50")
    assert "verify" in ran.err


def test_json_shapes_are_the_contract(lucida, papers) -> None:
    (papers / "empty.pdf").touch()
    ran = lucida("ingest", papers, "--json")
    assert ran.code == 1
    assert {"added", "updated", "unchanged", "removed", "failed", "pages", "items", "seconds"} <= set(ran.json)
    assert [set(failure) for failure in ran.json["failed"]] == [{"source", "error", "advice"}]
    (hit, *_) = lucida("search", "ferry", "--json").json["hits"]
    assert {"rank", "id", "score", "kind", "source", "page", "box", "text"} <= set(hit)
    assert (hit["rank"], hit["kind"], hit["page"], len(hit["box"])) == (1, "passage", 1, 4)
    answer = lucida("ask", "How much do tickets cost?", "--json").json
    assert {"answer", "abstained", "confidence", "citations", "trace"} <= set(answer)
    assert answer["warnings"] == []
    assert set(answer["citations"][0]) == {"source", "page", "box", "quote"}
    silent = lucida("ask", "Who painted the ceiling of the opera?", "--json").json
    assert (silent["answer"], silent["abstained"], silent["citations"]) == (None, True, [])


def test_evidence_is_drawn(lucida, papers, tmp_path) -> None:
    lucida("ingest", papers)
    assert lucida("ask", "How much do tickets cost?", "--evidence", "out.png").code == 0
    with Image.open(tmp_path / "out.png") as picture:
        assert picture.width > 300
    (tmp_path / "out.png").unlink()
    ran = lucida("ask", "Who painted the ceiling of the opera?", "--evidence", "out.png")
    assert "No evidence was drawn" in ran.err
    assert not (tmp_path / "out.png").exists()


@pytest.mark.parametrize("target", ["out.doc", "missing/out.png"])
def test_evidence_that_could_not_be_written_is_refused_first(lucida, papers, target) -> None:
    lucida("ingest", papers)
    assert lucida("ask", "How much?", "--evidence", target).code == 2


def test_status_show_remove(lucida, papers) -> None:
    (papers / "empty.pdf").touch()
    lucida("ingest", papers)
    ran = lucida("status", "--sources")
    assert "2 sources, 2 pages" in ran.out
    assert "ferry.md" in ran.out
    assert "empty.pdf is empty." in ran.err
    numbers = lucida("status", "--json").json
    assert (numbers["sources"], numbers["failed"], len(numbers["failures"])) == (3, 1, 1)
    ran = lucida("show", "ferry.md")
    assert "14:30" in ran.out
    shown = lucida("show", "ferry.md", "--json").json
    assert shown["pages"][0]["page"] == 1
    assert shown["passages"][0]["section"] == ["Ferry timetable"]
    assert lucida("show", "ferry.md", "--page", 9).code == 2
    assert lucida("remove", "ferry.md", "--json").json["removed"][0]["source"].endswith("ferry.md")
    assert lucida("show", "ferry.md").code == 2


def test_verify_finds_and_repairs(lucida, papers, tmp_path) -> None:
    lucida("ingest", papers)
    assert "sound" in lucida("verify").out
    for segment in (tmp_path / "library" / "segments").iterdir():
        segment.unlink()
    ran = lucida("verify", "--json")
    assert ran.code == 4
    assert ran.json["problems"]
    assert lucida("verify", "--repair").code == 0
    assert lucida("ingest", papers, "--json").json["failed"] == []
    assert lucida("verify").code == 0
    assert "14:30" in lucida("search", "when does the boat depart").out


def test_compact(lucida, papers) -> None:
    lucida("ingest", papers)
    assert lucida("compact", "--json").json["segments_after"] == 2, "one of passages, one of pictures of pages"
    assert lucida("compact").code == 0


def test_models_and_doctor(lucida, papers) -> None:
    assert "minilm" in {row["spec"] for row in lucida("models", "--json").json["models"]}
    assert "all-MiniLM-L6-v2" in lucida("models").out
    assert "no library" in lucida("doctor").out
    lucida("ingest", papers)
    ran = lucida("doctor", "--json")
    assert (ran.code, ran.json["problems"]) == (0, 0)
    assert {finding["area"] for finding in ran.json["findings"]} == {"machine", "package", "ocr", "model", "library"}


def test_doctor_reports_a_missing_tesseract(lucida, monkeypatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    ran = lucida("doctor", "--json")
    assert ran.code == 3
    (problem,) = [finding for finding in ran.json["findings"] if finding["state"] == "problem"]
    assert "tesseract" in problem["advice"].lower()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["search", "x"], "There is no library"),
        (["search"], "Nothing is asked for"),
        (["search", "x", "--kind", "smell"], "smell"),
        (["search", "x", "-k", "0"], "-k"),
        (["fly"], "No such command"),
        (["ingest"], "Missing argument"),
        (["search", "--colour", "red", "x"], "No such option"),
    ],
)
def test_wrong_use(lucida, arguments, says) -> None:
    ran = lucida(*arguments)
    assert ran.code == 2
    assert says in ran.err
    assert "--help" in ran.err or "lucida ingest" in ran.err
    assert "Traceback" not in ran.err


def test_an_empty_query_is_wrong_use(lucida, papers) -> None:
    lucida("ingest", papers)
    assert lucida("search", "  ").code == 2
    assert lucida("ask", "").code == 2


def test_errors_in_json(lucida) -> None:
    ran = lucida("search", "x", "--json")
    assert set(ran.json) == {"error", "advice"}


def test_a_missing_file_is_reported_and_the_rest_is_read(lucida, papers) -> None:
    ran = lucida("ingest", papers, papers / "gone.pdf")
    assert ran.code == 1
    assert "2 added, 1 failed" in ran.out
    assert "gone.pdf does not exist" in ran.err


def test_a_locked_library(lucida, papers, tmp_path) -> None:
    lucida("ingest", papers)
    with Index.open(tmp_path / "library", write=True):
        ran = lucida("ingest", papers)
    assert ran.code == 4
    assert "Another process" in ran.err or "lock" in ran.err.lower()


def test_a_model_problem_has_its_own_code(lucida, papers, monkeypatch) -> None:
    def broken(spec: str) -> None:
        raise ModelError("The weights were altered.", "Reinstall the package.")

    monkeypatch.setattr("lucida.models.registry.load_text_encoder", broken)
    assert lucida("ingest", papers).code == 3


def test_interrupt(lucida, papers, monkeypatch) -> None:
    def interrupted(*args: object, **kwargs: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("lucida.library.Library.ingest", interrupted)
    ran = lucida("ingest", papers)
    assert ran.code == 130
    assert "safe" in ran.err


def test_defects_look_like_defects(lucida, papers, monkeypatch) -> None:
    def broken(*args: object, **kwargs: object) -> None:
        raise RuntimeError("a defect")

    monkeypatch.setattr("lucida.library.Library.ingest", broken)
    with pytest.raises(RuntimeError, match="a defect"):
        lucida("ingest", papers)


def test_version_and_help(lucida) -> None:
    assert lucida("--version").out.strip() == f"lucida {__version__}"
    assert "Exit codes" in lucida("--help").out


def test_names_with_markup_and_escapes_print_as_they_are(lucida, tmp_path) -> None:
    (tmp_path / "[bold]x\x1b[31m.txt").write_text("A lighthouse [red]keeper[/red] :smile: lives here.")
    lucida("ingest", tmp_path / "[bold]x\x1b[31m.txt")
    out = lucida("search", "lighthouse").out
    assert "[bold]x\\x1b[31m.txt" in out
    assert "[red]keeper[/red] :smile:" in out
    assert "\x1b" not in out


def test_progress_away_from_a_terminal_is_lines(lucida, papers, monkeypatch) -> None:
    monkeypatch.setattr("lucida.cli.progress.PLAIN_INTERVAL_SECONDS", 0.0)
    monkeypatch.setattr("lucida.cli.progress.PlainDisplay.__init__.__defaults__", (0.0,))
    ran = lucida("ingest", papers, "--json")
    assert "pages/s" in ran.err
    assert ran.json["added"] == 2


def test_the_watch_ends_on_interrupt(lucida, papers, monkeypatch) -> None:
    def once(*args: object, **kwargs: object) -> object:
        from lucida.types import IngestReport

        yield IngestReport(added=2)
        raise KeyboardInterrupt

    monkeypatch.setattr("lucida.library.Library.watch", once)
    ran = lucida("ingest", papers, "--watch")
    assert ran.code == 130
    assert "2 added" in ran.out


def test_path_types(lucida, papers: Path) -> None:
    lucida("ingest", papers)
    assert "Nothing in this library matches" in lucida("search", "ferry", "--path", "*.pdf").err
    assert lucida("search", "ferry", "--type", "text/*", "--since", "2001-01-01").out
    assert lucida("search", "ferry", "--until", "2001-01-01", "--json").json == {"hits": []}


def test_the_answer_stands_even_if_its_page_cannot_be_drawn(lucida, papers) -> None:
    lucida("ingest", papers)
    (papers / "ferry.md").unlink()
    ran = lucida("ask", "How much do tickets cost?", "--evidence", "out.png")
    assert ran.code == 1
    assert ran.out.startswith("EUR 12.50")
    assert "cannot be drawn" in ran.err


def test_encrypted_evidence_needs_the_password_again(lucida, tmp_path) -> None:
    import pymupdf

    with pymupdf.open() as document:
        document.new_page().insert_text((72, 72), "The locker code of the rowing club is 4711.", fontsize=12)
        document.save(tmp_path / "a.pdf", encryption=pymupdf.PDF_ENCRYPT_AES_256, user_pw="open", owner_pw="own")
    lucida("ingest", "a.pdf", "--password", "open")
    question = "What is the locker code of the rowing club?"
    assert lucida("ask", question, "--evidence", "out.png").code == 1
    assert lucida("ask", question, "--evidence", "out.png", "--password", "open").code == 0
    assert (tmp_path / "out.png").exists()


def test_a_language_that_is_not_installed_is_said_at_once(lucida, papers) -> None:
    ran = lucida("ingest", papers, "--language", "tlh")
    assert ran.code == 3
    assert "lacks the language tlh" in ran.err


def test_until_a_day_means_all_of_it(lucida, papers) -> None:
    import os
    from datetime import datetime

    noon = datetime(2025, 6, 30, 12).timestamp()
    os.utime(papers / "ferry.md", (noon, noon))
    lucida("ingest", papers)
    assert lucida("search", "ferry", "--until", "2025-06-30", "--json").json["hits"]
    assert lucida("search", "ferry", "--until", "2025-06-29", "--json").json["hits"] == []
