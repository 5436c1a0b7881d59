"""How well a reader answers questions on running text, and whether it knows when there is no answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from lucida.models.protocols import SpanCalibration
from lucida.query.evaluation.answers import exact_match, token_f1
from lucida.query.evaluation.fitting import fit_logistic, threshold_for
from lucida.query.evaluation.intervals import Estimate, estimate
from lucida.query.evaluation.reliability import Bin, reliability

if TYPE_CHECKING:
    from lucida.models.protocols import RawReader, Reader
    from lucida.query.evaluation.squad import ProseQuestion

#: A span with at least this F1 counts as right where right and wrong are told apart.
RIGHT = 0.5
#: Share of answerable questions that may be refused, where a threshold is chosen.
MOST_REFUSED = 0.15

#: Hears how many questions are done, of how many.
Observer = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one question, whether or not its answer would be given.

    Attributes:
        question: what was asked.
        answer: the best span's text; empty where none was found.
        probability: of the best span.
        f1, exact: of the best span, against the accepted answer that it fits best; 0 for a question without one.
    """

    question: ProseQuestion
    answer: str
    probability: float
    f1: float
    exact: float

    @property
    def right(self) -> bool:
        """Whether giving the answer would have been right."""
        return self.f1 >= RIGHT


@dataclass(frozen=True, slots=True)
class ProseReport:
    """Figures over questions, each with its interval.

    Attributes:
        threshold: of the probability, below which a question is refused.
        f1, exact: as SQuAD 2.0 counts: a refused question scores 1 where there is no answer and 0 where there is one.
        span_f1: of the best spans of answerable questions, none of them refused.
        unanswerable_refused, answerable_refused: shares.
        separable: share of unanswerable questions that would be refused if the threshold were chosen here, to refuse
            ``MOST_REFUSED`` of the answerable ones: tells the reader's misses from the threshold's.
        calibration_error: mean distance of probability and share of right answers over the bins, weighted by count.
        bins: the reliability table.
    """

    threshold: float
    f1: Estimate
    exact: Estimate
    span_f1: Estimate
    unanswerable_refused: Estimate
    answerable_refused: Estimate
    separable: float
    calibration_error: float
    bins: tuple[Bin, ...]

    def to_json(self) -> dict[str, Any]:
        """Plain data for reports and cards."""
        names = ("f1", "exact", "span_f1", "unanswerable_refused", "answerable_refused")
        figures = {name: getattr(self, name).to_json() for name in names}
        rows = [one.to_json() for one in self.bins]
        rest = {"separable": round(self.separable, 4), "calibration_error": round(self.calibration_error, 4)}
        return {"threshold": round(self.threshold, 4), **figures, **rest, "reliability": rows}


def outcomes_of(reader: Reader, questions: Sequence[ProseQuestion], observe: Observer | None = None) -> list[Outcome]:
    """Ask a reader every question on its own passage."""
    found = []
    for number, question in enumerate(questions):
        (spans,) = reader.read(question.question, [question.passage], most=1)
        answer = question.passage[spans[0].start : spans[0].end] if spans else ""
        f1 = max((token_f1(answer, gold) for gold in question.answers), default=0.0)
        exact = max((exact_match(answer, gold) for gold in question.answers), default=0.0)
        found.append(Outcome(question, answer, spans[0].probability if spans else 0.0, f1, exact))
        if observe is not None:
            observe(number + 1, len(questions))
    return found


def summarise(outcomes: Sequence[Outcome], threshold: float, *, seed: int = 0) -> ProseReport:
    """Figures of some outcomes.

    Args:
        outcomes: at least one.
        threshold: of the probability; chosen elsewhere, never on these questions.
        seed: of the resampling.
    """
    refused = np.array([outcome.probability < threshold for outcome in outcomes])
    answerable = np.array([outcome.question.answerable for outcome in outcomes])
    f1 = np.array([outcome.f1 for outcome in outcomes])
    exact = np.array([outcome.exact for outcome in outcomes])
    sure = np.array([outcome.probability for outcome in outcomes])
    bins, error = reliability(sure, f1 >= RIGHT)
    bar = threshold_for(sure[answerable], lost=MOST_REFUSED)

    def over(values: Any) -> Estimate:
        return estimate(values, seed=seed)

    return ProseReport(
        threshold=threshold,
        f1=over(np.where(answerable, np.where(refused, 0.0, f1), refused)),
        exact=over(np.where(answerable, np.where(refused, 0.0, exact), refused)),
        span_f1=over(f1[answerable]),
        unanswerable_refused=over(refused[~answerable]),
        answerable_refused=over(refused[answerable]),
        separable=float((sure[~answerable] < bar).mean()) if (~answerable).any() else 0.0,
        calibration_error=error,
        bins=bins,
    )


def fit_calibration(
    reader: RawReader, questions: Sequence[ProseQuestion], observe: Observer | None = None
) -> SpanCalibration:
    """Weights that make a reader's logits a probability, and the threshold that goes with them.

    Args:
        reader: its logits count, not its present probabilities.
        questions: of articles that it was not trained on, and that nothing is measured on.
        observe: hears of the progress.
    """
    features, right, answerable = [], [], []
    for number, question in enumerate(questions):
        (spans,) = reader.read_raw(question.question, [question.passage], most=1)
        if spans:
            answer = question.passage[spans[0].start : spans[0].end]
            features.append((spans[0].lead, spans[0].answerable))
            right.append(max((token_f1(answer, gold) for gold in question.answers), default=0.0) >= RIGHT)
            answerable.append(question.answerable)
        if observe is not None:
            observe(number + 1, len(questions))
    bias, lead, head = (float(weight) for weight in fit_logistic(features, right))
    logits = bias + np.array(features) @ np.array([lead, head])
    likely = 1.0 / (1.0 + np.exp(-logits[np.array(answerable)]))
    return replace(SpanCalibration(bias, lead, head), threshold=threshold_for(likely, lost=MOST_REFUSED))
