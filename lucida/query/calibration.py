"""From what speaks for a candidate to a confidence, and from the confidence to answering or not."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lucida.query.candidate import Candidate, Reader

#: Written by ``scripts/fit_answers.py``, with what was measured beside it. What it has not fitted is set by hand: the
#: weights of "table", of "model" and of "eye" (a vision-language model's answers, printed and seen), and as long as
#: "fitted" is empty those of all readers, which start from fits on SQuAD 2.0 ("sentence") and FUNSD ("field").
_FITTED = json.loads(Path(__file__).with_name("confidence.json").read_text(encoding="utf-8"))

#: Below this confidence the honest answer is that nothing was found. Measured (all-MiniLM-L6-v2, brute-force index):
#: on 300 questions of SQuAD 2.0, 167 of them written to look answerable when they are not, the cited passage holds
#: the answer for 62 % of the answerable questions, and 43 % of the unanswerable ones are abstained on (at 0.5: 59 and
#: 47 %). On FUNSD's training forms 89 % of 300 questions for a printed label are answered (77 % of the answers right
#: at ANLS 0.5), and 97 % of those for a label of another form are abstained on. The weights below were chosen on
#: questions of the same sets, so expect less elsewhere.
THRESHOLD = float(_FITTED["threshold"])

#: Logistic weights per reader: bias, match, agreement, similarity, names, place, rank.
_WEIGHTS: dict[Reader, tuple[float, ...]] = {reader: tuple(weights) for reader, weights in _FITTED["weights"].items()}


def features_of(candidate: Candidate) -> tuple[float, ...]:
    """What a reader's weights apply to, in their order."""
    found = candidate.features
    return (found.match, found.agreement, found.similarity, found.names, found.place, found.rank)


def confidence(candidate: Candidate) -> float:
    """Probability, 0..1, that the candidate answers the question.

    A logistic model per reader over its features; what the question names and the page does not counts against it.
    """
    bias, *weights = _WEIGHTS[candidate.reader]
    logit = bias + sum(weight * value for weight, value in zip(weights, features_of(candidate), strict=True))
    return (1.0 - candidate.features.absent) / (1.0 + math.exp(-logit))
