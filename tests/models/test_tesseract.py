from __future__ import annotations

import os
import stat
from multiprocessing.reduction import ForkingPickler
from pathlib import Path

import pytest
from PIL import Image

from lucida.errors import DependencyError, ExitCode, SourceError, StalledSourceError, UsageError
from lucida.models import tesseract
from lucida.models.tesseract import Tesseract, in_rows, installed_languages, parse_osd, parse_tsv
from lucida.types import Box, Word

needs_program = pytest.mark.skipif(tesseract.program() is None, reason="tesseract is not installed")


def program(folder: Path, script: str) -> None:
    """Put an executable called tesseract into ``folder``; it lists eng and osd like the real one."""
    path = folder / "tesseract"
    listing = 'case "$1" in --list-langs) echo eng; echo osd; exit 0;; --version) echo tesseract 5.3.0; exit 0;; esac\n'
    path.write_text(f"#!/bin/sh\n{listing}{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


@needs_program
def test_reads_words_with_boxes_lines_and_confidences(page: tuple[Image.Image, list[str]]) -> None:
    image, printed = page
    result = Tesseract().read(image, dpi=150)
    assert [word.text for word in result.words] == printed
    assert result.engine == "tesseract"
    assert [word.line for word in result.words] == [line for line in range(12) for _ in range(7)]
    assert all(0.5 < word.confidence <= 1 for word in result.words)
    for word in result.words:
        assert 0.05 < word.box.x0 < word.box.x1 < 0.95
        assert (50 + 48 * word.line - 2) / 700 < word.box.y0 < word.box.y1 < (50 + 48 * word.line + 36) / 700


@needs_program
def test_a_coarse_scan_is_enlarged_before_it_is_read(page: tuple[Image.Image, list[str]]) -> None:
    image, printed = page
    coarse = image.resize((round(image.width * 0.33), round(image.height * 0.33)), Image.Resampling.BOX)
    told, lied_to = Tesseract().read(coarse, dpi=75), Tesseract().read(coarse, dpi=150)
    right = [len({word.text for word in read.words} & set(printed)) for read in (told, lied_to)]
    assert right[0] > 0.9 * len(set(printed)) > right[1]
    assert all(word.box.x1 < 0.95 and word.box.y1 < 0.95 for word in told.words)


@needs_program
def test_small_letters_are_read_again_enlarged(
    page: tuple[Image.Image, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    image, printed = page
    fine = image.resize((round(image.width * 0.4), round(image.height * 0.4)), Image.Resampling.LANCZOS)
    again = Tesseract().read(fine, dpi=150)
    monkeypatch.setattr(tesseract, "_SMALL_PX", 0.0)
    once = Tesseract().read(fine, dpi=150)
    right = [len({word.text for word in read.words} & set(printed)) for read in (again, once)]
    assert right[0] > 0.9 * len(set(printed))
    assert right[0] >= right[1]
    assert all(word.box.x1 < 0.95 and word.box.y1 < 0.95 for word in again.words)


def test_no_scan_is_enlarged_beyond_what_pays(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    program(tmp_path, f'head -c 15 "$1" | head -2 | tail -1 >> {seen}; printf "level\\n" > "$2.tsv"')
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    for size, dpi in (((900, 40), 90), ((3000, 40), 72), ((4000, 40), 72), ((900, 40), 160), ((60, 40), 10)):
        Tesseract().read(Image.new("L", size, 255), dpi=dpi)
    assert seen.read_text().split("\n")[:-1] == ["2400 107", "3600 48", "4000 40", "900 40", "180 120"]


@needs_program
def test_colour_pages_are_read_and_left_as_they_are(page: tuple[Image.Image, list[str]]) -> None:
    image = page[0].convert("RGB")
    before = (image.mode, image.format, image.tobytes())
    assert len(Tesseract().read(image, dpi=150).words) == len(page[1])
    assert (image.mode, image.format, image.tobytes()) == before


@needs_program
@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_tells_which_way_is_up(page: tuple[Image.Image, list[str]], turn: int) -> None:
    turned = page[0].rotate(turn, expand=True)  # PIL turns counter-clockwise, so clockwise brings it back
    assert Tesseract().upright_rotation(turned, dpi=150) == turn


@needs_program
@pytest.mark.parametrize("turn", [0, 180])
def test_tells_by_reading_where_osd_is_unsure_or_absent(
    page: tuple[Image.Image, list[str]], turn: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    turned = page[0].crop((0, 0, 900, 200)).rotate(turn, expand=True)
    monkeypatch.setattr(Tesseract, "_detect", lambda *_: (180, 0.3))
    assert Tesseract().upright_rotation(turned, dpi=150) == turn
    monkeypatch.setattr(tesseract, "installed_languages", lambda: ("eng",))
    monkeypatch.setattr(Tesseract, "_detect", lambda *_: pytest.fail("asked for OSD without its data"))
    assert Tesseract().upright_rotation(turned, dpi=150) == turn


@needs_program
def test_a_blank_page_has_no_words_and_no_rotation() -> None:
    blank = Image.new("L", (800, 600), 255)
    assert Tesseract().read(blank, dpi=150).words == ()
    assert Tesseract().upright_rotation(blank, dpi=150) == 0


@needs_program
@pytest.mark.parametrize("size", [(1, 1), (2, 400), (400, 2)])
def test_slivers_do_not_fail(size: tuple[int, int]) -> None:
    assert Tesseract().read(Image.new("L", size, 0), dpi=150).words == ()


@needs_program
def test_a_missing_language_is_told() -> None:
    with pytest.raises(DependencyError, match="xyz") as caught:
        Tesseract(("eng", "xyz")).read(Image.new("L", (50, 50), 255), dpi=150)
    assert "apt install tesseract-ocr-xyz" in caught.value.advice
    assert "brew" in caught.value.advice


def test_a_missing_program_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(DependencyError, match="tesseract") as caught:
        Tesseract().read(Image.new("L", (50, 50), 255), dpi=150)
    assert "apt install tesseract-ocr" in caught.value.advice
    assert caught.value.exit_code is ExitCode.MISSING_DEPENDENCY
    with pytest.raises(DependencyError):
        installed_languages()


def test_a_program_that_fails_costs_the_page_only(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program(tmp_path, "echo 'Error in pixRead: no image.' >&2; exit 3")
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with pytest.raises(SourceError, match="no image"):
        Tesseract().read(Image.new("L", (50, 50), 255), dpi=150)


def test_a_program_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program(tmp_path, "exec sleep 600")
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    engine = Tesseract(timeout_s=0.3)
    with pytest.raises(StalledSourceError, match=r"0\.3 seconds"):
        engine.read(Image.new("L", (50, 50), 255), dpi=150)


def test_the_program_runs_on_one_thread_and_we_do_not(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("OMP_THREAD_LIMIT", raising=False)
    seen = tmp_path / "seen"
    program(tmp_path, f'echo "$OMP_THREAD_LIMIT $*" >> {seen}; printf "level\\n" > "$2.tsv"')
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    Tesseract(("eng",)).read(Image.new("L", (50, 50), 255), dpi=9000)
    (call,) = seen.read_text().splitlines()
    assert call.startswith("1 ")
    assert "--psm 3 --dpi 2400" in call
    assert ".PPM" in call
    assert "OMP_THREAD_LIMIT" not in os.environ


def test_few_words_on_an_inked_page_are_read_again_as_scattered_text(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    word = "5\\t1\\t1\\t1\\t1\\t1\\t5\\t5\\t9\\t9\\t90\\tsparse"
    program(tmp_path, f'case "$*" in *"--psm 11"*) row="{word}";; esac; printf "level\\n$row\\n" > "$2.tsv"')
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    assert Tesseract().read(Image.new("L", (50, 50), 255), dpi=150).words == ()
    assert [word.text for word in Tesseract().read(Image.new("L", (50, 50), 0), dpi=150).words] == ["sparse"]


@pytest.mark.parametrize("name", ["eng; rm -rf", "", "a b", "--psm"])
def test_names_that_are_no_language(name: str) -> None:
    if name == "--psm":
        Tesseract((name,))  # passes as one argument after -l, so it can do no harm
        return
    with pytest.raises(UsageError):
        Tesseract((name,))


def test_crosses_process_borders() -> None:
    other = ForkingPickler.loads(ForkingPickler.dumps(Tesseract(("deu", "eng"))))
    assert other.languages == ("deu", "eng")


def test_parse_tsv_skips_what_is_no_word() -> None:
    table = (
        "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext\n"
        "4\t1\t1\t1\t1\t0\t10\t10\t50\t20\t-1\t\n"
        "5\t1\t1\t1\t1\t1\t10\t10\t50\t20\t96.5\tTotal\n"
        "5\t1\t1\t1\t1\t2\t10\t10\t50\t20\t50\t \n"
        "5\t1\t1\t1\t2\t1\t190\t90\t50\t20\t-1\t|\n"
        "5\t1\t1\n"
    )
    assert parse_tsv(table, 200, 100) == [
        Word("Total", Box(0.05, 0.1, 0.3, 0.3), 0.965, 0),
        Word("|", Box(0.95, 0.9, 1.0, 1.0), 0.0, 1),
    ]


def test_parse_osd() -> None:
    assert parse_osd("Page number: 0\nRotate: 270\nOrientation confidence: 12.5\n") == (270, 12.5)
    assert parse_osd("Too few characters.") is None


def test_rows_run_from_top_to_bottom() -> None:
    boxes = [Box(0.5, 0.1, 0.6, 0.2), Box(0.1, 0.8, 0.2, 0.9), Box(0.1, 0.1, 0.2, 0.2)]
    words = [Word(text, box, 1.0, line) for line, (text, box) in enumerate(zip("bca", boxes, strict=True))]
    assert [(word.text, word.line) for word in in_rows(words)] == [("a", 0), ("b", 1), ("c", 2)]
