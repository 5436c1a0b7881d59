from __future__ import annotations

import math

import pytest

from lucida.query.layout import lay_out
from lucida.types import Box, Word

FORM = [
    [(0.1, "Invoice number:"), (0.4, "A-17")],
    [(0.1, "Date:"), (0.4, "3 May 2024")],
    [(0.1, "Total"), (0.6, "45.00")],
]


def rows_of(page) -> list[list[str]]:
    return [[run.text for run in row] for row in lay_out(page).rows]


EXPECTED = [["Invoice number:", "A-17"], ["Date:", "3 May 2024"], ["Total", "45.00"]]


def test_rows_and_runs(page_of) -> None:
    assert rows_of(page_of(FORM)) == EXPECTED


def test_words_in_any_order_make_the_same_rows(page_of, words_of) -> None:
    words = tuple(sorted(words_of(FORM), key=lambda word: word.text))
    assert rows_of(page_of([], words=words)) == EXPECTED


@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_turned_pages_are_read_upright(page_of, words_of, rotation: int) -> None:
    assert (
        rows_of(page_of([], words=tuple(turned(word, rotation) for word in words_of(FORM)), rotation=rotation))
        == EXPECTED
    )


def turned(word: Word, rotation: int) -> Word:
    """The word's box on a page that a clockwise turn by ``rotation`` brings upright."""
    x0, y0, x1, y1 = word.box
    if rotation == 90:
        return word._replace(box=Box(y0, 1 - x1, y1, 1 - x0))
    if rotation == 180:
        return word._replace(box=Box(1 - x1, 1 - y1, 1 - x0, 1 - y0))
    return word._replace(box=Box(1 - y1, x0, 1 - y0, x1))


@pytest.mark.parametrize("degrees", [-3.0, 2.0])
def test_skewed_lines_are_levelled(page_of, words_of, degrees: float) -> None:
    lines = [[(0.05, f"a row of words that runs {i} across the page from left"), (0.7, "to right")] for i in range(20)]
    slope = math.tan(math.radians(degrees)) * 595 / 842
    skewed = tuple(
        word._replace(
            box=Box(word.box.x0, word.box.y0 + slope * word.box.x0, word.box.x1, word.box.y1 + slope * word.box.x0)
        )
        for word in words_of(lines)
    )
    assert [row[0] for row in rows_of(page_of([], words=skewed))] == [line[0][1] for line in lines]


def test_leaders_and_glued_colons_part_label_and_value(page_of) -> None:
    page = page_of(
        [[(0.1, "Total.........45.00")], [(0.1, "Date:12/03/2024")], [(0.1, "Tax ....... 9.00")], [(0.1, "at 12:30")]]
    )
    texts = [[word.text for run in row for word in run.words] for row in lay_out(page).rows]
    assert texts == [["Total", "45.00"], ["Date:", "12/03/2024"], ["Tax", "9.00"], ["at", "12:30"]]


def test_an_empty_page(page_of) -> None:
    assert lay_out(page_of([])).rows == ()


def test_words_between_two_offsets(page_of) -> None:
    [[run]] = lay_out(page_of([[(0.1, "on 28 MAR 18, noon")]])).rows
    assert [word.text for word in run.between(3, 12)] == ["28", "MAR", "18,"]
    assert run.between(0, 0) == ()
