"""What the rest of the house may ask of a reader, which finds the words of a passage that answer a question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a passage that may answer.

    Attributes:
        start, end: character offsets into the passage as it was given; ``end`` is one past the last.
        score: how far the span beats "there is no answer here", in logits.
        probability: that the passage answers the question and this is the answer, 0..1, measured on held-out questions.
    """

    start: int
    end: int
    score: float
    probability: float


class Reader(Protocol):
    """Reads passages for the answer to a question.

    Attributes:
        spec: the string that names it.
        threshold: of the best span's probability; below it the honest answer is that there is none.
    """

    @property
    def spec(self) -> str: ...
    @property
    def threshold(self) -> float: ...

    def read(self, question: str, passages: Sequence[str], *, most: int = 3) -> list[list[Span]]:
        """The best spans of each passage, best first; empty for a passage without words.

        Args:
            question: its first 64 tokens are read.
            passages: of any length; a long one is read in overlapping windows.
            most: spans of one passage; they do not overlap.
        """
        ...


@dataclass(frozen=True, slots=True)
class PairWindow:
    """A question and a stretch of a passage as one row of tokens.

    Attributes:
        owner: which of the given passages it is of.
        ids: int64, shape (t,): token ids, [CLS] question [SEP] passage [SEP].
        types: int64, shape (t,): 0 for the question, 1 for the passage.
        marks: int64, shape (t,): what is known of a token before anything is understood; see ``MARKS``.
        offsets: int64, shape (t, 2): first and last character plus one in the passage; -1 for all that is not passage.
        fresh: the window begins the passage; false for those that follow.
    """

    owner: int
    ids: NDArray[np.int64]
    types: NDArray[np.int64]
    marks: NDArray[np.int64]
    offsets: NDArray[np.int64]
    fresh: bool


#: Values of a token's mark: special token; question token that the passage lacks, has; passage token that the question
#: lacks, has. The exact match of words is what Chen et al., "Reading Wikipedia to answer open-domain questions" (2017)
#: found to help most.
MARKS = 5


class PairCutter(Protocol):
    """Cuts questions and passages into windows."""

    def cut(self, question: str, passages: Sequence[str]) -> list[PairWindow]:
        """Windows in the order of the passages, at least one for each passage that has words."""
        ...


class SpanRuntime(Protocol):
    """Executes the network of a reader."""

    def run(
        self, ids: NDArray[np.int64], mask: NDArray[np.int64], types: NDArray[np.int64], marks: NDArray[np.int64]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Judge one padded batch, every array of shape (n, t).

        Returns:
            Logits of a span's first and last token, float32 (n, t, 2), and of there being an answer, float32 (n,).
        """
        ...


@dataclass(frozen=True, slots=True)
class SpanCalibration:
    """From logits to a probability: logistic in the span's lead over the null and in the answerable logit.

    Attributes:
        bias, lead, answerable: weights.
        threshold: see ``Reader``.
    """

    bias: float = 0.0
    lead: float = 0.5
    answerable: float = 0.5
    threshold: float = 0.5


@dataclass(frozen=True, slots=True)
class RawSpan:
    """A span with the logits that speak for it, before calibration.

    Attributes:
        start, end: as in ``Span``.
        lead: the sum of its first and last token's logits, less those of the null.
        answerable: the logit of there being an answer in its window.
    """

    start: int
    end: int
    lead: float
    answerable: float


class RawReader(Reader, Protocol):
    """A reader that shows its logits, which calibration is fitted on."""

    def read_raw(self, question: str, passages: Sequence[str], *, most: int = 3) -> list[list[RawSpan]]:
        """As ``read``, uncalibrated."""
        ...
