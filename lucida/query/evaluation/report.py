"""Figures of an encoder, as reports carry them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from lucida.query.evaluation.intervals import Estimate


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure of the card.

    Attributes:
        key: stable name, e.g. ``zero_shot_top1``.
        data: the set that it was measured on.
        what: the figure in words.
        estimate: mean and interval.
        chance: what blind guessing gives.
    """

    key: str
    data: str
    what: str
    estimate: Estimate
    chance: float

    def to_json(self) -> dict[str, Any]:
        row = {"measure": self.key, "data": self.data, "what": self.what}
        return row | self.estimate.to_json() | {"chance": round(self.chance, 4)}


@dataclass(frozen=True, slots=True)
class EncoderReport:
    """All figures of one encoder, and what lies behind them.

    Attributes:
        spec, fingerprint, dimension: of the encoder.
        measures: in the order in which they were taken.
        words: per general word: classes covered, precision at 10.
        classes: per class of a labelled set: its share of right top-1 guesses, the worst first.
        pictures: how many were encoded.
        seconds: how long that took, decoding included.
    """

    spec: str
    fingerprint: str
    dimension: int
    measures: tuple[Measure, ...] = ()
    words: tuple[dict[str, Any], ...] = ()
    classes: tuple[dict[str, Any], ...] = ()
    pictures: int = 0
    seconds: float = 0.0

    def plus(self, other: EncoderReport) -> EncoderReport:
        """Both reports' figures; the encoder is this one's."""
        return replace(
            self,
            measures=self.measures + other.measures,
            words=self.words + other.words,
            classes=self.classes + other.classes,
            pictures=self.pictures + other.pictures,
            seconds=self.seconds + other.seconds,
        )

    def to_json(self) -> dict[str, Any]:
        return {
            "encoder": self.spec,
            "fingerprint": self.fingerprint,
            "dimension": self.dimension,
            "measures": [measure.to_json() for measure in self.measures],
            "words": list(self.words),
            "classes": list(self.classes),
            "pictures": self.pictures,
            "seconds": round(self.seconds, 2),
        }
