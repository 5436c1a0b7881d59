from __future__ import annotations

from pathlib import Path

import pymupdf
import pytest

from lucida.errors import SourceError
from lucida.library import Library
from lucida.library.rereading import words_of
from lucida.models.protocols import OcrPage
from lucida.types import Box, Word


def twofold(path: Path, said: str, seen: str) -> Path:
    """A PDF in which one figure is a small picture, with a text under it that nobody sees."""
    drawn = pymupdf.open()
    drawn.new_page(width=120, height=24).insert_text((4, 17), seen, fontsize=14)
    document = pymupdf.open()
    page = document.new_page(width=400, height=300)
    for line in range(6):
        page.insert_text((40, 120 + 20 * line), "For the repair of the pump we charge as was agreed.", fontsize=12)
    page.insert_text((40, 80), "Total due:", fontsize=14)
    page.insert_image(pymupdf.Rect(116, 63, 236, 87), pixmap=drawn[0].get_pixmap(dpi=200))
    page.insert_text((120, 80), said, fontsize=14, render_mode=3)
    document.save(path)
    return path


@pytest.mark.slow
@pytest.mark.parametrize(("seen", "warned"), [("900.00 EUR", True), ("100.00 EUR", False)])
def test_what_the_page_shows_is_held_against_its_layer(tmp_path: Path, seen: str, warned: bool) -> None:
    file = twofold(tmp_path / "bill.pdf", "100.00 EUR", seen)
    with Library.open(tmp_path / "library") as library:
        library.ingest(file)
        answer = library.ask("What is the total due?")
        assert answer.text == "100.00 EUR"
        assert bool(answer.warnings) is warned
        if warned:
            assert "900.00" in answer.warnings[0]


class Engine:
    name = "one word"

    def __init__(self, failing: bool = False) -> None:
        self.failing = failing

    def read(self, image: object, *, dpi: int) -> OcrPage:
        if self.failing:
            raise SourceError("It broke.", "Mend it.")
        return OcrPage((Word("x", Box(0.5, 0.5, 1.0, 1.0), 0.9, 0),), self.name)


def test_boxes_are_of_the_page() -> None:
    from PIL import Image

    part = Box(0.2, 0.4, 0.6, 0.6)
    (word,) = words_of(Engine(), lambda _: Image.new("RGB", (200, 100)), part) or ()  # type: ignore[arg-type]
    assert word.box == pytest.approx(Box(0.4, 0.5, 0.6, 0.6))
    # A sliver of 32 pixels' height stands in the upper half of its white sheet.
    (word,) = words_of(Engine(), lambda _: Image.new("RGB", (200, 32)), part) or ()  # type: ignore[arg-type]
    assert word.box == pytest.approx(Box(0.4, 0.6, 0.6, 0.8))


def test_nobody_reads_what_cannot_be_read() -> None:
    from PIL import Image

    def gone(_: Box) -> Image.Image:
        raise SourceError("It is gone.", "Bring it back.")

    white = Image.new("RGB", (100, 100))
    assert words_of(None, lambda _: white, Box.whole()) is None
    assert words_of(Engine(failing=True), lambda _: white, Box.whole()) is None  # type: ignore[arg-type]
    assert words_of(Engine(), gone, Box.whole()) is None  # type: ignore[arg-type]
