"""How good answers are: the measures of the field, over rows of gold and given answers."""

from __future__ import annotations

import re
import string
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One question's outcome.

    Attributes:
        gold: accepted answers; empty when the documents do not answer the question.
        given: the answer, or None for an abstention.
    """

    gold: tuple[str, ...]
    given: str | None


@dataclass(frozen=True, slots=True)
class AnswerMetrics:
    """Means over rows, each 0..1; a ratio with nothing below its line is 0.

    Attributes:
        anls: average normalised Levenshtein similarity, over answerable questions.
        exact_match: share equal to a gold answer after normalisation, over all questions.
        f1: token overlap with the best gold answer, over all questions.
        abstention_precision: of the abstentions, the share on unanswerable questions.
        abstention_recall: of the unanswerable questions, the share abstained on.
        answered: share of questions that got an answer.
        questions: how many there were.
    """

    anls: float
    exact_match: float
    f1: float
    abstention_precision: float
    abstention_recall: float
    answered: float
    questions: int


def evaluate_answers(rows: Iterable[AnswerRow]) -> AnswerMetrics:
    """Score answers; an abstention is right on an unanswerable question and wrong on any other."""
    rows = list(rows)
    answerable = [row for row in rows if row.gold]
    silent = [row for row in rows if row.given is None]
    right_silence = sum(not row.gold for row in silent)
    return AnswerMetrics(
        anls=_mean([anls(row.given, row.gold) if row.given is not None else 0.0 for row in answerable]),
        exact_match=_mean([_best(row, exact_match) for row in rows]),
        f1=_mean([_best(row, token_f1) for row in rows]),
        abstention_precision=right_silence / len(silent) if silent else 0.0,
        abstention_recall=right_silence / (len(rows) - len(answerable)) if len(rows) > len(answerable) else 0.0,
        answered=1.0 - len(silent) / len(rows) if rows else 0.0,
        questions=len(rows),
    )


def anls(given: str, gold: Sequence[str], threshold: float = 0.5) -> float:
    """Normalised Levenshtein similarity with the nearest gold answer, 0 where it is below the threshold.

    Biten et al., "Scene text visual question answering", ICCV 2019. Case and outer white space do not count.
    """
    from rapidfuzz.distance import Levenshtein

    near = max((Levenshtein.normalized_similarity(_plain(given), _plain(one)) for one in gold), default=0.0)
    return near if near >= threshold else 0.0


def exact_match(given: str, gold: str) -> float:
    """1 when both are equal after SQuAD's normalisation (Rajpurkar et al., EMNLP 2016), else 0."""
    return float(_squad(given) == _squad(gold))


def token_f1(given: str, gold: str) -> float:
    """F1 of the bags of tokens after SQuAD's normalisation (Rajpurkar et al., EMNLP 2016)."""
    ours, theirs = _squad(given).split(), _squad(gold).split()
    common = sum((Counter(ours) & Counter(theirs)).values())
    if not ours or not theirs:
        return float(ours == theirs)
    return 2 * common / (len(ours) + len(theirs))


def _best(row: AnswerRow, measure: Callable[[str, str], float]) -> float:
    if row.given is None or not row.gold:
        return float(row.given is None and not row.gold)
    return max(measure(row.given, gold) for gold in row.gold)


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def _plain(text: str) -> str:
    return " ".join(text.lower().split())


def _squad(text: str) -> str:
    """Lower case, no punctuation, no English articles, single spaces: as the official script does it."""
    text = "".join(char for char in text.lower() if char not in string.punctuation)
    return " ".join(re.sub(r"\b(a|an|the)\b", " ", text).split())
