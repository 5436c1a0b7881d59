"""A run that augments pictures into a folder: changes, writes, notes; goes on where an earlier one ended."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lucida import __version__
from lucida.errors import LucidaError, StorageFullError, UsageError
from lucida.generate.augment.operations import Boxes, Changes, augmented
from lucida.generate.making.credentials import unsigned
from lucida.generate.making.files import write_whole
from lucida.generate.making.ledger import Ledger
from lucida.generate.making.order import Parent
from lucida.generate.making.origin import ENHANCED, SUFFIXES, encoded
from lucida.ingest.pictures.perceptual_hash import pixel_digest
from lucida.types import Box

if TYPE_CHECKING:
    from PIL.Image import Image

    from lucida.generate.making.credentials import Seal

LEDGER, VERSION = "journal.jsonl", 1
#: Named in marks of origin and in credentials.
TOOL = f"Lucida {__version__}, augment"
SAMPLES, ORIGINALS = "samples", "real"
#: Seeds of one item's samples lie so far from those of the next.
_SEEDS = 10_000


@dataclass(frozen=True, slots=True)
class AugmentRequest:
    """What is wanted.

    Attributes:
        changes: what may happen to pictures.
        per_item: samples of each.
        seed: of the first sample of the first picture.
        max_side_px: larger pictures are made smaller.
        originals: whether the pictures themselves go into the dataset.
        suffix: of the files, ``.png``, ``.jpg`` or ``.webp``.
    """

    changes: Changes
    per_item: int = 4
    seed: int = 0
    max_side_px: int = 1024
    originals: bool = True
    suffix: str = ".png"

    def __post_init__(self) -> None:
        """Refuse what cannot be made.

        Raises:
            UsageError: a number or a name makes no sense.
        """
        if self.suffix not in SUFFIXES:
            raise UsageError(f"Samples cannot be written as {self.suffix!r}.", f"Choose of: {', '.join(SUFFIXES)}.")
        if not 1 <= self.per_item < _SEEDS or self.seed < 0 or self.max_side_px < 16:
            raise UsageError("These numbers leave nothing to do.", f"Give 1 to {_SEEDS - 1} samples of at least 16 px.")

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "changes": self.changes.to_json()}


@dataclass(frozen=True, slots=True)
class Subject:
    """A picture that is augmented.

    Attributes:
        item: of the library.
        label: its class.
        source, page: where it comes from.
        boxes: (label, box) each, in fractions of the picture.
        reads: whether it has writing.
        look: perceptual hash, None where there is none.
        licence: of its source, as recorded.
    """

    item: int
    label: str
    source: str
    page: int
    boxes: Boxes = ()
    reads: bool = False
    look: int | None = None
    licence: str = ""

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "boxes": boxes_to_json(self.boxes)}


def boxes_to_json(boxes: Boxes) -> list[dict[str, Any]]:
    """Boxes as plain JSON."""
    return [{"label": label, "box": [round(edge, 6) for edge in box]} for label, box in boxes]


def boxes_from_json(rows: Sequence[Mapping[str, Any]]) -> Boxes:
    """Read what ``boxes_to_json`` wrote."""
    return tuple((row["label"], Box(*row["box"])) for row in rows)


def augment(
    folder: Path,
    request: AugmentRequest,
    subjects: Sequence[Subject],
    picture: Callable[[int], Image],
    told: Callable[[int, int], None] = lambda _done, _total: None,
    *,
    sign: Seal = unsigned,
    signer: str = "",
) -> list[dict[str, Any]]:
    """Write the samples of all pictures, or those that an earlier run of the same did not write.

    Args:
        folder: new, empty, or of an earlier run.
        request: what is wanted.
        subjects: the pictures.
        picture: gives an item's pixels, RGB; a ``LucidaError`` costs that item only.
        told: hears (pictures done, pictures in all).
        sign: gives a sample's content with signed credentials.
        signer: fingerprint of who signs, empty for nobody: a run that was signed does not go on unsigned.

    Returns:
        A row for each picture: its item, its samples with seeds, boxes and digests, or its error.

    Raises:
        UsageError: the folder holds something else, or was begun with other settings.
        StorageFullError: the disk refused; what was finished is kept.
        KeyboardInterrupt: passed on; the same call goes on.
    """
    wanted = {"request": request.to_json(), "subjects": [one.to_json() for one in subjects]}
    asked = json.loads(json.dumps(wanted | ({"signed": signer} if signer else {})))
    with Ledger(folder, LEDGER, VERSION) as ledger:
        if ledger.head is None:
            ledger.begin({"asked": asked, "lucida": __version__})
        elif ledger.head["asked"] != asked:
            raise UsageError(
                f"{folder} was begun with other settings, or finds other pictures now.",
                "Name another folder with --out, or repeat those.",
            )
        done = {row["item"] for row in ledger.rows}
        for number, subject in enumerate(subjects):
            if subject.item not in done:
                ledger.add(_written(folder, request, subject, number, picture, sign))
            told(number + 1, len(subjects))
        return ledger.rows


def samples_of(
    image: Image, request: AugmentRequest, subject: Subject, number: int
) -> Iterator[tuple[int, Image, Boxes]]:
    """Seed, pixels and boxes of each sample of a picture, the ``number``-th of its run."""
    for place in range(request.per_item):
        seed = request.seed + number * _SEEDS + place
        yield seed, *augmented(image, subject.boxes, request.changes, seed, reads=subject.reads)


def fitted(image: Image, request: AugmentRequest) -> Image:
    """A picture as it is augmented: RGB, no larger than is wanted."""
    image = image.convert("RGB")
    image.thumbnail((request.max_side_px, request.max_side_px))
    return image


def _written(
    folder: Path, request: AugmentRequest, subject: Subject, number: int, picture: Callable[[int], Image], sign: Seal
) -> dict[str, Any]:
    try:
        image = fitted(picture(subject.item), request)
    except StorageFullError:
        raise
    except LucidaError as error:
        return {"item": subject.item, "error": error.message, "advice": error.advice, "samples": []}
    parent = Parent(subject.item, subject.source, subject.page)
    files: dict[Path, bytes] = {}
    rows = []
    for place, (seed, changed, boxes) in enumerate(samples_of(image, request, subject, number)):
        path = f"{SAMPLES}/{subject.item:06d}-{place:03d}{request.suffix}"
        content = sign(encoded(changed, request.suffix, TOOL, ENHANCED), path, (parent,))
        files[folder / path] = content
        rows.append({
            "path": path, "seed": seed, "boxes": boxes_to_json(boxes), "width_px": changed.width,
            "height_px": changed.height, "pixels_sha256": pixel_digest(changed).hex(),
            "sha256": hashlib.sha256(content).hexdigest(),
        })  # fmt: skip
    row: dict[str, Any] = {
        "item": subject.item, "pixels_sha256": pixel_digest(image).hex(), "width_px": image.width,
        "height_px": image.height, "samples": rows,
    }  # fmt: skip
    if request.originals:
        row["original"] = f"{ORIGINALS}/{subject.item:06d}{request.suffix}"
        files[folder / row["original"]] = encoded(image, request.suffix, TOOL, None)
    write_whole(folder, files)
    return row
