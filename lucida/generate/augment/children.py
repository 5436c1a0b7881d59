"""Augmented pictures of the real examples in a dataset: they follow from the examples, and go where these go."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lucida.generate.augment.operations import augmented
from lucida.generate.augment.run import TOOL, AugmentRequest, fitted
from lucida.generate.making.credentials import unsigned
from lucida.generate.making.files import refusals, write_whole
from lucida.generate.making.order import Parent
from lucida.generate.making.origin import ENHANCED, encoded
from lucida.ingest.pictures.perceptual_hash import pixel_digest

if TYPE_CHECKING:
    from PIL.Image import Image

    from lucida.generate.making.credentials import Seal

FOLDER = "augmented"


def augment_examples(
    folder: Path,
    request: AugmentRequest,
    real: Sequence[Mapping[str, Any]],
    opened: Callable[[str], Image],
    sign: Seal = unsigned,
) -> list[dict[str, Any]]:
    """Write augmented pictures of real examples, in place of those that an earlier run wrote.

    Args:
        folder: of the dataset.
        request: what may happen, how often.
        real: rows of the examples: ``path``, ``label``, ``item`` and more.
        opened: gives the pixels of a path below the folder.
        sign: gives a file's content with signed credentials.

    Returns:
        Their rows, with ``of``, the path of the example that each was made from.

    Raises:
        DependencyError: torchvision is not installed.
        StorageFullError: the disk refused.
    """
    with refusals(folder):
        shutil.rmtree(folder / FOLDER, ignore_errors=True)
    found = []
    for number, row in enumerate(real):
        image, parent = fitted(opened(row["path"]), request), Parent(row["item"], row["source"], row["page"])
        for seed, path in _places(request, row, number):
            changed, _ = augmented(image, (), request.changes, seed)
            content = sign(encoded(changed, request.suffix, TOOL, ENHANCED), path, (parent,))
            write_whole(folder, {folder / path: content})
            kept = {key: row[key] for key in ("label", "item", "source", "page", "licence")}
            size = {"width_px": changed.width, "height_px": changed.height}
            digest = {"pixels_sha256": pixel_digest(changed).hex()}
            found.append({"path": path, "of": row["path"], "seed": seed, **kept, **size, **digest})
    return found


def _places(request: AugmentRequest, row: Mapping[str, Any], number: int) -> list[tuple[int, str]]:
    stem = Path(row["path"]).relative_to("real").with_suffix("").as_posix()
    seeds = (request.seed + number * request.per_item + place for place in range(request.per_item))
    return [(seed, f"{FOLDER}/{stem}-{place:02d}{request.suffix}") for place, seed in enumerate(seeds)]
