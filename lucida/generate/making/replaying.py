"""Replay: draws everything in a manifest again, and says of each sample whether its pixels are the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lucida.errors import LucidaError
from lucida.generate.making.conditions import Shelf, as_drawn, request_for
from lucida.generate.making.files import write_whole
from lucida.generate.making.manifest import Manifest
from lucida.generate.making.origin import encoded
from lucida.ingest.pictures.perceptual_hash import pixel_digest

if TYPE_CHECKING:
    from PIL.Image import Image

    from lucida.models.protocols.drawing import Generator


@dataclass(frozen=True, slots=True)
class Replayed:
    """A sample that was drawn again.

    Attributes:
        sample: as the manifest has it, with ``label`` and ``parents``.
        identical: whether every pixel is the same.
        problem: why it could not be drawn again; empty where it was.
    """

    sample: Mapping[str, Any]
    identical: bool
    problem: str = ""

    def to_json(self) -> dict[str, Any]:
        keys = ("path", "label", "seed", "accepted", "reasons", "parents")
        row = {**{key: self.sample[key] for key in keys}, "identical": self.identical}
        return row | ({"problem": self.problem} if self.problem else {})


def replay(
    manifest: Manifest,
    generator: Generator,
    shelf: Shelf,
    folder: Path | None = None,
    told: Callable[[int, int], None] = lambda _done, _total: None,
) -> Iterator[Replayed]:
    """Draw everything again, in the same batches.

    Args:
        manifest: of the run.
        generator: should be the one that drew; another one draws other pictures.
        shelf: has the pictures that drawings began with.
        folder: where the new pictures go; None writes none.
        told: hears (drawings done, drawings in all).

    Yields:
        Every sample, in order. What cannot be drawn again says why, and stops nothing.

    Raises:
        LucidaError: the generator cannot draw at all.
        StorageFullError: the disk refused.
    """
    tool = f"Lucida {manifest.made_by}, {manifest.order.generator[0]}"
    for number, draw in enumerate(manifest.draws, start=1):
        samples = [{**sample, "label": draw["label"], "parents": draw["parents"]} for sample in draw["samples"]]
        try:
            given = as_drawn(draw, manifest.order, shelf)
        except LucidaError as error:
            yield from (Replayed(sample, identical=False, problem=str(error)) for sample in samples)
        else:
            request = request_for(given, manifest.order.recipe, draw["seed"], draw["count"])
            images = [image.convert("RGB") for image in generator.draw(request).images]
            if folder is not None:
                _write(folder, samples, images, manifest.order.recipe.suffix, tool)
            for sample, image in zip(samples, images, strict=True):
                yield Replayed(sample, pixel_digest(image).hex() == sample["pixels_sha256"])
        told(number, len(manifest.draws))


def _write(folder: Path, samples: list[dict[str, Any]], images: list[Image], suffix: str, tool: str) -> None:
    files = {
        folder / sample["path"]: encoded(image, suffix, tool) for sample, image in zip(samples, images, strict=True)
    }
    write_whole(folder, files)
