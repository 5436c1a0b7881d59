"""Reading a form as eyes do: find the label that the question names, then the value beside or below it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lucida.query.boxes import is_box
from lucida.query.candidate import Candidate, Features, standing_in
from lucida.query.checkboxes import chosen
from lucida.query.concepts import ValueType
from lucida.query.labels import Label, find_labels
from lucida.query.layout import Layout, Run, lay_out
from lucida.query.linking import Value, likelihoods, proposals
from lucida.query.linking.rules import fitting, is_prose, ruled_values

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lucida.index.records import PageRow
    from lucida.query.question import Question

_MOST_LABELS = 12
#: Of one label, so many values are looked at, none below this likelihood.
_MOST_VALUES, _UNLIKELY = 4, 0.03
#: Likelihood, in places of the rules, of what a sentence says behind a word; and what is left of a sentence's own.
_IN_PROSE, _WHOLE_SENTENCE = 0.4, 0.1
#: Likelihood that a ticked option is meant, where one is asked for and where nothing was said of ticks.
_TICKED, _MAYBE_TICKED = 0.98, 0.9


def read_fields(page: PageRow, question: Question, weights: dict[str, float]) -> list[Candidate]:
    """Values whose labels say what the question wants, best first.

    Args:
        page: any page; words need places, not regions.
        question: taken apart.
        weights: IDF of the question's terms.

    Returns:
        At most a dozen candidates; ``names`` and ``rank`` of their features are left to the caller.
    """
    layout = lay_out(page)
    found: list[Candidate] = []
    for label in find_labels(layout, question.wanted, weights, question.words, own=len(question.own))[:_MOST_LABELS]:
        values, sure = _weighed(layout, label, question)
        for number in sure.argsort()[::-1][:_MOST_VALUES]:
            if sure[number] >= _UNLIKELY:
                candidate = candidate_of(page, label, values[number], float(sure[number]), question)
                found += [] if candidate is None else [candidate]
    return sorted(found, key=_strength, reverse=True)[:12]


def options(layout: Layout, label: Label, question: Question) -> tuple[list[Value], dict[tuple[int, ...], float]]:
    """All that may be a label's value, and how natural the rules find some of it, by its key."""
    ruled: dict[tuple[int, ...], float] = {}
    values = {value.key: value for value in proposals(layout, label)}
    for one in ruled_values(layout, label, question):
        if one.words:
            value = Value.of(one.words, layout, label)
            values.setdefault(value.key, value)
            ruled[value.key] = max(ruled.get(value.key, 0.0), one.place)
    return list(values.values()), ruled


def _weighed(layout: Layout, label: Label, question: Question) -> tuple[list[Value], NDArray[np.float64]]:
    """A label's values with their likelihoods.

    The judge knows forms. What a sentence says behind a word is left to the rules; and a sentence is hardly ever meant
    where a short value is asked for.
    """
    if ticked := chosen(layout, label):
        return [Value.of(ticked, layout, label)], np.array([_TICKED if question.checked else _MAYBE_TICKED])
    values, ruled = options(layout, label, question)
    if not label.closed and is_prose(layout.rows[label.row][label.run]):
        values = [value for value in values if value.key in ruled]
        return values, np.array([_IN_PROSE * ruled[value.key] for value in values])
    typed = question.type is not ValueType.ANY
    told = [_WHOLE_SENTENCE if typed and is_prose(Run(value.words)) else 1.0 for value in values]
    return values, likelihoods(layout, label, values, question.type, ruled) * np.array(told)


def _strength(candidate: Candidate) -> float:
    features = candidate.features
    return features.match * (0.3 + 0.7 * features.agreement) * features.place


def candidate_of(page: PageRow, label: Label, value: Value, likelihood: float, question: Question) -> Candidate | None:
    """A label's value as a candidate; None where it says nothing."""
    words, fit = fitting(value.words, question.type)
    shown = words if question.type is ValueType.CHOICE else [word for word in words if not is_box(word.text)] or words
    text = " ".join(word.text for word in shown).strip(" .·_:;,|")
    if not any(char.isalnum() or char in "☐☑☒✓✔✗" for char in text) or len(text) > 400:
        return None
    features = Features(match=label.score, agreement=fit, place=_placed(likelihood))
    return standing_in(words, text, page, "field", features)


def _placed(likelihood: float) -> float:
    """Log-odds of a likelihood, 0..1 between one in 150 and nineteen in twenty: what a logistic model adds up."""
    odds = np.log(max(likelihood, 1e-6) / max(1.0 - likelihood, 1e-6))
    return float(np.clip((odds + 5.0) / 8.0, 0.0, 1.0))
