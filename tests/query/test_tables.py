from __future__ import annotations

import pytest

from lucida.query.question import understand
from lucida.query.tables import read_tables
from lucida.types import Box, Cell, Region, RegionKind, Table

HEAD = ["Region", "Q1", "Q2", "Q3"]
BODY = [
    ["North", "12.4", "13.1", "15.0"],
    ["North East", "8.1", "8.4", "9.0"],
    ["South", "9.8", "9.9", "11.2"],
    ["Total", "30.3", "31.4", "35.2"],
]


def box(row: int, column: int) -> Box:
    return Box(0.1 + 0.2 * column, 0.2 + 0.03 * row, 0.28 + 0.2 * column, 0.22 + 0.03 * row)


def regions(rows: list[list[str]], header_rows: int = 1) -> tuple[Region, ...]:
    cells = tuple(Cell(r, c, text, box(r, c)) for r, row in enumerate(rows) for c, text in enumerate(row))
    table = Table(len(rows), len(rows[0]), cells, header_rows)
    title = Region(RegionKind.TITLE, Box(0.1, 0.1, 0.9, 0.13), "Revenue in million euros", 1)
    return title, Region(RegionKind.TABLE, Box(0.1, 0.2, 0.9, 0.4), "", 0, table)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("What was the revenue of the north region in Q3?", "15.0"),
        ("What was the revenue of the north east region in Q2?", "8.4"),
        ("What was the total revenue in Q2?", "31.4"),
        ("Which region had the highest revenue in Q1?", "North"),
        ("Which region had the lowest revenue in Q3?", "North East"),
        ("How much was the highest revenue in Q2?", "13.1"),
    ],
)
def test_cells_are_addressed_by_their_headers(page_of, question: str, answer: str) -> None:
    found = read_tables(page_of([], regions=regions([HEAD, *BODY])), understand(question), {})
    assert found[0].text == answer


def test_the_cells_own_box_comes_along(page_of) -> None:
    found = read_tables(page_of([], regions=regions([HEAD, *BODY])), understand("Revenue of the south in Q2?"), {})
    assert found[0].near == box(3, 2)


def test_two_columns_are_names_and_values(page_of) -> None:
    rows = [["Property", "Value"], ["Supply voltage", "3.3 V"], ["Weight", "12 g"]]
    found = read_tables(page_of([], regions=regions(rows)), understand("What is the supply voltage?"), {})
    assert found[0].text == "3.3 V"


def test_a_row_that_is_not_there_is_not_answered_by_another(page_of) -> None:
    found = read_tables(
        page_of([], regions=regions([HEAD, *BODY])), understand("What was the profit of Asia in Q9?"), {}
    )
    assert found == []


def test_tables_without_cells_or_text_are_passed_over(page_of) -> None:
    empty = Region(RegionKind.TABLE, Box.whole(), "", 0, Table(0, 0, ()))
    assert read_tables(page_of([], regions=(empty,)), understand("What is the total?"), {}) == []
    blank = regions([["", ""], ["", ""]])
    assert read_tables(page_of([], regions=blank), understand("What is the total?"), {}) == []
