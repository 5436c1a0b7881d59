"""Broken, locked and hostile files: each costs itself only, says so, is remembered, and is read once it is mended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from lucida import Library

#: Whole processes, ended, starved and misled: minutes in all.
pytestmark = pytest.mark.slow

#: name -> (how it is made, the same whole, part of the sentence, part of the advice)
BROKEN: dict[str, tuple[Callable[[ModuleType], bytes], Callable[[ModuleType], bytes], str, str]] = {
    "empty.pdf": (lambda m: b"", lambda m: m.pdf("word"), "is empty", "complete copy"),
    "empty.md": (lambda m: b"", lambda m: m.sentence("word").encode(), "is empty", "complete copy"),
    "empty.png": (lambda m: b"", lambda m: m.png(), "is empty", "complete copy"),
    "empty.docx": (lambda m: b"", lambda m: m.docx("word"), "is empty", "complete copy"),
    "zeros.pdf": (lambda m: bytes(50_000), lambda m: m.pdf("word"), "nothing but zeros", "again"),
    "zeros.jpg": (lambda m: bytes(50_000), lambda m: m.png(form="JPEG"), "nothing but zeros", "again"),
    "zeros.epub": (lambda m: bytes(50_000), lambda m: m.epub("word"), "nothing but zeros", "again"),
    "zeros.txt": (lambda m: bytes(50_000), lambda m: m.sentence("word").encode(), "nothing but zeros", "again"),
    "half.pdf": (lambda m: m.half(m.pdf("word")), lambda m: m.pdf("word"), "cannot be parsed", "another copy"),
    "half.docx": (lambda m: m.half(m.docx("word")), lambda m: m.docx("word"), "damaged zip", "complete copy"),
    "half.epub": (lambda m: m.half(m.epub("word")), lambda m: m.epub("word"), "damaged zip", "complete copy"),
    **{
        f"half.{form.lower()}": (
            lambda m, form=form: m.half(m.png(form=form)),
            lambda m, form=form: m.png(form=form),
            "does not decode as a picture",
            "complete copy",
        )
        for form in ("PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP", "AVIF")
    },
    "program.pdf": (lambda m: m.program(), lambda m: m.pdf("word"), "of no kind", "Lucida reads PDF"),
    "looped.pdf": (lambda m: m.looped_pdf(), lambda m: m.pdf("word"), "No page of", "another copy"),
    "huge.png": (lambda m: m.huge_png(), lambda m: m.png(), "65,000 x 65,000 pixels", "Scale it down"),
    "bomb.docx": (lambda m: m.docx("word", 150), lambda m: m.docx("word"), "would unpack to", "unpack it yourself"),
    "bomb.epub": (lambda m: m.epub("word", 150), lambda m: m.epub("word"), "would unpack to", "unpack it yourself"),
    "liar.docx": (
        lambda m: m.liar(m.docx("word", 150), "word/document.xml"),
        lambda m: m.docx("word"),
        "would unpack to",
        "unpack it yourself",
    ),
    "liar.epub": (
        lambda m: m.liar(m.epub("word", 150), "c.xhtml"),
        lambda m: m.epub("word"),
        "would unpack to",
        "unpack it yourself",
    ),
    "locked.pdf": (lambda m: m.locked_pdf("word"), lambda m: m.pdf("word"), "password is needed", "--password"),
}
TEXTLESS = ("png", "jpg", "jpeg", "gif", "bmp", "tiff", "webp", "avif")


@dataclass(frozen=True)
class Story:
    """One library's life: read with broken files, again unchanged, again on request, and after they were mended."""

    library: Path
    canary: Path
    code: int
    err: str
    report: dict[str, Any]
    status: dict[str, Any]
    problems: int
    good: set[str]
    whole: dict[str, set[str]]
    read: dict[str, Any]
    shown: dict[str, Any]
    unchanged: dict[str, Any]
    retried: dict[str, Any]
    mended_code: int
    mended: dict[str, Any]
    after: dict[str, Any]
    problems_after: int
    sources_after: dict[str, Any]


@pytest.fixture(scope="module")
def story(
    tmp_path_factory: pytest.TempPathFactory,
    make: ModuleType,
    command_line: Callable[..., Any],
    found: Callable[..., set[str]],
) -> Story:
    base = tmp_path_factory.mktemp("story")
    papers, canary = base / "papers", base / "canary"
    papers.mkdir()
    lucida = command_line(base / "library")
    contents = {name: broken(make) for name, (broken, *_) in BROKEN.items()}
    contents |= {
        "good.md": make.sentence("ferry").encode(),
        "xref.pdf": make.broken_xref_pdf("sloop"),
        "carrying.pdf": make.carrying_pdf("ketch", canary),
        "huge-inside.pdf": make.huge_image_pdf("yawl"),
        "a-pdf.png": make.pdf("smack"),
        "a-docx.txt": make.docx("dory"),
        "a-text.pdf": make.sentence("canoe").encode(),
        "a-picture.pdf": make.png(),
    }
    for name, content in contents.items():
        (papers / name).write_bytes(content)
    first = lucida("ingest", papers, "--json")
    status, problems = lucida("status", "--json").json, lucida("verify").code
    good = found(lucida.library, "ferry")
    whole = {word: found(lucida.library, word) for word in ("sloop", "ketch", "yawl", "smack", "dory", "canoe")}
    with Library.open(lucida.library) as library:
        read = {name: library.source(name) for name in ("xref.pdf", "carrying.pdf", "a-picture.pdf")}
    shown = lucida("show", "carrying.pdf", "--json").json
    unchanged = lucida("ingest", papers, "--json").json
    retried = lucida("ingest", papers, "--retry", "--json").json
    for name, (_, mended, *_) in BROKEN.items():
        (papers / name).write_bytes(mended(make))
    last = lucida("ingest", papers, "--retry", "--json")
    listing = lucida("status", "--sources", "--json").json
    return Story(
        lucida.library, canary, first.code, first.err, first.json, status, problems, good, whole, read, shown,
        unchanged, retried, last.code, last.json, listing, lucida("verify").code,
        {Path(row["source"]).name: row for row in listing["listing"]},
    )  # fmt: skip


