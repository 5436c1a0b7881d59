"""From a score to the probability of a match: one small logistic model for each way of asking and kind of answer.

A model sees how far a cosine stands above its background (``z``, see ``nulls``), how much of the query's words an item
holds (``coverage``), and how large a ``z`` the best of so many items has by luck alone (``luck``). Probabilities of
passages and pictures can then be ranked in one list, and a query of which no item reaches the cutoff has no match.
Turning scores into probabilities of relevance goes back to Nottelmann & Fuhr, "From retrieval status values to
probabilities of relevance", 2003, and Arampatzis, Kamps & Robertson, "Where to stop reading a ranked list?", SIGIR
2009; that the best of many strangers must be discounted, to Bahri et al., "Surprise: result list truncation via extreme
value theory", 2020.

The coefficients are in ``relevance.json``, written by ``scripts/fit_relevance.py``; no hand has touched them.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_name("relevance.json")

#: Ways of asking and kinds of answers that have a model of their own.
TEXT_PASSAGE, TEXT_PICTURE, WORDS = "text>passage", "text>picture", "words"


@dataclass(frozen=True, slots=True)
class Relevance:
    """A logistic model. ``cutoff`` is the probability below which an item is no match."""

    bias: float
    z: float = 0.0
    coverage: float = 0.0
    luck: float = 0.0
    cutoff: float = 0.5

    def probability(self, z: float, coverage: float, items: int) -> float:
        """Probability of a match, 0..1.

        Args:
            z: cosine above its background, in standard deviations.
            coverage: share of the query's IDF mass that the item holds, 0..1.
            items: among how many items the query looked.
        """
        logit = self.bias + self.z * z + self.coverage * coverage + self.luck * expected_luck(items)
        return 1.0 / (1.0 + math.exp(-max(min(logit, 500.0), -500.0)))


#: For queries by pictures and items: no fit, an even chance where luck ends.
LIKENESS = Relevance(bias=0.0, z=1.0, luck=-1.0, cutoff=0.5)


def expected_luck(items: int) -> float:
    """About what the largest of so many standard normal draws comes to: sqrt(2 ln n); 0 for a single one."""
    return math.sqrt(2.0 * math.log(max(items, 1)))


@dataclass(frozen=True, slots=True)
class Fitted:
    """What ``relevance.json`` holds: models by name, and backgrounds by encoder fingerprint and kind of list."""

    models: Mapping[str, Relevance]
    backgrounds: Mapping[str, Mapping[str, tuple[float, float]]]


@cache
def fitted() -> Fitted:
    """The models as shipped."""
    document = json.loads(_FILE.read_text(encoding="utf-8"))
    models = {name: Relevance(**values) for name, values in document["models"].items()}
    backgrounds = {
        encoder: {kind: (float(mean), float(std)) for kind, (mean, std) in kinds.items()}
        for encoder, kinds in document["backgrounds"].items()
    }
    return Fitted(models, backgrounds)
