"""Does a sample show what an evaluation split shows? Then whoever trains on it is measured on what it learnt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lucida.generate.gates.duplicates import copy_finding
from lucida.generate.gates.gate import Candidate, Finding
from lucida.generate.gates.likeness import Pictures


@dataclass(frozen=True, slots=True)
class Leak:
    """Passes what is no copy of a picture of the evaluation split."""

    evaluation: Pictures
    bits: float
    cosine: float
    name: str = "leak"

    def judge(self, candidates: Sequence[Candidate]) -> list[Finding]:
        found = [self.evaluation.closest(candidate, self.bits, self.cosine) for candidate in candidates]
        return [copy_finding(self.name, "copy of evaluation picture", match, self.bits) for match in found]
