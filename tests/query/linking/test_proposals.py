"""What is proposed for a label, on pages drawn word by word."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import pytest

from lucida.query.labels import find_labels
from lucida.query.layout import lay_out
from lucida.query.linking.proposals import Value, Where, proposals

if TYPE_CHECKING:
    from lucida.index.records import PageRow

Lines = Sequence[Sequence[tuple[float, str]]]


def proposed(page: PageRow, *label: str) -> dict[str, Value]:
    """The values that the best place of a label may have, by their texts."""
    layout = lay_out(page)
    found = find_labels(layout, [label], {}, label)[0]
    return {value.text: value for value in proposals(layout, found)}


@pytest.mark.parametrize(
    ("lines", "value", "where"),
    [
        ([[(0.1, "Colour: dark green")]], "dark green", Where.INLINE),
        ([[(0.1, "Colour"), (0.5, "dark green")]], "dark green", Where.RIGHT),
        ([[(0.1, "Colour")], [(0.1, "dark green")]], "dark green", Where.BELOW),
        ([[(0.1, "dark green")], [(0.1, "Colour")]], "dark green", Where.ABOVE),
        ([[(0.1, "dark green"), (0.5, "Colour")]], "dark green", Where.LEFT),
    ],
)
def test_values_stand_on_all_sides(page_of: Callable[..., Any], lines: Lines, value: str, where: Where) -> None:
    assert proposed(page_of(lines), "colour")[value].where is where


def test_blocks_grow_line_by_line_until_the_next_label(page_of: Callable[..., Any]) -> None:
    lines = [[(0.1, "Address:"), (0.3, "Mill House")], [(0.3, "4 Weir Lane")], [(0.3, "Leeds")], [(0.3, "Tel:")]]
    found = proposed(page_of(lines), "address")
    assert found["Mill House"].goes_on
    assert found["Mill House 4 Weir Lane"].lines == 2
    whole = found["Mill House 4 Weir Lane Leeds"]
    assert (whole.lines, whole.goes_on) == (3, False)
    assert not any("Tel" in text for text in found)


def test_wide_letters_are_joined(page_of: Callable[..., Any]) -> None:
    lines = [[(0.1, "EP"), (0.135, "25"), (0.17, "US")], [(0.1, "Vehicle registration:")]]
    assert "EP 25 US" in proposed(page_of(lines), "vehicle", "registration")


def test_what_names_something_else_is_not_joined(page_of: Callable[..., Any]) -> None:
    lines = [[(0.1, "IBAN GB29 NWBK 6016"), (0.6, "Tel: 555 0199")]]
    assert "GB29 NWBK 6016 Tel: 555 0199" not in proposed(page_of(lines), "iban")


def test_each_stands_once_and_none_is_empty(page_of: Callable[..., Any]) -> None:
    layout = lay_out(page_of([[(0.1, "Name"), (0.4, "Ada"), (0.7, "Byron")], [(0.1, "Ada")], [(0.1, "Byron")]]))
    values = proposals(layout, find_labels(layout, [("name",)], {}, ("name",))[0])
    assert len({value.key for value in values}) == len(values)
    assert all(value.words for value in values)


def test_labels_and_bare_boxes_are_no_values(page_of: Callable[..., Any]) -> None:
    assert proposed(page_of([[(0.1, "Town:"), (0.4, "Name"), (0.7, "Date")], [(0.1, "☒")]]), "name") == {}


def test_a_label_alone_has_none(page_of: Callable[..., Any]) -> None:
    assert proposed(page_of([[(0.1, "Name:")]]), "name") == {}
