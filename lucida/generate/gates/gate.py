"""What a gate is asked, and what it answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import TYPE_CHECKING, Any, Protocol, Self

from lucida.errors import UsageError

if TYPE_CHECKING:
    from PIL.Image import Image

    from lucida.models.protocols import Vectors


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The bounds of all gates; each can be set, and each stands in the manifest.

    ``agreement`` and ``rival`` are what ``scripts/fit_gates.py --data photos64-val`` chooses with ``mini``: of datasets
    of ten labels, the most right samples are kept of which one in twenty of those that show something else passes. Of
    held-out photographs of classes that the choice had not seen, 0.79 pass under their own label, 0.02 under another
    label of the dataset, and 0.05 of those that show what no label names. To lose only one right sample in twenty,
    agreement would have to be 0.008, and nearly one in four of the strange ones would pass.

    Attributes:
        agreement: least probability of the sample's own label.
        rival: highest probability of any other label.
        sharpness: least variance of the Laplacian, in squared grey levels of 255.
        blankness: least standard deviation of brightness, in grey levels of 255.
        duplicate_bits, duplicate_cosine: a sample with at most so many of 64 bits and at least this cosine to an
            accepted one is a near-duplicate.
        memorised_bits, memorised_cosine: the same towards the library's pictures.
        leak_bits, leak_cosine: the same towards the evaluation split. Wider, for a leak costs more than a sample.
    """

    agreement: float = 0.12
    rival: float = 0.65
    sharpness: float = 20.0
    blankness: float = 6.0
    duplicate_bits: float = 6
    duplicate_cosine: float = 0.95
    memorised_bits: float = 8
    memorised_cosine: float = 0.93
    leak_bits: float = 10
    leak_cosine: float = 0.90

    def to_json(self) -> dict[str, float]:
        return asdict(self)

    def changed(self, settings: Sequence[str]) -> Self:
        """These bounds with some set anew, as ``agreement=0.5`` writes it.

        Raises:
            UsageError: there is no such bound, or it is no number.
        """
        known = [field.name for field in fields(self)]
        values: dict[str, float] = {}
        for setting in settings:
            name, _, number = setting.partition("=")
            try:
                values[name.strip().replace("-", "_")] = float(number)
            except ValueError:
                raise UsageError(f"{setting!r} is no bound.", "Write it like agreement=0.5.") from None
        if unknown := sorted(values.keys() - set(known)):
            raise UsageError(f"There is no gate {unknown[0]!r}.", f"Choose of: {', '.join(known)}.")
        return replace(self, **values)


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """A sample before the gates.

    Attributes:
        image: RGB.
        label: what it is meant to show.
        look: perceptual hash, None where there is nothing to see.
        vector: float32 (dimension,), unit length, in the shared space; None where there is no encoder.
    """

    image: Image
    label: str
    look: int | None = None
    vector: Vectors | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """What one gate measured of one sample.

    Attributes:
        gate: its name.
        passed: whether the sample may pass.
        value, threshold: what was measured, and the bound it was held against.
        says: the same as a phrase for people.
    """

    gate: str
    passed: bool
    value: float
    threshold: float
    says: str

    def to_json(self) -> dict[str, Any]:
        return {"gate": self.gate, "value": round(self.value, 4), "threshold": self.threshold, "says": self.says}

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        """Read a reason of a journal or a manifest, which are kept of what did not pass."""
        return cls(document["gate"], False, document["value"], document["threshold"], document["says"])


class Gate(Protocol):
    """Judges samples.

    Attributes:
        name: as it stands in reasons.
    """

    @property
    def name(self) -> str: ...

    def judge(self, candidates: Sequence[Candidate]) -> list[Finding]:
        """One finding for each sample, in order."""
        ...
