"""A small learned judge: how surely some words near a label are its value."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from lucida.query.linking.traits import RULED_PLACE, traits

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from lucida.query.concepts import ValueType
    from lucida.query.labels import Label
    from lucida.query.layout import Layout
    from lucida.query.linking.proposals import Value

#: Weight of the rules. Forms of other people are less like the drawn ones that were learned from. Nearness (ANLS) of
#: what is chosen for a label, on drawn forms and on FUNSD's: 0.73 and 0.40 by what was learned alone, 0.53 and 0.43 by
#: rules alone, 0.69 and 0.41 by both.
_RULED = 0.15
_WEIGHTS = Path(__file__).with_name("judge.json")


def likelihoods(
    layout: Layout, label: Label, values: Sequence[Value], kind: ValueType, ruled: dict[tuple[int, ...], float]
) -> NDArray[np.float64]:
    """Probability, 0..1, for each value: float64 (n,). See ``traits`` for the arguments.

    A perceptron with one hidden layer, fitted by ``scripts/fit_linking.py``, and the rules' own opinion.
    """
    if not values:
        return np.zeros(0)
    return blended(traits(layout, label, values, kind, ruled), *_weights())


def blended(
    rows: NDArray[np.float32],
    inner: NDArray[np.float32],
    bias: NDArray[np.float32],
    outer: NDArray[np.float32],
    last: float,
) -> NDArray[np.float64]:
    """Probabilities of rows of traits, weighed with how natural the rules find each place; see ``judged``."""
    return (1.0 - _RULED) * judged(rows, inner, bias, outer, last) + _RULED * rows[:, RULED_PLACE]


def judged(
    rows: NDArray[np.float32],
    inner: NDArray[np.float32],
    bias: NDArray[np.float32],
    outer: NDArray[np.float32],
    last: float,
) -> NDArray[np.float64]:
    """Probabilities of rows of traits.

    Args:
        rows: (n, t).
        inner, bias: (t, h) and (h,).
        outer, last: (h,) and a number.
    """
    hidden = np.maximum(rows @ inner + bias, 0.0)
    logits = np.clip((hidden @ outer + last).astype(np.float64), -30.0, 30.0)
    return np.asarray(1.0 / (1.0 + np.exp(-logits)))


@cache
def _weights() -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32], float]:
    table = json.loads(_WEIGHTS.read_text(encoding="utf-8"))
    inner, bias, outer = (np.array(table[name], dtype=np.float32) for name in ("inner", "bias", "outer"))
    return inner, bias, outer, float(table["last"])
