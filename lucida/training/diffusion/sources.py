"""Packed sets in the generator's recipe: what is trained on, what is kept for measuring, what is said of it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from lucida.errors import UsageError
from lucida.models.prompts import fill
from lucida.training.augment import centre_view, random_views
from lucida.training.data.packed import CARD, PackedSet
from lucida.training.diffusion.recipe import MINI, Ingredient

if TYPE_CHECKING:
    import torch
    from numpy.typing import NDArray

#: One picture of so many is kept for measuring.
KEPT = 50
#: Names of a concept that are used, and ways of saying it that are kept apart.
_NAMES, _WAYS = 3, 6
#: With fewer pictures of a concept than this, concepts are kept for measuring and not pictures.
_FEW = 3
#: How much wider than a part of a picture the window is that it is taken from.
_ROOM = 1.25


@dataclass(frozen=True)
class Source:
    """One packed set in a run.

    Attributes:
        packed: pictures and what they show.
        ingredient: how it takes part.
        rows: int64, the pictures to train on.
        kept: int64, the pictures that are kept for measuring.
    """

    packed: PackedSet
    ingredient: Ingredient
    rows: NDArray[np.int64]
    kept: NDArray[np.int64]

    @classmethod
    def of(cls, packed: PackedSet, ingredient: Ingredient, *, keep: bool = True) -> Source:
        """Take a set into a run; ``keep`` says whether one picture in fifty is kept for measuring.

        Where hardly two pictures show the same, as with drawn scenes, whole concepts are kept, so that their captions
        were never seen either.
        """
        every = np.arange(len(packed))
        scarce = len(packed) < _FEW * len(packed.card.concepts)
        apart = (packed.concepts if scarce else every) % KEPT == KEPT - 1
        apart = apart & keep
        return cls(packed, ingredient, every[~apart], every[apart])

    @property
    def name(self) -> str:
        """The set's folder name."""
        return self.packed.folder.name

    def says(self, concept: int) -> tuple[str, ...]:
        """Ways of saying a concept, each once: its names, in the ingredient's templates by turns."""
        card = self.packed.card
        captions = card.concepts[concept]
        names = captions[: max(card.names[concept], 1)] if card.names else captions
        names, templates = names[:_NAMES], self.ingredient.templates
        if templates == ("{}",):
            return tuple(dict.fromkeys(names[:2]))
        said = (fill(templates[n % len(templates)], names[n % len(names)]) for n in range(_WAYS))
        return tuple(dict.fromkeys(said))

    def views(
        self, rows: NDArray[np.int64], side: int, generator: torch.Generator, device: str, part: float = 1.0
    ) -> torch.Tensor:
        """Random views of pictures, or of a part of their sides each, float32 (n, 3, side, side) in 0..1."""
        import torch

        window = min(self.packed.side, math.ceil(self.packed.side * part * _ROOM))
        places = torch.randint(self.packed.side - window + 1, (2, len(rows)), generator=generator).numpy()
        pixels = _windows(self.packed.pixels, rows, places, window)
        alpha = None if self.packed.alpha is None else _windows(self.packed.alpha, rows, places, window)
        low, high = (bound * part * self.packed.side / window for bound in self.ingredient.views.scale)
        return random_views(pixels, side, replace(self.ingredient.views, scale=(low, high)), generator, alpha, device)

    def whole(self, rows: NDArray[np.int64], side: int, mirrored: NDArray[np.bool_] | None = None) -> torch.Tensor:
        """Pictures as they are, some of them mirrored, float32 (n, 3, side, side) in 0..1."""
        pixels = np.array(self.packed.pixels[rows])
        if mirrored is not None:
            pixels[mirrored] = pixels[mirrored][:, :, ::-1]
        return centre_view(pixels, side)


def _windows(
    pixels: NDArray[np.uint8], rows: NDArray[np.int64], places: NDArray[np.int64], window: int
) -> NDArray[np.uint8]:
    """Squares of pictures: nothing else of them need be read and converted. (n, window, window, ...)."""
    cuts = zip(rows.tolist(), *places.tolist(), strict=True)
    return np.stack([pixels[row, top : top + window, left : left + window] for row, top, left in cuts])


def sources(data: Sequence[Path], recipe: Sequence[Ingredient] = MINI) -> list[Source]:
    """The recipe's sets that are there.

    Args:
        data: folders of packed sets that ``lucida train data`` makes; of sets of one name the last is taken.
        recipe: which sets, and how they take part.

    Raises:
        UsageError: there is none of them.
    """
    found: Mapping[str, Path] = {
        one.name: folder / one.name for folder in data for one in recipe if (folder / one.name / CARD).is_file()
    }
    if not found:
        raise UsageError(
            f"There is none of the sets {', '.join(one.name for one in recipe)} in {', '.join(map(str, data))}.",
            "Make them with: lucida train data.",
        )
    return [Source.of(PackedSet.open(found[one.name]), one) for one in recipe if one.name in found]


def drawn_views(
    sources: Sequence[Source], count: int, side: int, generator: torch.Generator, device: str, part: float = 1.0
) -> torch.Tensor:
    """Random views of random pictures, each set as often as its share says: float32 (count, 3, side, side).

    Args:
        sources: the sets.
        count: of views.
        side: of a view, in pixels.
        generator: of everything random.
        device: where views are made, and stay.
        part: of a picture's side that a view shows, beside what the set's own bounds say.
    """
    import torch

    shares = torch.tensor([source.ingredient.share for source in sources])
    sets = torch.multinomial(shares, count, replacement=True, generator=generator)
    parts = []
    for number, many in enumerate(torch.bincount(sets, minlength=len(sources)).tolist()):
        if many:
            rows = sources[number].rows
            places = torch.randint(len(rows), (many,), generator=generator).numpy()
            parts.append(sources[number].views(rows[places], side, generator, device, part))
    return torch.cat(parts)
