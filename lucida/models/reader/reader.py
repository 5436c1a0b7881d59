"""The reader: cuts, judges in batches, and gives what was found its probability."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from lucida.models import windows as rows
from lucida.models.processor import processor
from lucida.models.protocols import Span
from lucida.models.reader.decoding import apart, spans_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from lucida.models.protocols import PairCutter, PairWindow, RawSpan, SpanCalibration, SpanRuntime

SPEC = "span"
#: Tokens of a batch for each core.
_TOKENS_PER_CORE = 768


class SpanReader:
    """A ``Reader`` of any runtime.

    Args:
        cutter: makes rows of tokens.
        runtime: judges them.
        calibration: makes probabilities of its logits.
        spec: what it is called.
    """

    def __init__(
        self, cutter: PairCutter, runtime: SpanRuntime, calibration: SpanCalibration, spec: str = SPEC
    ) -> None:
        self._cutter, self._runtime, self._calibration = cutter, runtime, calibration
        self.spec = spec

    @property
    def threshold(self) -> float:
        """See ``Reader``."""
        return self._calibration.threshold

    def read(self, question: str, passages: Sequence[str], *, most: int = 3) -> list[list[Span]]:
        """See ``Reader``."""
        return [
            [Span(raw.start, raw.end, raw.lead, probability(raw, self._calibration)) for raw in found]
            for found in self.read_raw(question, passages, most=most)
        ]

    def read_raw(self, question: str, passages: Sequence[str], *, most: int = 3) -> list[list[RawSpan]]:
        """See ``RawReader``."""
        found: list[list[RawSpan]] = [[] for _ in passages]
        windows = self._cutter.cut(question, passages)
        cut = rows.Windows([window.ids for window in windows], np.array([], dtype=np.int64), len(passages))
        for batch in rows.batches(cut, _TOKENS_PER_CORE * processor().cores):
            part = [windows[row] for row in batch.rows]
            logits, answerable = self._runtime.run(
                batch.ids, batch.mask, _padded(batch.ids, part, "types"), _padded(batch.ids, part, "marks")
            )
            for window, scores, sure in zip(part, logits, answerable, strict=True):
                found[window.owner] += spans_of(window, scores, float(sure), passages[window.owner], most)
        return [apart(spans, most) for spans in found]


def probability(raw: RawSpan, calibration: SpanCalibration) -> float:
    """Logistic in the lead and the answerable logit."""
    logit = calibration.bias + calibration.lead * raw.lead + calibration.answerable * raw.answerable
    return 1.0 / (1.0 + math.exp(-max(-60.0, min(60.0, logit))))


def _padded(ids: NDArray[np.int64], windows: Sequence[PairWindow], name: str) -> NDArray[np.int64]:
    padded = np.zeros_like(ids)
    for place, window in enumerate(windows):
        values = getattr(window, name)
        padded[place, : len(values)] = values
    return padded
