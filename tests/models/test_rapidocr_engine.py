from __future__ import annotations

import importlib.util
from multiprocessing.reduction import ForkingPickler

import numpy as np
import pytest
from PIL import Image

from lucida.errors import DependencyError, SourceError
from lucida.models import rapidocr_engine
from lucida.models.rapidocr_engine import RapidOcr, in_reading_order

needs_package = pytest.mark.skipif(importlib.util.find_spec("rapidocr") is None, reason="rapidocr is an extra")


def quad(x: float, y: float, width: float = 20, height: float = 10) -> list[list[float]]:
    return [[x, y], [x + width, y], [x + width, y + height], [x, y + height]]


@needs_package
@pytest.mark.slow
def test_reads_words_and_tells_which_way_is_up(page: tuple[Image.Image, list[str]]) -> None:
    image, printed = page
    sample = image.crop((0, 0, 900, 240))
    engine = RapidOcr()
    words = engine.read(sample, dpi=150).words
    assert [word.text for word in words] == printed[: len(words)]
    assert len(words) == 28
    assert [word.line for word in words] == [line for line in range(4) for _ in range(7)]
    assert all(type(edge) is float for word in words for edge in word.box)
    for turn in (0, 90, 180, 270):
        assert engine.upright_rotation(sample.rotate(turn, expand=True), dpi=150) == turn
    blank = Image.new("L", (300, 200), 255)
    assert engine.read(blank, dpi=150).words == ()
    assert engine.upright_rotation(blank, dpi=150) == 0
    assert len(ForkingPickler.dumps(engine)) < 500


def test_a_missing_package_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rapidocr_engine, "find_spec", lambda _: None)
    with pytest.raises(DependencyError, match="rapidocr") as caught:
        RapidOcr().read(Image.new("L", (50, 50)), dpi=150)
    assert "pip install" in caught.value.advice


def test_a_failing_network_costs_the_page_only() -> None:
    def broken(*_: object, **__: object) -> None:
        raise ValueError("bad shape")

    engine = RapidOcr()
    engine._engine = broken
    with pytest.raises(SourceError, match="bad shape"):
        engine.read(Image.new("L", (50, 50)), dpi=150)


def test_lines_side_by_side_form_a_row() -> None:
    results = [
        [("right", 0.9, quad(150, 11))],
        [("below", 0.8, quad(10, 40)), ("it", 0.7, quad(40, 40))],
        [("left", 0.9, quad(10, 10)), (" ", 0.1, quad(40, 10)), ("none", 0.5, None)],
    ]
    words = in_reading_order(results, 200, 100)
    assert [(word.text, word.line) for word in words] == [("left", 0), ("right", 1), ("below", 2), ("it", 2)]
    assert words[0].box == pytest.approx((0.05, 0.1, 0.15, 0.2))


def test_boxes_of_text_on_its_side_are_seen() -> None:
    upright = np.array([quad(0, 0, 80, 10), quad(0, 20, 70, 10), quad(0, 40, 10, 10)], dtype=float)
    assert not rapidocr_engine._runs_vertically(upright)
    assert rapidocr_engine._runs_vertically(upright[:, :, ::-1])
