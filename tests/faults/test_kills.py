"""Runs that are killed, interrupted or doubled: nothing is lost, nothing is there twice, and the next run completes."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import psutil
import pytest

from lucida import Library

#: Whole processes, ended, starved and misled: minutes in all.
pytestmark = pytest.mark.slow

WORDS = ("cutter", "lugger", "brig", "schooner", "trawler", "punt")
#: Idle workers leave at once, busy ones at the next page, the OCR engine's at the end of its page.
ORPHAN_SECONDS = 20.0


@pytest.fixture
def mixed(tmp_path: Path, make: ModuleType, kills: int) -> Path:
    """Documents, pictures, a scan, and broken files: everything that is published, in several batches where it pays."""
    folder = tmp_path / "mixed"
    folder.mkdir()
    for number in range(40 if kills > 10 else 8):
        (folder / f"note-{number:02}.md").write_text(f"# Note {number}\n\n{make.sentence(WORDS[number % 6])}\n" * 4)
        (folder / f"leaf-{number:02}.pdf").write_bytes(make.pdf(f"{WORDS[number % 6]} {number}", pages=3))
    for number in range(10):
        (folder / f"empty-{number}.pdf").touch()
    (folder / "picture.png").write_bytes(make.png())
    (folder / "scan.png").write_bytes(make.scan("tender"))
    return folder


@pytest.fixture
def scans(tmp_path: Path, make: ModuleType) -> Path:
    """Enough work for OCR to be in the middle of it for a while."""
    folder = tmp_path / "scans"
    folder.mkdir()
    for number in range(4):
        (folder / f"scan-{number}.png").write_bytes(make.scan("tender", f"vessel{number}"))
    return folder


def kill_once(lucida: Any, folder: Path, family: Callable[[int], list[psutil.Process]], after_s: float) -> bool:
    """Start an ingest and kill it after so long; says whether it was still running."""
    process = lucida.start("ingest", folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + after_s
    while time.monotonic() < deadline and process.poll() is None:
        time.sleep(0.01)
    below = family(process.pid)
    running = process.poll() is None
    process.send_signal(signal.SIGKILL)
    process.wait()
    _, alive = psutil.wait_procs(below, timeout=ORPHAN_SECONDS)
    assert not alive, f"orphans of a killed run: {alive}"
    return running


@pytest.mark.parametrize("kills", [3, pytest.param(40, marks=pytest.mark.slow)])
def test_kills_at_any_moment_lose_and_double_nothing(
    lucida: Any,
    mixed: Path,
    tmp_path: Path,
    command_line: Callable[[Path], Any],
    sound: Callable[[Path], None],
    family: Callable[[int], list[psutil.Process]],
    kills: int,
) -> None:
    whole = command_line(tmp_path / "undisturbed")
    started = time.monotonic()
    assert whole("ingest", mixed).code == 1
    whole_s = time.monotonic() - started
    dice = random.Random(kills)
    struck = 0
    for _ in range(kills * 4):
        # The first tenth is Python starting: nothing that a kill could hurt.
        if kill_once(lucida, mixed, family, dice.uniform(0.1, 0.9) * whole_s):
            struck += 1
        else:
            whole_s *= 0.8  # the rest of an earlier run, or a machine less busy
        if (lucida.library / "catalogue.db").exists():
            sound(lucida.library)
        if struck == kills:
            break
        if dice.random() < 0.4:
            shutil.rmtree(lucida.library, ignore_errors=True)  # so that first runs, too, are killed again
            whole_s = max(whole_s, 2.0)
    assert struck == kills
    assert lucida("ingest", mixed, "--retry").code == 1
    sound(lucida.library)
    with Library.open(lucida.library) as library, Library.open(whole.library) as undisturbed:
        ours, theirs = library.statistics(), undisturbed.statistics()
        for count in ("sources", "failed", "pages", "passages", "pictures"):
            assert getattr(ours, count) == getattr(theirs, count), count
        assert {r.path: r.sha256 for r in library.sources()} == {r.path: r.sha256 for r in undisturbed.sources()}


def wait_for_ocr(process: Any, family: Callable[[int], list[psutil.Process]]) -> list[psutil.Process]:
    """All processes below, once one of them is the OCR engine."""
    while process.poll() is None:
        below = family(process.pid)
        try:
            if any(child.name() == "tesseract" for child in below):
                return below
        except psutil.NoSuchProcess:
            pass
        time.sleep(0.005)
    raise AssertionError(f"ended before it read a scan: {process.communicate()}")


def heed_interrupts() -> None:
    """Run in the child before the command: the usual answer to SIGINT."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.parametrize("to_group", [pytest.param(False, marks=pytest.mark.slow), True])
def test_an_interrupt_keeps_what_was_read_and_the_next_run_goes_on(
    lucida: Any,
    scans: Path,
    make: ModuleType,
    found: Callable[[Path, str], set[str]],
    sound: Callable[[Path], None],
    family: Callable[[int], list[psutil.Process]],
    to_group: bool,
) -> None:
    (scans / "a-note.md").write_text(make.sentence("ferry"))
    # Whoever runs the tests in the background may have told all children to ignore interrupts; a terminal does not.
    process = lucida.start("ingest", scans, "--workers", 1, start_new_session=True, preexec_fn=heed_interrupts)
    below = wait_for_ocr(process, family)
    # A terminal sends it to every process of the group, ``kill`` to one.
    os.killpg(process.pid, signal.SIGINT) if to_group else process.send_signal(signal.SIGINT)
    ran = lucida.finish(process)
    assert ran.code == 130
    assert "Interrupted" in ran.err
    assert "run the same command again" in ran.err
    assert "Traceback" not in ran.err
    assert not psutil.wait_procs(below, timeout=ORPHAN_SECONDS)[1]
    sound(lucida.library)
    assert found(lucida.library, "ferry") == {"a-note.md"}
    again = lucida("ingest", scans, "--json")
    assert again.code == 0
    assert again.json["unchanged"] >= 1
    assert again.json["added"] + again.json["unchanged"] == 5
    sound(lucida.library)
    assert len(found(lucida.library, "tender")) == 4


def test_a_second_writer_is_turned_away_and_readers_are_not(
    lucida: Any,
    scans: Path,
    papers: Path,
    found: Callable[[Path, str], set[str]],
    sound: Callable[[Path], None],
    family: Callable[[int], list[psutil.Process]],
) -> None:
    assert lucida("ingest", papers).code == 0
    first = lucida.start("ingest", scans, "--workers", 1)
    wait_for_ocr(first, family)
    first.send_signal(signal.SIGSTOP)  # so that it is still writing, however slow we are
    try:
        second = lucida("ingest", papers)
        assert second.code == 4
        assert str(first.pid) in second.err
        assert "Wait until it is done" in second.err
        as_json = lucida("remove", "good.md", "--json")
        assert as_json.code == 4
        assert set(as_json.json) == {"error", "advice"}
        assert "ferry" in lucida("search", "ferry").out
        assert lucida("verify").code == 0
    finally:
        first.send_signal(signal.SIGCONT)
    assert lucida.finish(first).code == 0
    assert lucida("ingest", papers, scans, "--json").json["unchanged"] == 5
    sound(lucida.library)
    assert found(lucida.library, "ferry") == {"good.md"}


def test_what_a_killed_writer_left_is_no_damage(lucida: Any, papers: Path) -> None:
    assert lucida("ingest", papers).code == 0
    stray = lucida.library / "segments" / ".tmp-0123456789abcdef"
    stray.write_bytes(b"half a segment")
    assert lucida("verify").code == 0
    assert not stray.exists()
