"""How near an answer comes to the accepted ones: the measures of the field."""

from __future__ import annotations

import re
import string
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


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


def _plain(text: str) -> str:
    return " ".join(text.lower().split())


def _squad(text: str) -> str:
    """Lower case, no punctuation, no English articles, single spaces: as the official script does it."""
    text = "".join(char for char in text.lower() if char not in string.punctuation)
    return " ".join(re.sub(r"\b(a|an|the)\b", " ", text).split())
