"""Names, numbers, permissions, missing programs and closed streams: what a run meets outside its files."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import psutil
import pytest

from lucida import Library
from lucida.types.paths import printable

#: Whole processes, ended, starved and misled: minutes in all.
pytestmark = pytest.mark.slow

Found = Callable[[Path, str], set[str]]
Sound = Callable[[Path], None]

#: As bytes, since some of them are no text.
NAMES = [
    b"two\nlines.md",
    "ferry 🚢 📄.md".encode(),
    b"latin-1 caf\xe9.md",
    b"not text \xff\xfe.md",
    b"-rf.md",
    b"quote\" and 'quote'.md",
    b"[bold]markup.md",
    b"escape \x1b[31m.md",
    b"percent %s %20.md",
    b"tab\there.md",
    "über e\u0301 ﬁ.md".encode(),
    b"a" * 252 + b".md",
]


def test_files_may_have_any_name(
    tmp_path: Path, lucida: Any, make: ModuleType, sound: Sound, well_said: Callable[[dict[str, str]], None]
) -> None:
    folder = tmp_path / "names"
    folder.mkdir()
    for number, name in enumerate(NAMES):
        (folder / os.fsdecode(name)).write_text(make.sentence(f"vessel{number}"))
        (folder / os.fsdecode(b"0" + name[-250:-3] + b".pdf")).touch()
    ran = lucida("ingest", folder, "--json")
    assert (ran.code, ran.json["added"], len(ran.json["failed"])) == (1, len(NAMES), len(NAMES))
    for failure in ran.json["failed"]:
        well_said(failure)
    status = lucida("status", "--sources")
    assert status.code == 0
    assert "\x1b" not in status.out + status.err
    assert len(status.out.splitlines()) == 2 + len(NAMES)
    sound(lucida.library)
    with Library.open(lucida.library) as library:
        for number, name in enumerate(NAMES):
            path = os.fsencode(folder) + b"/" + name
            hit = library.search(f"vessel{number}", top_k=1)[0]
            assert os.fsencode(hit.source) == path, "what a hit names can be opened"
            assert library.pages(printable(os.fsdecode(path)))[0].number == 1
    again = lucida("ingest", folder, "--json").json
    assert (again["added"], again["updated"], again["unchanged"]) == (0, 0, 2 * len(NAMES))


@pytest.mark.slow
def test_a_name_that_is_no_text_can_be_given_and_shown(tmp_path: Path, lucida: Any, make: ModuleType) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9 \n.md"))
    path.write_text(make.sentence("ferry"))
    assert lucida("ingest", path).code == 0
    shown = lucida("show", path)
    assert shown.code == 0
    assert "caf\\xe9 \\n.md" in shown.out
    assert lucida("remove", path, "--json").json["removed"][0]["source"].endswith("caf\\xe9 \\n.md")


def test_what_may_not_be_read_costs_itself_only(
    lucida: Any, papers: Path, make: ModuleType, mortal: dict[str, Any], found: Found, sound: Sound,
    well_said: Callable[[dict[str, str]], None],
) -> None:  # fmt: skip
    secret, closed = papers / "secret.pdf", papers / "closed"
    secret.write_bytes(make.pdf("frigate"))
    closed.mkdir()
    (closed / "inside.md").write_text(make.sentence("corvette"))
    secret.chmod(0)
    closed.chmod(0)
    ran = lucida("ingest", papers, "--json", **mortal)
    assert ran.code == 1
    assert ran.json["added"] == 1
    assert {Path(failure["source"]) for failure in ran.json["failed"]} == {secret, closed}
    for failure in ran.json["failed"]:
        well_said(failure)
        assert "may not be read" in failure["error"]
        assert "permission" in failure["advice"]
    assert str(secret) in {row["source"] for row in lucida("status", "--json").json["failures"]}
    assert found(lucida.library, "ferry") == {"good.md"}
    sound(lucida.library)
    named = lucida("ingest", secret, papers / "good.md", "--retry", "--json", **mortal).json
    assert ([Path(failure["source"]) for failure in named["failed"]], named["unchanged"]) == ([secret], 1)
    secret.chmod(0o600)
    closed.chmod(0o700)
    again = lucida("ingest", papers, "--retry", "--json", **mortal)
    assert (again.code, again.json["added"]) == (0, 2)
    assert found(lucida.library, "frigate") == {"secret.pdf"}
    assert found(lucida.library, "corvette") == {"inside.md"}


def test_without_tesseract_scans_fail_and_the_rest_is_read(
    lucida: Any, papers: Path, make: ModuleType, found: Found, sound: Sound
) -> None:
    (papers / "scan.png").write_bytes(make.scan("tender"))
    (papers / "typed.pdf").write_bytes(make.pdf("frigate"))
    ran = lucida("ingest", papers, "--json", env={"PATH": "/nowhere"})
    assert (ran.code, ran.json["added"]) == (1, 2)
    (failure,) = ran.json["failed"]
    assert failure["source"] == str(papers / "scan.png")
    assert "tesseract" in failure["error"]
    assert "apt install tesseract-ocr" in failure["advice"]
    assert failure in lucida("status", "--json").json["failures"]
    assert found(lucida.library, "frigate") == {"typed.pdf"}
    sound(lucida.library)
    assert lucida("ingest", papers, "--retry").code == 0
    assert found(lucida.library, "tender") == {"scan.png"}


def test_a_file_that_vanishes_during_the_run(
    lucida: Any, papers: Path, make: ModuleType, found: Found, sound: Sound,
    family: Callable[[int], list[psutil.Process]], well_said: Callable[[dict[str, str]], None],
) -> None:  # fmt: skip
    (papers / "a-scan.png").write_bytes(make.scan("tender"))
    (papers / "z-late.md").write_text(make.sentence("frigate"))
    process = lucida.start("ingest", papers, "--workers", 1, "--json")
    while process.poll() is None and not any(child.name() == "tesseract" for child in family(process.pid)):
        pass
    (papers / "z-late.md").unlink()
    ran = lucida.finish(process)
    assert (ran.code, ran.json["added"]) == (1, 2)
    (failure,) = ran.json["failed"]
    well_said(failure)
    assert "vanished" in failure["error"]
    assert found(lucida.library, "ferry") == {"good.md"}
    sound(lucida.library)
    pruned = lucida("ingest", papers, "--prune", "--json")
    assert (pruned.code, pruned.json["removed"], pruned.json["failed"]) == (0, 1, [])
    assert lucida("status", "--json").json["failures"] == []


def test_folders_may_be_nested_deeper_than_the_stack(lucida: Any, papers: Path, make: ModuleType, found: Found) -> None:
    deep = papers.joinpath(*["d"] * 300)
    deep.mkdir(parents=True)
    (deep / "deep.md").write_text(make.sentence("bathyscaphe"))
    assert lucida("ingest", papers, "--json").json["added"] == 2
    assert found(lucida.library, "bathyscaphe") == {"deep.md"}


@pytest.mark.slow
def test_a_thousand_tiny_files(lucida: Any, tmp_path: Path, found: Found, sound: Sound) -> None:
    folder = tmp_path / "tiny"
    folder.mkdir()
    for number in range(1000):
        (folder / f"{number}.txt").write_text(f"Crate {number}x{number} holds lemons.")
    ran = lucida("ingest", folder, "--json")
    assert (ran.code, ran.json["added"], ran.json["pages"]) == (0, 1000, 1000)
    sound(lucida.library)
    assert found(lucida.library, "777x777") == {"777.txt"}
    assert lucida("ingest", folder, "--json").json["unchanged"] == 1000


def test_a_document_of_two_hundred_pages(lucida: Any, papers: Path, make: ModuleType, sound: Sound) -> None:
    (papers / "long.pdf").write_bytes(make.pdf("frigate", pages=200))
    ran = lucida("ingest", papers / "long.pdf", "--json")
    assert (ran.code, ran.json["pages"]) == (0, 200)
    sound(lucida.library)
    with Library.open(lucida.library) as library:
        assert len(library.pages("long.pdf")) == 200
        assert "leaf 173" in library.search("leaf 173", top_k=1)[0].text


@pytest.mark.parametrize("closed", [(0,), pytest.param((1,), marks=pytest.mark.slow), (0, 1, 2)])
def test_streams_that_are_closed_from_the_start(
    lucida: Any, papers: Path, found: Found, sound: Sound, closed: tuple[int, ...]
) -> None:
    def close() -> None:
        for descriptor in closed:
            os.close(descriptor)

    (papers / "empty.pdf").touch()
    streams = {name: None for number, name in enumerate(("stdin", "stdout", "stderr")) if number in closed}
    ran = lucida("ingest", papers, preexec_fn=close, **streams)
    assert ran.code == 1
    assert found(lucida.library, "ferry") == {"good.md"}
    sound(lucida.library)


@pytest.mark.parametrize(
    "command", [("status",), ("status", "--json"), ("search", "ferry"), ("search", "ferry", "--json")]
)
def test_nobody_reads_the_output(lucida: Any, papers: Path, command: tuple[str, ...]) -> None:
    if not lucida.library.exists():
        assert lucida("ingest", papers).code == 0
    reading, writing = os.pipe()
    os.close(reading)
    process = lucida.start(*command, stdout=writing)
    os.close(writing)
    ran = lucida.finish(process)
    assert ran.code == 0
    assert ran.err == ""


@pytest.mark.slow
def test_the_reader_leaves_after_the_first_line(lucida: Any, papers: Path) -> None:
    for number in range(30):
        (papers / f"{number}-{'x' * 200}.md").write_text(f"Crate {number}")
    assert lucida("ingest", papers).code == 0
    process = lucida.start("status", "--sources", "--json")
    head = subprocess.run(["head", "-n", "1"], stdin=process.stdout, capture_output=True, check=True, text=True)
    process.stdout.close()
    assert head.stdout == "{\n"
    assert process.wait(60) == 0
    assert process.stderr.read() == ""
    process.stderr.close()


@pytest.mark.parametrize("report", [(), pytest.param(("--json",), marks=pytest.mark.slow)])
def test_an_ingest_whose_reader_leaves_keeps_its_exit_code(
    lucida: Any, papers: Path, found: Found, sound: Sound, report: tuple[str, ...]
) -> None:
    (papers / "empty.pdf").touch()
    reading, writing = os.pipe()
    os.close(reading)
    process = lucida.start("ingest", papers, *report, stdout=writing)
    os.close(writing)
    ran = lucida.finish(process)
    assert ran.code == 1
    assert "BrokenPipe" not in ran.err
    assert found(lucida.library, "ferry") == {"good.md"}
    sound(lucida.library)
