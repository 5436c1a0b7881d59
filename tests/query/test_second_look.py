from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from lucida.query.aids import Aids
from lucida.query.ask import ask
from lucida.query.second_look import agree, disagreement
from lucida.types import Box, Citation, TextOrigin, Word

PLACE = Box(0.5, 0.5, 0.6, 0.52)


@pytest.mark.parametrize(
    ("said", "shown", "same"),
    [
        ("GBP 1,322.40", "GBP 1,322.40", True),
        ("GBP 1,322.40", "GBP l,322.4O", True),
        ("GBP 1,322.40", "Total due GBP 1,322.40", True),
        ("GBP 1,322.40", "GBP 1,322.90", False),
        ("100", "900", False),
        ("100", "nothing of the kind", False),
        ("Jens Stoltenberg", "Jens Stoitenberg", True),
        ("Jens Stoltenberg", "prime minister Jens Stoltenberg.", True),
        ("Jens Stoltenberg", "Gro Brundtland", False),
        ("Jens Stoltenberg", "No. 12", False),
        ("☒", "anything", True),
        ("1 March 2025", "| March 2025", True),
    ],
)
def test_what_agrees(said: str, shown: str, same: bool) -> None:
    assert agree(said, shown) is same


def shown(text: str, confidence: float = 0.95, box: Box = PLACE) -> Callable[..., Sequence[Word]]:
    return lambda *_: [Word(text, box, confidence, 0)]


def looked(page: Any, reread: Callable[..., Sequence[Word] | None]) -> str | None:
    return disagreement(Citation(page.source, 1, PLACE, "100"), page, reread)


@pytest.fixture
def page(page_of: Any) -> Any:
    return page_of([[(0.1, "Total due"), (0.5, "100")]])


def test_a_layer_that_lies_is_told(page: Any) -> None:
    assert looked(page, shown("900")) == "The file says “100”, and its page shows “900”."
    assert looked(page, shown("100")) is None
    assert looked(page, lambda *_: []) == "The file says “100”, and its page shows nothing there."


def test_doubt_accuses_nobody(page: Any) -> None:
    assert disagreement(Citation(page.source, 1, PLACE, "2"), page, lambda *_: []) is None
    assert looked(page, shown("900", confidence=0.4)) is None
    assert looked(page, shown("900", box=Box(0.1, 0.1, 0.2, 0.12))) is None
    assert looked(page, lambda *_: None) is None


def test_the_pixels_of_a_scan_are_where_its_words_came_from(page: Any) -> None:
    from dataclasses import replace

    assert looked(replace(page, origin=TextOrigin.OCR), shown("900")) is None


def test_a_bit_more_than_the_place_is_read(page: Any) -> None:
    asked: list[Box] = []

    def reread(_page: Any, box: Box) -> None:
        asked.append(box)

    looked(page, reread)
    assert PLACE.coverage(asked[0]) == pytest.approx(1.0)
    assert asked[0].height > 2 * PLACE.height


def test_an_answer_carries_the_warning(index: Any, page_of: Any) -> None:
    page = page_of([[(0.1, "Total due"), (0.5, "GBP 100.00")]])
    index.add(page, ["Total due GBP 100.00"])
    where = page.words[-1].box
    answer = ask(index, None, "What is the total due?", aids=Aids(reread=shown("900.00", box=where)))
    assert answer.text == "GBP 100.00"
    assert answer.warnings == ("The file says “GBP 100.00”, and its page shows “900.00”.",)
    assert answer.to_json()["warnings"] == list(answer.warnings)
    assert answer.trace[-1].name == "look again"
    assert ask(index, None, "What is the total due?").warnings == ()
