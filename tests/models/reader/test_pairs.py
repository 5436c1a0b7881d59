"""A question and a passage as rows of tokens."""

from __future__ import annotations

import numpy as np

from lucida.models import minilm_files
from lucida.models.reader.pairs import OVERLAP, QUESTION, WINDOW, Pairs

PASSAGE = "The clock of the town hall stood still until Émile Lind repaired it in 1911."


def cutter(window: int = WINDOW) -> Pairs:
    return Pairs(minilm_files.find().tokenizer, window)


def test_offsets_are_those_of_the_passage() -> None:
    (window,) = cutter().cut("Who repaired the clock?", [PASSAGE])
    assert window.owner == 0
    assert window.fresh
    words = [PASSAGE[start:end] for start, end in window.offsets if start >= 0]
    assert words[:3] == ["The", "clock", "of"]
    assert "Émile" in words
    assert (window.types[window.offsets[:, 0] >= 0] == 1).all()
    assert len(window.ids) == len(window.types) == len(window.marks) == len(window.offsets)


def test_marks_tell_what_both_sides_say() -> None:
    (window,) = cutter().cut("Who repaired the clock?", [PASSAGE])
    shared = {PASSAGE[a:b] for (a, b), mark in zip(window.offsets, window.marks, strict=True) if mark == 4}
    assert shared == {"The", "the", "clock", "repaired"}
    question = window.marks[1:5]
    assert question.tolist() == [1, 2, 2, 2]  # "who" is the question's alone
    assert window.marks[0] == 0


def test_long_passages_are_cut_with_an_overlap_and_nothing_is_lost() -> None:
    long = " ".join(f"word{number}" for number in range(400))
    windows = cutter(200).cut("Which word?", ["short", long])
    assert [window.owner for window in windows] == [0] + [1] * (len(windows) - 1)
    own = windows[1:]
    assert [window.fresh for window in own] == [True] + [False] * (len(own) - 1)
    assert all(len(window.ids) <= 200 for window in own)
    covered = np.zeros(len(long), dtype=int)
    for window in own:
        for start, end in window.offsets[window.offsets[:, 0] >= 0]:
            covered[start:end] += 1
    assert all(covered[place] for place, char in enumerate(long) if char != " ")
    shared = [(window.offsets[:, 0] >= 0).sum() for window in own]
    assert sum(shared) > OVERLAP


def test_a_question_without_end_leaves_room_for_the_passage() -> None:
    (window,) = cutter().cut("why " * 500, [PASSAGE])
    assert (window.types == 0).sum() <= QUESTION + 2
    assert (window.offsets[:, 0] >= 0).sum() > 15


def test_passages_without_words_give_no_window() -> None:
    windows = cutter().cut("Who?", ["", PASSAGE, "  "])
    assert [window.owner for window in windows] == [1]


def test_undecodable_characters_keep_their_places() -> None:
    (window,) = cutter().cut("Who?", ["\udce9 Lind came."])
    assert [9, 13] in window.offsets.tolist() or [7, 11] in window.offsets.tolist()
