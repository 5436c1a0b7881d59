"""Is a sample a near-duplicate of one that was accepted before it?"""

from __future__ import annotations

from collections.abc import Sequence

from lucida.generate.gates.gate import Candidate, Finding
from lucida.generate.gates.likeness import Match, Pictures


class Duplicates:
    """Passes what no accepted sample looks like, also within the batch that is being judged.

    Args:
        accepted: grows by what ``accept`` is told of.
        bits, cosine: a near-duplicate has at most so many bits and at least this cosine.
    """

    name = "duplicate"

    def __init__(self, accepted: Pictures, bits: float, cosine: float) -> None:
        self._accepted, self._bits, self._cosine = accepted, bits, cosine

    def judge(self, candidates: Sequence[Candidate]) -> list[Finding]:
        return [self._finding(candidate) for candidate in candidates]

    def accept(self, name: str, candidate: Candidate) -> None:
        """Know one accepted sample more."""
        if candidate.look is not None:
            self._accepted.add(name, candidate.look, candidate.vector)

    def _finding(self, candidate: Candidate) -> Finding:
        match = self._accepted.closest(candidate, self._bits, self._cosine)
        return copy_finding(self.name, "near-duplicate of", match, self._bits)


def copy_finding(gate: str, relation: str, match: Match | None, bits: float) -> Finding:
    """A finding from the closest picture, if there is one."""
    if match is None:
        return Finding(gate, True, 64.0, bits, "no copy")
    cosine = "" if match.cosine is None else f", cosine {match.cosine:.2f}"
    return Finding(gate, False, float(match.bits), bits, f"{relation} {match.name} ({match.bits} bits apart{cosine})")
