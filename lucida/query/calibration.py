"""From what speaks for a candidate to a confidence, and from the confidence to answering or not."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lucida.query.candidate import Candidate, Reader

#: Below this confidence the honest answer is that nothing was found. MEASURED_PLACEHOLDER
THRESHOLD = 0.5

#: Logistic weights per reader: bias, match, agreement, similarity, names, place, rank.
_WEIGHTS: dict[Reader, tuple[float, ...]] = {
    "field": (-17.6, 5.5, 3.0, 0.0, 3.0, 7.6, 0.5),
    "table": (-8.5, 6.0, 2.0, 0.0, 2.5, 0.0, 0.5),
    "sentence": (-5.3, 2.5, 0.3, 3.2, 1.4, 0.0, 0.2),
}


def confidence(candidate: Candidate) -> float:
    """Probability, 0..1, that the candidate answers the question.

    A logistic model per reader. MEASURED_PLACEHOLDER
    """
    bias, *weights = _WEIGHTS[candidate.reader]
    found = candidate.features
    values = (found.match, found.agreement, found.similarity, found.names, found.place, found.rank)
    return 1.0 / (1.0 + math.exp(-(bias + sum(w * v for w, v in zip(weights, values, strict=True)))))
