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
from lucida.models.protocols.drawing import DrawRequest

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
class Condition:
    """What guides one drawing.

    Attributes:
        parents: the items.
        prompt: words; empty where they do not guide.
        vector: float32 (dimension,), unit length, or None.
        item, image, image_sha256: the item to begin with, its pixels and their digest; None where there is none.
        gone: items that were to guide it and are no longer there.
    """

    parents: tuple[Parent, ...]
    prompt: str
    vector: Vectors | None = None
    item: int | None = None
    image: Image | None = None
    image_sha256: str | None = None
    gone: tuple[int, ...] = ()

    def to_json(self) -> dict[str, Any]:
        image = {"item": self.item, "sha256": self.image_sha256} if self.item is not None else None
        return {
            "prompt": self.prompt,
            "parents": [parent.id for parent in self.parents],
            "vector": packed(self.vector),
            "image": image,
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
    groups = cohorts(wanted.pool, recipe.parents)
    group = groups[number % len(groups)] if groups else ()
    there = shelf.there([parent.id for parent in group]) if group else ()
    parents = tuple(parent for parent in group if parent.id in there)
    gone = tuple(parent.id for parent in group if parent.id not in there)
    worded = Use.TEXT in recipe.use or (Use.VECTOR not in recipe.use and not parents)
    found = Condition(parents, wanted.prompt if worded else "", gone=gone)
    if Use.VECTOR in recipe.use:
        found = replace(found, vector=mixed(wanted.vector, [p.vector for p in parents], recipe))
    if Use.IMAGE in recipe.use and parents:
        found = _begun_with(found, parents[number // len(groups) % len(parents)], shelf)
    return found


def mixed(words: Vectors | None, items: Sequence[Vectors | None], recipe: Recipe) -> Vectors | None:
    """The weighted sum of the words' vector and the items' mean, unit length; None where there is neither."""
    seen = [vector for vector in items if vector is not None]
    parts = [recipe.item_weight * np.mean(seen, axis=0)] if seen else []
    if words is not None and (recipe.prompt_weight > 0 or not parts):
        parts.append((recipe.prompt_weight or 1.0) * words)
    total = np.sum(parts, axis=0) if parts else np.zeros(1)
    length = float(np.linalg.norm(total))
    return np.asarray(total / length, dtype=np.float32) if length > 1e-6 else None


def _begun_with(found: Condition, parent: Parent, shelf: Shelf) -> Condition:
    try:
        image = shelf.picture(parent.id)
    except LucidaError:  # gone since it was retrieved: the others still guide
        left = tuple(other for other in found.parents if other.id != parent.id)
        return replace(found, parents=left, gone=(*found.gone, parent.id))
    return replace(found, item=parent.id, image=image, image_sha256=pixel_digest(image).hex())


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
        image=given.image,
        strength=recipe.strength if given.image is not None else None,
    )


def as_drawn(draw: Mapping[str, Any], order: Order, shelf: Shelf) -> Condition:
    """The condition of a drawing in a journal or a manifest, with its picture fetched again.

    Raises:
        LucidaError: the picture is gone, or is another one now.
    """
    image = draw["image"]
    pool = {parent.id: parent for wanted in order.classes for parent in (*wanted.pool, *wanted.real)}
    parents = tuple(pool[item] for item in draw["parents"] if item in pool)
    found = Condition(parents, draw["prompt"], unpacked(draw["vector"]))
    if image is None:
        return found
    found = replace(found, item=image["item"], image=shelf.picture(image["item"]))
    assert found.image is not None
    digest = pixel_digest(found.image).hex()
    if digest != image["sha256"]:
        raise SourceError(
            f"The picture of item {image['item']}, with which this began, is another one now.",
            "Bring its source back as it was.",
        )
    return replace(found, image_sha256=digest)
