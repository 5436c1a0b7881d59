"""From what speaks for a candidate to a confidence, and from the confidence to answering or not."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lucida.query.candidate import Candidate, Reader

#: Below this confidence the honest answer is that nothing was found. Measured (all-MiniLM-L6-v2, brute-force index):
#: on 300 questions of SQuAD 2.0, 167 of them written to look answerable when they are not, the cited passage holds
#: the answer for 62 % of the answerable questions, and 43 % of the unanswerable ones are abstained on (at 0.5: 59 and
#: 47 %). On FUNSD's training forms 89 % of 300 questions for a printed label are answered (77 % of the answers right
#: at ANLS 0.5), and 97 % of those for a label of another form are abstained on. The weights below were chosen on
#: questions of the same sets, so expect less elsewhere.
THRESHOLD = 0.45

#: Logistic weights per reader: bias, match, agreement, similarity, names, place, rank. "sentence" starts from a fit on
#: SQuAD 2.0; its agreement and bias were then set by hand on the same questions. "field" starts from a fit on FUNSD
#: and SQuAD's false labels and gives agreement and names more by hand, since FUNSD's literal questions do not try them.
#: "table" is set by hand.
_WEIGHTS: dict[Reader, tuple[float, ...]] = {
    "field": (-17.6, 5.5, 3.0, 0.0, 3.0, 7.6, 0.5),
    "table": (-9.3, 6.0, 2.0, 0.0, 4.0, 0.0, 0.5),
    "sentence": (-6.5, 2.6, 1.2, 3.4, 1.4, 1.0, 0.6),
}


def confidence(candidate: Candidate) -> float:
    """Probability, 0..1, that the candidate answers the question.

    A logistic model per reader over its features; what the question names and the page does not counts against it.
    """
    bias, *weights = _WEIGHTS[candidate.reader]
    found = candidate.features
    values = (found.match, found.agreement, found.similarity, found.names, found.place, found.rank)
    return (1.0 - found.absent) / (1.0 + math.exp(-(bias + sum(w * v for w, v in zip(weights, values, strict=True)))))
