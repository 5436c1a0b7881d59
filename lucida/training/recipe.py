"""The recipe of the embedded encoder ``mini``: which packed sets it is trained on, and how much of each."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lucida.errors import UsageError
from lucida.training.augment import Views
from lucida.training.data.packed import CARD, PackedSet
from lucida.training.encoder import Recipe, Trainer
from lucida.training.material import Bank, Material, kind_words, share_general_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lucida.models.protocols import TextEncoder


@dataclass(frozen=True, slots=True)
class Ingredient:
    """One set of the recipe: its folder's name, the bank its words compete in, its share of a batch, its views, whether
    its concepts exclude each other, and whether it shows pictures or pages.
    """

    name: str
    group: str
    share: float
    views: Views
    exclusive: bool = False
    kind: str = "picture"


_PHOTOGRAPHS = Views(scale=(0.7, 1.08), aspect=1.2, rotate=5.0, colour=0.2, grey=0.02)
#: Cut-outs turn further and lose their colour more often, so that a new artist's hand is not too strange.
_PICTOGRAMS = Views(scale=(0.8, 1.3), aspect=1.2, rotate=12.0, colour=0.4, grey=0.15)
#: Captions speak of left, right and colours, so those must stay.
_SCENES = Views(scale=(0.95, 1.05), aspect=1.05, flip=False, rotate=2.0, colour=0.1, grey=0.0)
_SHEETS = Views(scale=(0.6, 1.05), aspect=1.6, flip=False, rotate=3.0, colour=0.2, grey=0.2)

#: In order of their share; the first must be there.
MINI = (
    Ingredient("photos64", "photographs", 0.68, _PHOTOGRAPHS, exclusive=True),
    Ingredient("photos32", "photographs", 0.10, _PHOTOGRAPHS),
    Ingredient("objects", "photographs", 0.05, _PHOTOGRAPHS, exclusive=True),
    Ingredient("pictograms", "pictograms", 0.11, _PICTOGRAMS, exclusive=True),
    Ingredient("scenes", "scenes", 0.03, _SCENES),
    Ingredient("sheets", "sheets", 0.03, _SHEETS, kind="page"),
)


def mini_trainer(
    data: Path,
    folder: Path,
    encoder: TextEncoder,
    recipe: Recipe,
    *,
    start: Path | None = None,
    held_out: Sequence[str] = (),
) -> Trainer:
    """A run of the recipe, begun or gone on with.

    Args:
        data: folder of the packed sets that ``lucida train data`` makes; sets that are not there are left out.
        folder: of the run.
        encoder: the text tower, which stays as it is.
        recipe: length, seed and the like.
        start: ``model.safetensors`` of a tower to begin with; None begins with nothing.
        held_out: families of art styles that are kept for measuring.

    Raises:
        UsageError: there is no packed set.
    """
    present = [entry for entry in MINI if (data / entry.name / CARD).is_file()]
    if not present:
        names = ", ".join(entry.name for entry in MINI)
        raise UsageError(f"{data} holds none of the sets {names}.", "Make them with: lucida train data.")
    sets = [
        Material.of(
            PackedSet.open(data / entry.name),
            entry.group,
            entry.share,
            entry.views,
            without_families=held_out,
            exclusive=entry.exclusive,
            kind=entry.kind,
        )
        for entry in present
    ]
    groups = dict.fromkeys(material.group for material in sets)
    banks = {group: Bank([material for material in sets if material.group == group], encoder) for group in groups}
    general = share_general_words(sets, encoder)
    return Trainer(recipe, folder, sets, banks, general, start, kinds=kind_words(encoder))
