"""What a run is to make: settings of all drawings, and each class with the library's items that guide it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Self

from lucida.errors import UsageError
from lucida.generate.gates.gate import Thresholds
from lucida.generate.making.origin import SUFFIXES
from lucida.generate.making.packed import packed, unpacked

if TYPE_CHECKING:
    from lucida.models.protocols import Vectors

#: Classes' seeds lie so far apart; a class has no more drawings than these.
SEEDS_PER_CLASS = 1_000_000


class Use(StrEnum):
    """What a drawing is guided by."""

    TEXT = "text"  # the class's words
    VECTOR = "vector"  # the mean of retrieved items and the words, in the shared space
    IMAGE = "image"  # a retrieved picture to begin with
    GUIDE = "guide"  # retrieved pictures as prompts (IP-Adapter)


@dataclass(frozen=True, slots=True)
class Recipe:
    """How everything is drawn.

    Attributes:
        seed: of the first drawing of the first class.
        use: what guides a drawing.
        template: words of a class, ``{}`` standing for its name.
        negative_prompt: what should not be there.
        prompt_weight, item_weight: of the words' vector and of the items' mean in a mixture; the second also of
            pictures as prompts.
        strength: how much of a picture to begin with is given up, 0..1.
        parents: items that guide one drawing together.
        batch: pictures that are drawn at once, with the same guidance.
        width_px, height_px, num_inference_steps, guidance_scale, scheduler: None leaves them to the generator.
        suffix: of the files, ``.png``, ``.jpg`` or ``.webp``.
        aside: whether rejected samples go to a folder of their own.
        thresholds: of the gates.
    """

    seed: int = 0
    use: tuple[Use, ...] = (Use.TEXT,)
    template: str = "a photo of {}"
    negative_prompt: str = ""
    prompt_weight: float = 1.0
    item_weight: float = 1.0
    strength: float = 0.6
    parents: int = 3
    batch: int = 4
    width_px: int | None = None
    height_px: int | None = None
    num_inference_steps: int | None = None
    guidance_scale: float | None = None
    scheduler: str | None = None
    suffix: str = ".png"
    aside: bool = True
    thresholds: Thresholds = field(default_factory=Thresholds)

    def __post_init__(self) -> None:
        """Refuse what cannot be drawn.

        Raises:
            UsageError: a number or a name makes no sense.
        """
        if self.suffix not in SUFFIXES:
            raise UsageError(f"Samples cannot be written as {self.suffix!r}.", f"Choose of: {', '.join(SUFFIXES)}.")
        if not 0 < self.strength <= 1:
            raise UsageError(f"A strength of {self.strength:g} makes no sense.", "Give one above 0, up to 1.")
        if min(self.parents, self.batch) < 1 or self.seed < 0:
            raise UsageError("Parents and batch begin at 1, seeds at 0.", "Give larger numbers.")
        if min(self.prompt_weight, self.item_weight) < 0 or self.prompt_weight + self.item_weight == 0:
            raise UsageError("The weights of words and items leave nothing.", "Give at least one above 0.")

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "use": [use.value for use in self.use], "thresholds": self.thresholds.to_json()}

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        """Read what ``to_json`` wrote."""
        known = {entry.name for entry in fields(cls)}
        values = {key: value for key, value in document.items() if key in known}
        values["use"] = tuple(Use(name) for name in values["use"])
        values["thresholds"] = Thresholds(**values["thresholds"])
        return cls(**values)


@dataclass(frozen=True, slots=True, eq=False)
class Parent:
    """An item of the library that guides drawings, as it was when the run began.

    Attributes:
        id, source, page: the item and its place.
        look: perceptual hash, None where there is none.
        vector: float32 (dimension,), unit length, in the shared space; None where it has none.
    """

    id: int
    source: str
    page: int
    look: int | None = None
    vector: Vectors | None = None

    def to_json(self) -> dict[str, Any]:
        row = {"id": self.id, "source": self.source, "page": self.page, "look": self.look}
        return row | {"vector": packed(self.vector)}

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> Self:
        """Read what ``to_json`` wrote."""
        return cls(row["id"], row["source"], row["page"], row["look"], unpacked(row["vector"]))


@dataclass(frozen=True, slots=True, eq=False)
class Wanted:
    """One class of a dataset.

    Attributes:
        label: its name.
        folder: the same, fit for a file system, and no other class's.
        prompt: its words for the generator.
        accepted: how many samples are to be accepted.
        budget: most drawings for that.
        vector: of the prompt in the shared space, None without an encoder.
        pool: items that may guide drawings, the best first.
        real: items that are examples themselves, the best first.
    """

    label: str
    folder: str
    prompt: str
    accepted: int
    budget: int
    vector: Vectors | None = None
    pool: tuple[Parent, ...] = ()
    real: tuple[Parent, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "label": self.label,
            "folder": self.folder,
            "prompt": self.prompt,
            "accepted": self.accepted,
            "budget": self.budget,
            "vector": packed(self.vector),
            "pool": [parent.to_json() for parent in self.pool],
            "real": [parent.to_json() for parent in self.real],
        }

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> Self:
        """Read what ``to_json`` wrote."""
        pool, real = (tuple(Parent.from_json(entry) for entry in row[key]) for key in ("pool", "real"))
        plain = {key: row[key] for key in ("label", "folder", "prompt", "accepted", "budget")}
        return cls(**plain, vector=unpacked(row["vector"]), pool=pool, real=real)


@dataclass(frozen=True, slots=True, eq=False)
class Order:
    """Everything that a run is to make, settled before the first drawing.

    Attributes:
        recipe: of all drawings.
        classes: in order.
        generator: spec and fingerprint of who draws.
        encoder: spec and fingerprint of who judges; empty where nobody does.
        notes: what whoever ordered should know.
    """

    recipe: Recipe
    classes: tuple[Wanted, ...]
    generator: tuple[str, str]
    encoder: tuple[str, str] = ("", "")
    notes: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "recipe": self.recipe.to_json(),
            "classes": [wanted.to_json() for wanted in self.classes],
            "generator": {"spec": self.generator[0], "fingerprint": self.generator[1]},
            "encoder": {"spec": self.encoder[0], "fingerprint": self.encoder[1]},
            "notes": list(self.notes),
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        """Read what ``to_json`` wrote."""
        named = {key: (document[key]["spec"], document[key]["fingerprint"]) for key in ("generator", "encoder")}
        classes = tuple(Wanted.from_json(row) for row in document["classes"])
        return cls(Recipe.from_json(document["recipe"]), classes, **named, notes=tuple(document["notes"]))