def failures(rows: list[dict[str, str]]) -> dict[str, dict[str, str]]:
    return {Path(row["source"]).name: row for row in rows}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_says_what_it_is_and_what_to_do(
    story: Story, well_said: Callable[[dict[str, str]], None], name: str
) -> None:
    failure = failures(story.report["failed"])[name]
    well_said(failure)
    _, _, what, advice = BROKEN[name]
    assert what in failure["error"]
    assert advice in failure["advice"]


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_kept_in_the_status(story: Story, name: str) -> None:
    assert failures(story.status["failures"])[name] == failures(story.report["failed"])[name]


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_read_again_on_request_only(story: Story, name: str) -> None:
    assert name not in failures(story.unchanged["failed"])
    assert failures(story.retried["failed"])[name] == failures(story.report["failed"])[name]


@pytest.mark.parametrize("name", BROKEN)
def test_a_mended_file_is_read(story: Story, name: str) -> None:
    assert name not in failures(story.after["failures"])
    row = story.sources_after[name]
    assert row["pages"] == 1
    assert row["items"] >= 1


def test_broken_files_stop_nothing(story: Story) -> None:
    assert story.code == 1
    assert set(failures(story.report["failed"])) == set(BROKEN)
    assert story.good == {"good.md"}
    assert story.status["failed"] == len(BROKEN)


def test_broken_files_leave_the_library_sound(story: Story) -> None:
    assert (story.problems, story.problems_after) == (0, 0)


def test_once_all_are_mended_nothing_has_failed(story: Story) -> None:
    assert (story.mended_code, story.mended["failed"], story.after["failures"], story.after["failed"]) == (0, [], [], 0)
    assert story.after["sources"] == len(BROKEN) + len(story.whole) + 2


@pytest.mark.parametrize(
    ("word", "name"),
    [("smack", "a-pdf.png"), ("dory", "a-docx.txt"), ("canoe", "a-text.pdf"), ("yawl", "huge-inside.pdf")],
)
def test_a_file_with_the_wrong_ending_or_a_giant_inside_is_read_for_what_it_is(
    story: Story, word: str, name: str
) -> None:
    assert story.whole[word] == {name}


def test_a_picture_that_is_called_a_document_is_a_picture(story: Story) -> None:
    assert story.read["a-picture.pdf"].media_type == "image/png"


def test_a_broken_cross_reference_table_is_repaired_and_mentioned(story: Story) -> None:
    assert story.whole["sloop"] == {"xref.pdf"}
    assert any("cross-reference" in warning for warning in story.read["xref.pdf"].warnings)


def test_scripts_and_embedded_files_are_listed_and_never_run(story: Story) -> None:
    assert story.whole["ketch"] == {"carrying.pdf"}
    warnings = story.shown["warnings"]
    assert any("JavaScript" in warning and "never run" in warning for warning in warnings)
    assert any("payload.exe" in warning and "prices" in warning for warning in warnings)
    assert all(warning.isprintable() for warning in warnings)
    assert not story.canary.exists()


def test_what_is_broken_inside_never_shows_a_stack(story: Story) -> None:
    assert "Traceback" not in story.err


@pytest.fixture(scope="module")
def locked(
    tmp_path_factory: pytest.TempPathFactory, make: ModuleType, command_line: Callable[..., Any]
) -> tuple[Any, Path]:
    base = tmp_path_factory.mktemp("locked")
    (base / "papers").mkdir()
    (base / "papers" / "locked.pdf").write_bytes(make.locked_pdf("skiff"))
    (base / "papers" / "good.md").write_text(make.sentence("ferry"))
    return command_line(base / "library"), base / "papers"


def test_a_locked_file_wants_the_right_password_and_is_then_read(
    locked: tuple[Any, Path],
    make: ModuleType,
    found: Callable[..., set[str]],
    sound: Callable[[Path], None],
    well_said: Callable[[dict[str, str]], None],
) -> None:
    lucida, papers = locked
    ran = lucida("ingest", papers, "--password", "wrong-secret", "--json")
    assert (ran.code, ran.json["added"]) == (1, 1)
    (failure,) = ran.json["failed"]
    well_said(failure)
    assert "None of the passwords" in failure["error"]
    assert failure in lucida("status", "--json").json["failures"]
    ran = lucida("ingest", papers, "--retry", "--password", "other-secret", "--password", make.READER, "--json")
    assert (ran.code, ran.json["added"], ran.json["unchanged"]) == (0, 1, 1)
    assert found(lucida.library, "skiff") == {"locked.pdf"}
    sound(lucida.library)
    for file in lucida.library.rglob("*"):
        assert file.is_dir() or not any(word in file.read_bytes() for word in (b"wrong-secret", make.READER.encode()))
