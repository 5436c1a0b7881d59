"""From what speaks for a candidate to a confidence, and from the confidence to answering or not."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lucida.query.candidate import Candidate, Reader

#: ``scripts/fit_answers.py`` fitted the weights of "field" on drawn papers and those of "span" on SQuAD 2.0. Set by
#: hand are the threshold, near to where fits put it, and so that on it all readers are right equally often the bias of
#: "field"; the weights of "table", of "sentence", of "model" and of "eye" (a vision-language model's answers, printed
#: and seen), and those of names and rank.
_FITTED = json.loads(Path(__file__).with_name("confidence.json").read_text(encoding="utf-8"))

#: Below this confidence the honest answer is that nothing was found. docs/ask.md has what was measured with it.
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
