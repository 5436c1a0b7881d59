"""Two engines: the second reads where the first was unsure, and the better reading stays."""

from __future__ import annotations

from importlib.util import find_spec
from multiprocessing.reduction import ForkingPickler

import pytest
from PIL import Image

from lucida.models.careful_ocr import CarefulOcr, is_unsure
from lucida.models.protocols import OcrPage
from lucida.models.registry import load_ocr
from lucida.types import Box, Word

PAGE = Image.new("L", (40, 40), 255)


class Engine:
    """Reads the same off every page, and counts how often."""

    def __init__(self, name: str, text: str, confidence: float) -> None:
        self.name, self.asked = name, 0
        self._words = tuple(Word(word, Box.whole(), confidence, 0) for word in text.split())

    def read(self, image: Image.Image, *, dpi: int) -> OcrPage:
        self.asked += 1
        return OcrPage(self._words, self.name)

    def upright_rotation(self, image: Image.Image, *, dpi: int) -> int:
        return {"quick": 90}.get(self.name, 0)


@pytest.mark.parametrize(
    ("quick", "sure", "reader"),
    [
        ("the total of this slip", 0.95, "quick"),
        ("lhe lolal ol lhis slip", 0.4, "strong"),
        ("", 0.0, "strong"),
        ("a very long reading of which hardly a word is sure, but many are there", 0.7, "quick"),
    ],
)
def test_the_second_reads_where_the_first_is_unsure(quick: str, sure: float, reader: str) -> None:
    first, second = Engine("quick", quick, sure), Engine("strong", "the total of this slip", 0.9)
    engine = CarefulOcr(first, second)
    assert engine.read(PAGE, dpi=200).engine == reader
    assert second.asked == is_unsure(first.read(PAGE, dpi=200).words)
    assert engine.upright_rotation(PAGE, dpi=200) == 90


@pytest.mark.skipif(find_spec("rapidocr") is None, reason="the extra rapidocr is not installed")
def test_it_is_named_auto_and_crosses_process_borders() -> None:
    engine = load_ocr("auto", ["eng"])
    assert engine is not None
    assert engine.name == "auto"
    assert len(ForkingPickler.dumps(engine)) < 1_000
