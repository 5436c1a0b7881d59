"""Questions on running text: read, parted, judged; and confidences that keep their promises."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from lucida.errors import UsageError
from lucida.models.protocols import RawSpan, Span
from lucida.query.evaluation.fitting import fit_logistic, threshold_for
from lucida.query.evaluation.prose import RIGHT, fit_calibration, outcomes_of, summarise
from lucida.query.evaluation.squad import Part, ProseQuestion, part_of, read_squad

PASSAGE = "The clock stood still until Marta Lind repaired it in 1911."


def question(number: int, text: str, answer: str = "") -> ProseQuestion:
    start = PASSAGE.index(answer) if answer else 0
    spans = ((start, start + len(answer)),) if answer else ()
    return ProseQuestion(str(number), "Clocks", text, PASSAGE, spans)


class Knowing:
    """Points where a table says, as surely as it says; right answers have high logits."""

    spec, threshold = "knowing", 0.5

    def __init__(self, table: dict[str, tuple[str, float]]) -> None:
        self._table = table

    def read(self, question: str, passages: Sequence[str], *, most: int = 3) -> list[list[Span]]:
        found = self.read_raw(question, passages, most=most)
        return [[Span(one.start, one.end, one.lead, 1 / (1 + np.exp(-one.lead))) for one in spans] for spans in found]

    def read_raw(self, question: str, passages: Sequence[str], *, most: int = 3) -> list[list[RawSpan]]:
        answer, lead = self._table[question]
        if not answer:
            return [[] for _ in passages]
        return [
            [RawSpan(passage.index(answer), passage.index(answer) + len(answer), lead, lead / 2)]
            for passage in passages
        ]


def test_figures_are_counted_as_squad_counts_them() -> None:
    asked = [
        question(1, "Who repaired it?", "Marta Lind"),
        question(2, "When was it repaired?", "1911"),
        question(3, "What stood still?", "clock"),
        question(4, "Who sold it?"),
        question(5, "Why?"),
    ]
    table = {
        "Who repaired it?": ("Lind", 3.0),  # F1 2/3, given
        "When was it repaired?": ("1911", -1.0),  # right, refused
        "What stood still?": ("The clock", 2.0),  # exact but for the article
        "Who sold it?": ("Marta", 1.0),  # wrong, given
        "Why?": ("", 0.0),  # nothing found is refused
    }
    outcomes = outcomes_of(Knowing(table), asked)
    report = summarise(outcomes, 0.5)
    assert report.f1.value == pytest.approx((2 / 3 + 0 + 1 + 0 + 1) / 5)
    assert report.exact.value == pytest.approx((0 + 0 + 1 + 0 + 1) / 5)
    assert report.span_f1.value == pytest.approx((2 / 3 + 1 + 1) / 3)
    assert report.unanswerable_refused.value == 0.5
    assert report.answerable_refused.value == pytest.approx(1 / 3)
    assert sum(one.count for one in report.bins) == 5
    assert set(report.to_json()) >= {"f1", "threshold", "reliability", "separable"}
    assert [outcome.right for outcome in outcomes] == [True, True, True, False, False]


def test_a_logistic_fit_finds_the_weights_that_made_the_data() -> None:
    rng = np.random.default_rng(0)
    features = rng.normal(size=(20_000, 2)) * (1.0, 5.0) + (0.0, 3.0)
    likely = 1 / (1 + np.exp(-(-1.0 + 2.0 * features[:, 0] + 0.3 * features[:, 1])))
    bias, one, two = fit_logistic(features, rng.random(20_000) < likely, ridge=0.1)
    assert (bias, one, two) == pytest.approx((-1.0, 2.0, 0.3), abs=0.1)


def test_a_fit_on_what_is_perfectly_told_apart_stays_finite() -> None:
    weights = fit_logistic([[0.0], [1.0], [2.0], [3.0]], [0, 0, 1, 1])
    assert np.isfinite(weights).all()
    assert weights[1] > 0
    assert np.isfinite(fit_logistic([[1.0], [1.0]], [1, 1])).all()


def test_a_threshold_loses_no_more_than_it_may() -> None:
    sure = np.linspace(0, 1, 101)
    threshold = threshold_for(sure, lost=0.15)
    assert (sure < threshold).mean() <= 0.15
    assert (sure < threshold + 0.02).mean() > 0.15
    assert threshold_for([], lost=0.15) == 0.5


def test_calibration_makes_probabilities_of_logits() -> None:
    rng = np.random.default_rng(1)
    asked, table = [], {}
    for number in range(400):
        lead = float(rng.normal(0, 3))
        right = rng.random() < 1 / (1 + np.exp(-(lead - 1)))
        text = f"question {number}"
        asked.append(question(number, text, "1911" if right else ""))
        table[text] = ("1911", lead)
    found = fit_calibration(Knowing(table), asked)
    assert found.lead + 0.5 * found.answerable == pytest.approx(1.0, abs=0.3)
    good = np.array([table[one.question][1] for one in asked if one.answerable])
    logits = found.bias + found.lead * good + found.answerable * good / 2
    assert (1 / (1 + np.exp(-logits)) < found.threshold).mean() <= 0.15
    assert RIGHT == 0.5


def test_articles_are_parted_by_their_titles_alone() -> None:
    parts = [part_of(f"Article {number}") for number in range(3_000)]
    shares = [parts.count(part) / 3_000 for part in Part]
    assert shares == pytest.approx([0.6, 0.1, 0.3], abs=0.03)
    assert part_of("Normans") is part_of("Normans")


def test_squad_is_read_as_it_is_written(tmp_path: Path) -> None:
    row = {"id": 1, "question": "Who?", "answers": [{"text": " Marta Lind ", "answer_start": 27}] * 2}
    wrong = {"id": 2, "question": "Off?", "answers": [{"text": "Marta", "answer_start": 3}]}
    none = {"id": 3, "question": "Why?", "answers": [], "is_impossible": True, "plausible_answers": []}
    article = {"title": "Clocks", "paragraphs": [{"context": PASSAGE, "qas": [row, wrong, none]}]}
    (tmp_path / "one.json").write_text(json.dumps({"data": [article]}))
    found = read_squad([tmp_path])
    assert [one.id for one in found] == ["1", "3"]
    assert found[0].answers == ("Marta Lind",)
    assert [one.answerable for one in found] == [True, False]
    part = part_of("Clocks")
    assert read_squad([tmp_path / "one.json"], part) == found
    other = next(one for one in Part if one is not part)
    with pytest.raises(UsageError, match="no question for"):
        read_squad([tmp_path], other)


@pytest.mark.parametrize("text", ["not json", "[]", '{"data": [{"paragraphs": [{}]}]}'])
def test_other_forms_are_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.json").write_text(text)
    with pytest.raises(UsageError, match="SQuAD's form"):
        read_squad([tmp_path / "a.json"])
