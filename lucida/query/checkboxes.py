"""Boxes to tick: which of the options beside a label is chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lucida.query.boxes import is_box, is_ticked

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lucida.query.labels import Label
    from lucida.query.layout import Layout, Placed, Run


def chosen(layout: Layout, label: Label) -> tuple[Placed, ...]:
    """The ticked options that belong to a label, each with its box; empty where there are none.

    A label with a box directly before it or behind it is an option itself. Otherwise its options stand in the rest of
    its row, or on the next one when its own row has no box.
    """
    row = layout.rows[label.row]
    run = row[label.run]
    if label.start > 0 and is_box(run.words[label.start - 1].text):
        return run.words[label.start - 1 : label.end]
    before = row[label.run - 1].words if label.run and label.start == 0 else ()
    if len(before) == 1 and is_box(before[-1].text):
        return (*before, *run.words[label.start : label.end])
    words = [*run.words[label.end :], *_words(row[label.run + 1 :])]
    if not any(is_box(word.text) for word in words) and label.row + 1 < len(layout.rows):
        words = list(_words(layout.rows[label.row + 1]))
    return _ticked_options(words)


def _words(runs: Iterable[Run]) -> list[Placed]:
    return [word for run in runs for word in run.words]


def _ticked_options(words: list[Placed]) -> tuple[Placed, ...]:
    """Words from each ticked box to the next box, or back to the last one where boxes follow their options."""
    boxes = [i for i, word in enumerate(words) if is_box(word.text)]
    if not boxes or (boxes[0] > 0 and boxes[-1] < len(words) - 1) or any(word.text.endswith(":") for word in words):
        return ()
    kept: list[Placed] = []
    follows = boxes[0] > 0
    for number, place in enumerate(boxes):
        if not is_ticked(words[place].text):
            continue
        if follows:
            start = boxes[number - 1] + 1 if number else 0
            kept += words[start : place + 1]
        else:
            end = boxes[number + 1] if number + 1 < len(boxes) else len(words)
            kept += words[place:end]
    return tuple(kept)
