"""The shipped judge, and the numbers that it is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from lucida.query.concepts import ValueType
from lucida.query.labels import find_labels
from lucida.query.layout import lay_out
from lucida.query.linking import likelihoods, proposals
from lucida.query.linking.judge import _RULED, blended, judged
from lucida.query.linking.traits import RULED_PLACE, traits

if TYPE_CHECKING:
    from lucida.index.records import PageRow


def best(page: PageRow, *label: str) -> str:
    """The likeliest value of a label by the judge, with no rule to help."""
    layout = lay_out(page)
    found = find_labels(layout, [label], {}, label)[0]
    values = proposals(layout, found)
    return values[int(likelihoods(layout, found, values, ValueType.ANY, {}).argmax())].text


@pytest.mark.parametrize(
    ("lines", "label", "value"),
    [
        ([[(0.1, "Insurance no.: RQ-2025-1552"), (0.6, "Occupation: Gardener")]], ("insurance", "no"), "RQ-2025-1552"),
        (
            [
                [(0.1, "Carlby"), (0.4, "Winifred"), (0.7, "1955")],
                [(0.1, "RESIDENCE:"), (0.4, "FORENAME:"), (0.7, "BORN:")],
                [(0.1, "Spanish"), (0.4, "Norbourne"), (0.7, "Carpenter")],
                [(0.1, "NATIONALITY:"), (0.4, "BIRTHPLACE:"), (0.7, "OCCUPATION:")],
            ],
            ("birthplace",),
            "Norbourne",
        ),
    ],
)
def test_it_finds_values_of_forms(page_of: Callable[..., Any], lines: Any, label: tuple[str, ...], value: str) -> None:
    assert best(page_of(lines), *label) == value


def test_likelihoods_are_probabilities_and_hear_the_rules(page_of: Callable[..., Any]) -> None:
    layout = lay_out(page_of([[(0.1, "Name"), (0.4, "Ada"), (0.7, "Byron")], [(0.1, "Clare")]]))
    label = find_labels(layout, [("name",)], {}, ("name",))[0]
    values = proposals(layout, label)
    without = likelihoods(layout, label, values, ValueType.NAME, {})
    assert without.shape == (len(values),)
    assert ((without >= 0) & (without <= 1)).all()
    place = next(number for number, value in enumerate(values) if value.text == "Clare")
    told = likelihoods(layout, label, values, ValueType.NAME, {values[place].key: 0.9})
    assert told[place] > without[place]
    assert likelihoods(layout, label, [], ValueType.NAME, {}).shape == (0,)


def test_traits_are_as_many_as_the_judge_has_weights_for(page_of: Callable[..., Any]) -> None:
    layout = lay_out(page_of([[(0.1, "Name:"), (0.4, "Ada")]]))
    label = find_labels(layout, [("name",)], {}, ("name",))[0]
    values = proposals(layout, label)
    rows = traits(layout, label, values, ValueType.NAME, {values[0].key: 0.7})
    assert rows.dtype == np.float32
    assert np.isfinite(rows).all()
    assert rows[0, RULED_PLACE] == pytest.approx(0.7)
    assert likelihoods(layout, label, values, ValueType.NAME, {}).shape == (len(values),)  # else shapes do not fit


def test_the_perceptron_by_hand() -> None:
    rows = np.array([[1.0, -2.0, 0.5, 0.0, 0.0], [0.0, 3.0, 1.0, 0.0, 0.0]], dtype=np.float32)
    inner = np.array([[1.0, 0.0], [0.0, 1.0], [0.0, 0.0], [0.0, 0.0], [0.0, 0.0]], dtype=np.float32)
    given = (rows, inner, np.array([0.5, 0.0], np.float32), np.array([2.0, -1.0], np.float32), -1.0)
    expected = 1 / (1 + np.exp(-np.array([2 * 1.5 - 1.0, 2 * 0.5 - 3.0 - 1.0])))
    assert judged(*given) == pytest.approx(expected)
    rules = np.array([0.5, 1.0])
    assert blended(*given) == pytest.approx((1 - _RULED) * expected + _RULED * rules)
