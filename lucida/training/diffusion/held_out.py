"""What the generator is measured with: wordings that it was not trained on, pictures that were kept from it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from lucida.models.prompts import fill
from lucida.query.evaluation.drawing import Reference

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL.Image import Image

    from lucida.training.diffusion.sources import Source

#: None of the recipe's templates.
_UNSEEN = "an image of a {}"


def reference(sources: Sequence[Source], *, prompts: int, pictures: int, side: int, seed: int = 0) -> Reference:
    """Prompts, kept pictures and training pictures of the recipe's sets, by their shares.

    Args:
        sources: of the recipe.
        prompts: how many, about; each of a concept that a kept picture shows.
        pictures: kept ones, at most, and ten times as many that were trained on.
        side: of the pictures, in pixels.
        seed: of what is drawn.
    """
    share = sum(source.ingredient.share for source in sources if len(source.kept))
    said: list[str] = []
    kept: list[Image] = []
    seen: list[Image] = []
    shows: list[int] = []
    for number, source in enumerate(sources):
        if not len(source.kept):
            continue
        rng, part = np.random.default_rng((seed, number)), source.ingredient.share / share
        own = _concepts(source, max(1, round(prompts * part)), rng)
        rows = _drawn(source.kept, max(2, round(pictures * part)), rng)
        kept += pictures_of(source, rows, side)
        shows += [own.get(int(concept), -1 - len(said)) + len(said) for concept in source.packed.concepts[rows]]
        seen += pictures_of(source, _drawn(source.rows, max(2, round(10 * pictures * part)), rng), side)
        said += [_prompt(source, concept) for concept in own]
    return Reference(tuple(said), kept, np.array(shows, dtype=np.int64), seen)


def pictures_of(source: Source, rows: NDArray[np.int64], side: int) -> list[Image]:
    """Pictures of a set at a side, RGB, in the order of their rows, which ascend."""
    from PIL import Image

    pixels = (source.whole(rows, side) * 255).round().byte().permute(0, 2, 3, 1).numpy()
    return [Image.fromarray(row) for row in pixels]


def _concepts(source: Source, count: int, rng: np.random.Generator) -> dict[int, int]:
    """Some concepts that kept pictures show, numbered in order."""
    there = np.unique(source.packed.concepts[source.kept])
    some = np.sort(rng.choice(there, min(count, len(there)), replace=False))
    return {int(concept): number for number, concept in enumerate(some)}


def _prompt(source: Source, concept: int) -> str:
    """What is asked for: a caption that was kept, or a name in words that it was not trained with."""
    name = source.packed.card.concepts[concept][0]
    return name if source.ingredient.templates == ("{}",) else fill(_UNSEEN, name)


def _drawn(rows: NDArray[np.int64], count: int, rng: np.random.Generator) -> NDArray[np.int64]:
    return np.sort(rng.choice(rows, min(count, len(rows)), replace=False))
