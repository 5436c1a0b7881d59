"""People's own pictures as a source: each with its captions, said as they are."""

from __future__ import annotations

from lucida.training.augment import Views
from lucida.training.data.packed import PackedSet
from lucida.training.diffusion.recipe import Ingredient
from lucida.training.diffusion.sources import Source

#: Captions may speak of left and right, so nothing is mirrored.
_OWN = Ingredient("pairs", 1.0, Views(flip=False, rotate=0.0, scale=(0.9, 1.0)), ("{}",))


def own_source(packed: PackedSet) -> Source:
    """A packed set of pairs, all of it to learn from."""
    return Source.of(packed, _OWN, keep=False)
