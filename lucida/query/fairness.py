"""Fair scores: cosines of different kinds of items, made comparable.

Words are held against the fixed background of the null queries (see ``nulls``), kept with the encoder. The query's own
distribution over the library was tried in its place and lost: a query that is on the library's subject lies near all of
it, so that its best passage stands out least (docs/search.md has the figures). A query by picture or by item
has no null queries, and there the own distribution is what is known.

Corrections for hubs, items that lie near every query (CSLS: Conneau et al., "Word translation without parallel data",
ICLR 2018; inverted softmax over a bank of queries: Bogolin et al., "Cross modal retrieval with querybank
normalisation", CVPR 2022), were measured too and did not help here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from lucida.query.aims import Aim, Encoders
from lucida.query.nulls import background, null_vectors
from lucida.query.relevance import fitted

if TYPE_CHECKING:
    from lucida.index import Index
    from lucida.models.protocols import TextEncoder, Vectors

#: So many stored vectors tell how a query's cosines are distributed.
_SAMPLE = 2048
#: So many items stand in for null queries where the query is no text.
_QUERIES = 256
#: From this cosine on, an item has met itself or a copy.
_SAME = 0.999
#: A spread below this is no spread: a library of one item, or of copies.
_LEAST_SPREAD = 0.02


@dataclass(slots=True)
class Fairness:
    """Backgrounds of one search; what has to be measured in the library is measured once."""

    index: Index
    encoders: Encoders
    _samples: dict[str, Vectors] = field(default_factory=dict)

    def of(self, aim: Aim) -> tuple[float, float]:
        """Mean and standard deviation of the cosines that this aim has with items it does not match."""
        if aim.worded:
            return self._kept(aim.kind) or self._against_nulls(aim.kind)
        return self._own(aim)

    def _kept(self, kind: str) -> tuple[float, float] | None:
        """What was measured once and for all, with the encoder's weights."""
        encoder = self._encoder(kind)
        calibration = getattr(encoder, "calibration", None)
        if calibration is not None and kind in calibration.statistics:
            mean, std = calibration.statistics[kind]
            return float(mean), float(std)
        return fitted().backgrounds.get(encoder.fingerprint, {}).get(kind) if encoder is not None else None

    def _against_nulls(self, kind: str) -> tuple[float, float]:
        """The null queries against this library's own vectors, for an encoder that nothing is known of."""
        encoder, sample = self._encoder(kind), self._sample(kind)
        if encoder is None or not len(sample):
            return 0.0, 1.0
        mean, std = background(null_vectors(encoder, self.encoders.kept), sample)
        return mean, max(std, _LEAST_SPREAD)

    def _own(self, aim: Aim) -> tuple[float, float]:
        """The library's own items in the place of null queries: what pictures, say, have with this list at large."""
        sample = self._sample(aim.kind)
        others = [rows for kind in aim.likenesses if len(rows := self._sample(kind)[:_QUERIES])]
        if not len(sample) or not others:
            return 0.0, 1.0
        cosines = np.concatenate([(rows @ sample.T).ravel() for rows in others])
        strangers = cosines[cosines < _SAME]
        if not len(strangers):
            return 0.0, 1.0
        # The median absolute deviation is not moved by a few that match; 1.4826 makes it a standard deviation.
        centre = _median(strangers)
        return centre, max(1.4826 * _median(np.abs(strangers - centre)), _LEAST_SPREAD)

    def _encoder(self, kind: str) -> TextEncoder | None:
        return self.encoders.text if kind == "passage" and self.encoders.text is not None else self.encoders.shared

    def _sample(self, kind: str) -> Vectors:
        """Some of a list's vectors, float32 (n, dimension): every so many of its first blocks."""
        if kind not in self._samples:
            blocks: list[Vectors] = []
            count = 0
            for _, vectors in self.index.all_vectors(kind):
                blocks.append(vectors[:: max(1, len(vectors) // _SAMPLE)])
                count += len(blocks[-1])
                if count >= _SAMPLE:
                    break
            self._samples[kind] = np.concatenate(blocks)[:_SAMPLE] if blocks else np.zeros((0, 1), dtype=np.float32)
        return self._samples[kind]


def _median(values: Vectors) -> float:
    """As ``numpy.median``, which loads numpy's masked arrays at the first call; a cold search would wait for that."""
    middle = slice((len(values) - 1) // 2, len(values) // 2 + 1)
    return float(np.mean(np.partition(values, (middle.start, middle.stop - 1))[middle]))
