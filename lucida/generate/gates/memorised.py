"""Is a sample a picture that the library holds already? Generators give training and condition pictures back
(Carlini et al., "Extracting Training Data from Diffusion Models", 2023).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lucida.generate.gates.duplicates import copy_finding
from lucida.generate.gates.gate import Candidate, Finding
from lucida.generate.gates.likeness import Pictures


@dataclass(frozen=True, slots=True)
class Memorised:
    """Passes what is no copy of a source picture."""

    sources: Pictures
    bits: float
    cosine: float
    name: str = "memorised"

    def judge(self, candidates: Sequence[Candidate]) -> list[Finding]:
        found = [self.sources.closest(candidate, self.bits, self.cosine) for candidate in candidates]
        return [copy_finding(self.name, "copy of", match, self.bits) for match in found]
