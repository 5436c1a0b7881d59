"""Spans from logits."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from lucida.models.protocols import PairWindow
from lucida.models.reader.decoding import LONGEST, apart, spans_of

PASSAGE = "Marta Lind repaired the clock in 1911."


def window(words: int = 7) -> PairWindow:
    """[CLS] question [SEP], then the passage's words as tokens, then [SEP]."""
    offsets, at = [], 0
    for word in PASSAGE.split()[:words]:
        start = PASSAGE.index(word, at)
        at = start + len(word.rstrip("."))
        offsets.append((start, at))
    places = np.array([(-1, -1)] * 3 + offsets + [(-1, -1)], dtype=np.int64)
    ids = np.arange(len(places), dtype=np.int64)
    return PairWindow(0, ids, ids * 0, ids * 0, places, fresh=True)


def logits(**peaks: tuple[float, float]) -> np.ndarray:
    table = np.full((len(window().ids) + 2, 2), -5.0, dtype=np.float32)
    table[0] = 0.0
    for name, (first, last) in peaks.items():
        place = int(name.removeprefix("t"))
        table[place] = (first, last)
    return table


def said(spans: list) -> list[str]:
    return [PASSAGE[span.start : span.end] for span in spans]


def test_the_best_span_leads_over_the_null() -> None:
    spans = spans_of(window(), logits(t3=(6, -2), t4=(-3, 4), t9=(2, 3)), 1.5, PASSAGE, 3)
    assert said(spans)[:2] == ["Marta Lind", "1911"]
    assert spans[0].lead == pytest.approx(10.0)
    assert spans[1].lead == pytest.approx(5.0)
    assert spans[0].answerable == 1.5


def test_an_end_before_its_start_is_no_span() -> None:
    spans = spans_of(window(), logits(t3=(-5, 9), t9=(9, -5)), 0.0, PASSAGE, 2)
    assert all(span.start < span.end for span in spans)
    assert said(spans)[0] not in {"", " "}


def test_the_question_and_the_null_are_no_answers() -> None:
    spans = spans_of(window(), logits(t1=(9, 9), t2=(9, 9), t10=(9, 9), t6=(1, 1)), 0.0, PASSAGE, 1)
    assert said(spans) == ["the"]


def test_kept_spans_do_not_overlap() -> None:
    spans = spans_of(window(), logits(t3=(6, 2), t4=(5, 6), t5=(1, 5)), 0.0, PASSAGE, 4)
    places = sorted((span.start, span.end) for span in spans)
    assert all(a[1] <= b[0] for a, b in pairwise(places))
    assert apart(spans, 4) == spans


def test_half_words_are_made_whole() -> None:
    cut = window()
    cut.offsets[4] = (7, 9)  # "nd" of "Lind"
    assert said(spans_of(cut, logits(t4=(5, 5)), 0.0, PASSAGE, 1)) == ["Lind"]


def test_answers_have_an_end() -> None:
    long = " ".join(f"w{number}" for number in range(60))
    places, at = [(-1, -1)], 0
    for word in long.split():
        places.append((at, at + len(word)))
        at += len(word) + 1
    ids = np.arange(len(places), dtype=np.int64)
    table = np.zeros((len(places), 2), dtype=np.float32)
    table[1, 0] = table[60, 1] = 20
    (span,) = spans_of(PairWindow(0, ids, ids, ids, np.array(places), fresh=True), table, 0.0, long, 1)
    assert len(long[span.start : span.end].split()) <= LONGEST
