"""All gates together: a batch of drawings is encoded once, judged by every gate, and the time is counted."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from lucida.generate.gates.duplicates import Duplicates
from lucida.generate.gates.gate import Candidate, Finding, Gate
from lucida.ingest.pictures.perceptual_hash import perceptual_hash

if TYPE_CHECKING:
    from PIL.Image import Image

    from lucida.models.protocols import ImageEncoder


class Judged(NamedTuple):
    """A sample after the gates: what it is, and what each gate found."""

    candidate: Candidate
    findings: tuple[Finding, ...]

    @property
    def accepted(self) -> bool:
        return all(finding.passed for finding in self.findings)

    @property
    def reasons(self) -> tuple[Finding, ...]:
        """What it did not pass, in the order of the gates."""
        return tuple(finding for finding in self.findings if not finding.passed)


class Panel:
    """The gates in order.

    Args:
        gates: judge a batch each.
        duplicates: judges last, one by one, for what is accepted counts against what follows.
        encoder: of pictures; None where there is none, and what needs vectors is not asked.

    Attributes:
        seconds: spent so far.
    """

    def __init__(self, gates: Sequence[Gate], duplicates: Duplicates, encoder: ImageEncoder | None) -> None:
        self._gates, self._duplicates, self._encoder = tuple(gates), duplicates, encoder
        self.seconds = 0.0

    def judge(self, images: Sequence[Image], label: str, names: Sequence[str]) -> list[Judged]:
        """Judge a batch of drawings of one label; what is accepted is remembered under its name."""
        started = time.monotonic()
        candidates = self._candidates(images, label)
        columns = [gate.judge(candidates) for gate in self._gates]
        found = []
        for candidate, name, *findings in zip(candidates, names, *columns, strict=True):
            judged = Judged(candidate, (*findings, *self._duplicates.judge([candidate])))
            if judged.accepted:
                self._duplicates.accept(name, candidate)
            found.append(judged)
        self.seconds += time.monotonic() - started
        return found

    def remember(self, name: str, candidate: Candidate) -> None:
        """Know a sample that an earlier run accepted."""
        self._duplicates.accept(name, candidate)

    def _candidates(self, images: Sequence[Image], label: str) -> list[Candidate]:
        vectors = [None] * len(images) if self._encoder is None else self._encoder.encode_images(images)
        # Journals keep half precision. Rounded at once, a run that goes on judges as one that was never stopped.
        rounded = [None if vector is None else np.asarray(vector, np.float16).astype(np.float32) for vector in vectors]
        return [
            Candidate(image, label, perceptual_hash(image), vector)
            for image, vector in zip(images, rounded, strict=True)
        ]
