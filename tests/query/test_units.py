from __future__ import annotations

from lucida.query.question import understand
from lucida.query.tables import read_tables
from lucida.query.units import is_unit
from lucida.query.verification import locate
from lucida.types import Box, Cell, Region, RegionKind, Table

ROWS = [
    ["Parameter", "Min", "Typ", "Max", "Unit"],
    ["Supply current", "", "600", "1500", "µA"],
    ["Storage temperature", "-40", "", "125", "°C"],
]
HEADED = [["Year", "Revenue (M€)"], ["2022", "51.7"], ["2023", "56.8"]]


def _page(page_of, rows):
    lines = [[(0.1 + 0.15 * c, text) for c, text in enumerate(row) if text] for row in rows]
    cells = [
        Cell(r, c, text, Box(0.09 + 0.15 * c, 0.099 + 0.025 * r, 0.23 + 0.15 * c, 0.12 + 0.025 * r))
        for r, row in enumerate(rows)
        for c, text in enumerate(row)
    ]
    table = Table(len(rows), len(rows[0]), tuple(cells))
    return page_of(lines, regions=(Region(RegionKind.TABLE, Box(0.1, 0.1, 0.9, 0.3), "", 0, table),))


def _best(page_of, rows, question: str):
    page = _page(page_of, rows)
    best = read_tables(page, understand(question), {})[0]
    assert best.words or locate(best.quote, page.words) is not None
    return best


def test_a_limit_comes_with_its_unit_and_is_quoted_with_it(page_of) -> None:
    best = _best(page_of, ROWS, "What is the maximum supply current?")
    assert (best.text, best.quote) == ("1500 µA", "1500 µA")


def test_a_value_without_a_named_limit_is_the_typical_one(page_of) -> None:
    best = _best(page_of, ROWS, "What is the supply current?")
    assert (best.text, best.quote) == ("600 µA", "600 1500 µA")


def test_two_limits_make_a_range(page_of) -> None:
    best = _best(page_of, ROWS, "What is the storage temperature?")
    assert (best.text, best.quote) == ("-40 to 125 °C", "-40 125 °C")


def test_a_unit_in_the_head_goes_with_the_value(page_of) -> None:
    best = _best(page_of, HEADED, "What was the revenue in 2022?")
    assert (best.text, best.quote) == ("51.7 M€", "51.7")


def test_units_are_told_from_words() -> None:
    assert all(is_unit(text) for text in ("mm", "°C", "kOhm", "€", "%"))
    assert not any(is_unit(text) for text in ("typical", "2023", "a", "note 1"))
