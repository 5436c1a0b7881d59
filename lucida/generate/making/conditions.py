"""What guides a drawing: a class's words, and items of the library in turn.

Items are divided into cohorts, and every drawing is guided by one cohort as a whole. So children of one parent are
children of the same few parents, and a class can still be divided into splits.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from lucida.errors import LucidaError, SourceError
from lucida.generate.making.order import Order, Parent, Recipe, Use, Wanted
from lucida.generate.making.packed import packed, unpacked
from lucida.ingest.pictures.perceptual_hash import pixel_digest
from lucida.models.protocols.drawing import DrawRequest, Guide

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from PIL.Image import Image

    from lucida.models.protocols import Vectors


class Shelf(Protocol):
    """Where the items are that guide drawings."""

    def there(self, items: Sequence[int]) -> Collection[int]:
        """Those of the items that are still in the library."""
        ...

    def picture(self, item: int) -> Image:
        """The pixels of an item, RGB.

        Raises:
            LucidaError: it is gone, is a passage, or its source has changed.
        """
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Pixels:
    """The pixels of an item, RGB, and their digest as hexadecimal SHA-256."""

    item: int
    image: Image
    sha256: str

    def to_json(self) -> dict[str, Any]:
        return {"item": self.item, "sha256": self.sha256}


@dataclass(frozen=True, slots=True, eq=False)
class Condition:
    """What guides one drawing.

    Attributes:
        parents: the items.
        prompt: words; empty where they do not guide.
        vector: float32 (dimension,), unit length, or None.
        start: the picture to begin with, or None.
        guides: pictures as prompts.
        gone: items that were to guide it and are no longer there.
    """

    parents: tuple[Parent, ...]
    prompt: str
    vector: Vectors | None = None
    start: Pixels | None = None
    guides: tuple[Pixels, ...] = ()
    gone: tuple[int, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "prompt": self.prompt,
            "parents": [parent.id for parent in self.parents],
            "vector": packed(self.vector),
            "image": None if self.start is None else self.start.to_json(),
            "guides": [guide.to_json() for guide in self.guides],
            "gone": list(self.gone),
        }


def cohorts(pool: Sequence[Parent], size: int) -> list[tuple[Parent, ...]]:
    """Items in groups of ``size``, in order; a rest joins the last group."""
    groups = [tuple(pool[at : at + size]) for at in range(0, len(pool), size)]
    if len(groups) > 1 and len(groups[-1]) < size:
        rest = groups.pop()
        groups[-1] += rest
    return groups


def condition(wanted: Wanted, recipe: Recipe, number: int, shelf: Shelf) -> Condition:
    """What guides a class's drawing of this number; the same each time, as long as the items are there."""
    # Where words alone guide, nothing is anybody's child.
    groups = cohorts(wanted.pool, recipe.parents) if set(recipe.use) - {Use.TEXT} else []
    group = groups[number % len(groups)] if groups else ()
    there = shelf.there([parent.id for parent in group]) if group else ()
    parents = tuple(parent for parent in group if parent.id in there)
    pictures: list[Pixels] = []
    if Use.IMAGE in recipe.use or Use.GUIDE in recipe.use:
        pictures = [pixels for parent in parents if (pixels := _pixels(parent.id, shelf)) is not None]
        parents = tuple(parent for parent in parents if parent.id in {pixels.item for pixels in pictures})
    gone = tuple(parent.id for parent in group if parent not in parents)
    worded = Use.TEXT in recipe.use or (Use.VECTOR not in recipe.use and not parents)
    found = Condition(parents, wanted.prompt if worded else "", gone=gone)
    if Use.VECTOR in recipe.use:
        found = replace(found, vector=mixed(wanted.vector, [p.vector for p in parents], recipe))
    if Use.IMAGE in recipe.use and pictures:
        found = replace(found, start=pictures[number // len(groups) % len(pictures)])
    return replace(found, guides=tuple(pictures)) if Use.GUIDE in recipe.use else found


def mixed(words: Vectors | None, items: Sequence[Vectors | None], recipe: Recipe) -> Vectors | None:
    """The weighted sum of the words' vector and the items' mean, unit length; None where there is neither."""
    seen = [vector for vector in items if vector is not None]
    parts = [recipe.item_weight * np.mean(seen, axis=0)] if seen else []
    if words is not None and (recipe.prompt_weight > 0 or not parts):
        parts.append((recipe.prompt_weight or 1.0) * words)
    total = np.sum(parts, axis=0) if parts else np.zeros(1)
    length = float(np.linalg.norm(total))
    return np.asarray(total / length, dtype=np.float32) if length > 1e-6 else None


def _pixels(item: int, shelf: Shelf) -> Pixels | None:
    try:
        image = shelf.picture(item)
    except LucidaError:  # gone since it was retrieved: the others still guide
        return None
    return Pixels(item, image, pixel_digest(image).hex())


def request_for(given: Condition, recipe: Recipe, seed: int, count: int) -> DrawRequest:
    """A condition as a generator takes it."""
    return DrawRequest(
        prompt=given.prompt,
        negative_prompt=recipe.negative_prompt,
        vector=given.vector,
        width_px=recipe.width_px,
        height_px=recipe.height_px,
        count=count,
        seed=seed,
        num_inference_steps=recipe.num_inference_steps,
        guidance_scale=recipe.guidance_scale,
        scheduler=recipe.scheduler,
        image=None if given.start is None else given.start.image,
        strength=None if given.start is None else recipe.strength,
        guides=tuple(Guide(pixels.image, recipe.item_weight) for pixels in given.guides),
    )


def as_drawn(draw: Mapping[str, Any], order: Order, shelf: Shelf) -> Condition:
    """The condition of a drawing in a journal or a manifest, with its pictures fetched again.

    Raises:
        LucidaError: a picture is gone, or is another one now.
    """
    pool = {parent.id: parent for wanted in order.classes for parent in wanted.pool}
    parents = tuple(pool[item] for item in draw["parents"] if item in pool)
    start = None if draw["image"] is None else _again(draw["image"], shelf)
    guides = tuple(_again(row, shelf) for row in draw["guides"])
    return Condition(parents, draw["prompt"], unpacked(draw["vector"]), start, guides)


def _again(row: Mapping[str, Any], shelf: Shelf) -> Pixels:
    image = shelf.picture(row["item"])
    found = Pixels(row["item"], image, pixel_digest(image).hex())
    if found.sha256 != row["sha256"]:
        raise SourceError(
            f"The picture of item {row['item']}, which guided this, is another one now.",
            "Bring its source back as it was.",
        )
    return found
