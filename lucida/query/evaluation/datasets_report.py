"""Whether a dataset helps, as reports and cards carry it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lucida.query.evaluation.intervals import Estimate


@dataclass(frozen=True, slots=True)
class Arm:
    """One probe: what it learned from, how many pictures those are, its accuracy, and its gain over real ones alone."""

    name: str
    pictures: int
    accuracy: Estimate
    gain: Estimate | None = None

    def to_json(self) -> dict[str, Any]:
        gain = None if self.gain is None else self.gain.to_json()
        return {"arm": self.name, "pictures": self.pictures, "accuracy": self.accuracy.to_json(), "gain": gain}


@dataclass(frozen=True, slots=True)
class Likeness:
    """How varied a set is and how it lies beside the held-out pictures; None where there are too few.

    Attributes:
        name: of the set.
        pictures: of each class as many as the smallest set has, so that figures compare.
        distance: mean cosine distance of two pictures of one class.
        vendi: how many different pictures those of a class are worth.
        density, coverage: towards the held-out pictures.
        kid: the same, near 0 where both are alike.
    """

    name: str
    pictures: int
    distance: float | None
    vendi: float
    density: float | None
    coverage: float | None
    kid: float | None

    def to_json(self) -> dict[str, Any]:
        names = ("distance", "vendi", "density", "coverage", "kid")
        figures = {name: None if (value := getattr(self, name)) is None else round(value, 5) for name in names}
        return {"set": self.name, "pictures": self.pictures, **figures}


@dataclass(frozen=True, slots=True)
class BenefitReport:
    """Everything that is known of whether a dataset helps.

    Attributes:
        classes: that were told apart.
        sizes: pictures by set.
        held_out: pictures that all was measured on.
        chance: share of the commonest class among them.
        arms: what was trained on what, with accuracies and gains.
        over_retrieved: gain of real and generated over real and retrieved pictures; None without the second.
        likeness: of each set.
        seeds, seed: how many trials, and where they began.
        encoder: spec and fingerprint.
        notes: what whoever asked should know.
    """

    classes: tuple[str, ...]
    sizes: Mapping[str, int]
    held_out: int
    chance: float
    arms: tuple[Arm, ...]
    over_retrieved: Estimate | None
    likeness: tuple[Likeness, ...]
    seeds: int
    seed: int
    encoder: tuple[str, str] = ("", "")
    notes: tuple[str, ...] = field(default=())

    def told(self, encoder: tuple[str, str], notes: tuple[str, ...]) -> BenefitReport:
        """The same with what only the caller knows."""
        return replace(self, encoder=encoder, notes=notes)

    def to_json(self) -> dict[str, Any]:
        return {
            "classes": list(self.classes),
            "pictures": dict(self.sizes),
            "held_out": self.held_out,
            "chance": round(self.chance, 4),
            "arms": [arm.to_json() for arm in self.arms],
            "gain_over_retrieved": None if self.over_retrieved is None else self.over_retrieved.to_json(),
            "likeness": [row.to_json() for row in self.likeness],
            "seeds": self.seeds,
            "seed": self.seed,
            "encoder": {"spec": self.encoder[0], "fingerprint": self.encoder[1]},
            "notes": list(self.notes),
        }

    def tables(self) -> tuple[list[list[str]], list[list[str]]]:
        """Arms and likeness as rows of text, each table's first row its head."""
        arms = [["trained on", "pictures", "accuracy", "95 % interval", "gain over real", "95 % interval"]]
        arms += [
            [arm.name, f"{arm.pictures:,}", *_figures(arm.accuracy), *_figures(arm.gain, signed=True)]
            for arm in self.arms
        ]
        rows = [["set", "pictures", "distance", "Vendi", "density", "coverage", "KID"]]
        rows += [
            [row.name, f"{row.pictures:,}", _one(row.distance), _one(row.vendi, 1), _one(row.density),
             _one(row.coverage), _one(row.kid, 4)]
            for row in self.likeness
        ]  # fmt: skip
        return arms, rows

    def headline(self) -> str:
        """What was measured on what, in one sentence."""
        spread = f"{self.seeds} resamples of the training pictures"
        return (
            f"{self.held_out:,} held-out pictures of {len(self.classes)} classes (chance {self.chance:.3f}), {spread}, "
            f"vectors of {self.encoder[0]}."
        )

    def last_word(self) -> str:
        """The gain over retrieved pictures in a sentence, empty where nobody knows it."""
        if self.over_retrieved is None:
            return ""
        value, interval = _figures(self.over_retrieved, signed=True)
        return f"Generated against retrieved pictures, both beside the real ones: {value} ({interval})."

    def to_markdown(self, command: str = "") -> str:
        """The report as a part of a dataset card.

        Args:
            command: how to measure it again.
        """
        parts = ["## Does it help?", f"{self.headline()} Encoder fingerprint `{self.encoder[1]}`."]
        if command:
            parts.append(f"```console\n$ {command}\n```")
        for table in self.tables():
            lines = ["| " + " | ".join(row) + " |" for row in table]
            parts.append("\n".join([lines[0], "|---|" + "---:|" * (len(table[0]) - 1), *lines[1:]]))
        parts += [self.last_word(), "\n".join(f"- {note}" for note in self.notes)]
        return "\n\n".join(part for part in parts if part) + "\n"


def _figures(estimate: Estimate | None, *, signed: bool = False) -> tuple[str, str]:
    if estimate is None:
        return "", ""
    form = "+.3f" if signed else ".3f"
    return f"{estimate.value:{form}}", f"{estimate.low:{form}} to {estimate.high:{form}}"


def _one(value: float | None, digits: int = 3) -> str:
    return "" if value is None else f"{value:.{digits}f}"
