"""The runs on the pages about duplicates and labels still give what they show."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest
from PIL import Image, ImageEnhance

from lucida.query import duplicates, neighbours, sameness

ROOT = Path(__file__).parents[2]
PICTURES = ROOT / "examples" / "pictures"


@pytest.fixture
def album(tmp_path, monkeypatch) -> Path:
    """The folder of the page: pictures, some of them again on the phone."""
    folder = tmp_path / "album"
    (folder / "phone").mkdir(parents=True)
    for name in ("beach", "bridge", "castle", "cat", "forest", "red-bicycle", "train"):
        shutil.copy(PICTURES / f"{name}.jpg", folder)
    shutil.copy(PICTURES / "cat.jpg", folder / "phone" / "cat (1).jpg")
    with Image.open(PICTURES / "beach.jpg") as beach:
        beach.resize((320, 240)).save(folder / "phone" / "beach-small.jpg", quality=60)
        edited = ImageEnhance.Color(beach).enhance(1.3).crop((40, 30, 600, 460))
        edited.save(folder / "phone" / "beach-edited.jpg", quality=80)
    with Image.open(PICTURES / "castle.jpg") as castle:
        castle.save(folder / "phone" / "castle.png")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("LUCIDA_LIBRARY", raising=False)
    return folder


def shown(page: str) -> list[tuple[list[str], list[str]]]:
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    blocks = re.findall(r"^```console\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    runs = [part.splitlines() for block in blocks for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]]
    return [(shlex.split(command)[1:], lines) for command, *lines in runs if lines]


def essence(lines: list[str]) -> list[str]:
    """Groups and their members; not the sizes of files, which depend on the encoder of JPEG."""
    return [re.sub(r", [\d.]+ (?:B|kB|MB)( beyond the best)?", "", line).strip() for line in lines]


def test_duplicates_are_found_as_shown(album, capsys) -> None:
    from lucida.cli import output
    from lucida.cli.app import main
    from lucida.library import Library

    with Library.open() as library:
        library.configure(encoder="minilm")
        library.ingest(album, workers=1)
    runs = shown("duplicates.md")
    assert runs
    for words, lines in runs:
        output.out.cache_clear()
        output.err.cache_clear()
        assert main(words) == 0
        assert essence(capsys.readouterr().out.splitlines()) == essence(lines), words


def test_bounds_on_the_page_are_those_of_the_code() -> None:
    text = " ".join((ROOT / "docs" / "duplicates.md").read_text(encoding="utf-8").split())
    for phrase in (
        f"at most {duplicates.NEAR_BITS} of 64 bits",
        f"correlation of at least {sameness.MIN_WHOLE:g}",
        f"{sameness.MIN_PARTS:.0%}".replace("%", " %"),
        f"`--alike {duplicates.ALIKE:g}`",
        f"{neighbours.MOST_PAIRS} closest",
    ):
        assert phrase in text, phrase
