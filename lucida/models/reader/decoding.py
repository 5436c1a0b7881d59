"""From logits of first and last tokens to stretches of a passage."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lucida.models.protocols import RawSpan

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from lucida.models.protocols import PairWindow

#: Tokens of the longest answer.
LONGEST = 30
#: Pairs of first and last token that are looked at for each span wanted: most of the best overlap each other.
_TRIED = 12


def spans_of(
    window: PairWindow, logits: NDArray[np.float32], answerable: float, passage: str, most: int
) -> list[RawSpan]:
    """The best spans of a window, best first, none overlapping.

    Args:
        window: what was judged.
        logits: float32, shape (t, 2) or longer with padding: of first and last token. Those of [CLS] are the null's.
        answerable: logit of there being an answer.
        passage: the whole of it; spans are widened to whole words.
        most: how many.
    """
    places = np.flatnonzero(window.offsets[:, 0] >= 0)
    starts, ends = logits[places, 0], logits[places, 1]
    null = float(logits[0].sum())
    sums = starts[:, None] + ends[None, :]
    gaps = np.arange(len(places))[None, :] - np.arange(len(places))[:, None]
    sums = np.where((gaps >= 0) & (gaps < LONGEST), sums, -np.inf)
    count = min(_TRIED * most, sums.size)
    best = np.argpartition(-sums, count - 1, axis=None)[:count]
    found = []
    for place in best[np.argsort(-sums.flat[best], kind="stable")]:
        first, last = divmod(int(place), len(places))
        if not np.isfinite(sums[first, last]):
            break
        start, end = _whole(passage, int(window.offsets[places[first], 0]), int(window.offsets[places[last], 1]))
        found.append(RawSpan(start, end, float(sums[first, last]) - null, answerable))
    return apart(found, most)


def apart(spans: Iterable[RawSpan], most: int) -> list[RawSpan]:
    """The best spans by their lead, best first, without those that overlap a better one."""
    kept: list[RawSpan] = []
    for span in sorted(spans, key=lambda span: (-span.lead, span.start)):
        if len(kept) == most:
            break
        if all(span.end <= other.start or span.start >= other.end for other in kept):
            kept.append(span)
    return kept


def _whole(text: str, start: int, end: int) -> tuple[int, int]:
    while start > 0 and text[start - 1].isalnum() and text[start].isalnum():
        start -= 1
    while end < len(text) and text[end].isalnum() and text[end - 1].isalnum():
        end += 1
    return start, end
