"""Augmenting what a library holds: which pictures, with which boxes, and the dataset that comes of it."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lucida import __version__
from lucida.errors import LibraryError, LucidaError, UsageError
from lucida.generate.augment.beside import boxes_beside
from lucida.generate.augment.card import NAME, card, manifest
from lucida.generate.augment.run import TOOL, AugmentRequest, Subject, augment, boxes_from_json, fitted, samples_of
from lucida.generate.formats.entry import Collection, Entry
from lucida.generate.formats.writing import write_formats
from lucida.generate.gates.gate import Thresholds
from lucida.generate.making.acts import CHANGED
from lucida.generate.making.credentials import seal
from lucida.generate.making.files import write_whole
from lucida.generate.making.origin import ENHANCED
from lucida.generate.making.replaying import Replayed
from lucida.generate.making.splits import Member, divide
from lucida.ingest.pictures.perceptual_hash import pixel_digest
from lucida.query.contact_sheet import Group, grouped_sheet, save_sheet
from lucida.types import Box, PictureRole
from lucida.types.paths import json_path

if TYPE_CHECKING:
    from PIL.Image import Image

    from lucida.generate.making.credentials import Signer
    from lucida.index import Index, ItemRow
    from lucida.library.shelf import LibraryShelf

SHEET, CARD = "examples.png", "README.md"
_SHOWN, _CELL_PX = 12, 160


@dataclass(frozen=True, slots=True)
class Augmented:
    """What a run made.

    Attributes:
        folder: where it lies.
        rows: of the pictures: ``item``, ``samples`` with ``path``, ``seed``, ``boxes``, or ``error`` and ``advice``.
        subjects: the pictures, in the same order.
        splits: split of each file.
        notes: what people should know.
    """

    folder: Path
    rows: Sequence[Mapping[str, Any]]
    subjects: Sequence[Subject]
    splits: Mapping[str, str]
    notes: tuple[str, ...] = ()

    @property
    def failed(self) -> list[Mapping[str, Any]]:
        """Pictures that could not be read."""
        return [row for row in self.rows if "error" in row]

    def to_json(self) -> dict[str, Any]:
        labels = {subject.item: subject.label for subject in self.subjects}
        samples = [
            {"path": str(self.folder / sample["path"]), "label": labels[row["item"]], "seed": sample["seed"],
             "accepted": True, "reasons": [], "parents": [row["item"]], "boxes": sample["boxes"],
             "split": self.splits.get(sample["path"])}
            for row in self.rows for sample in row["samples"]
        ]  # fmt: skip
        failed = [{key: row[key] for key in ("item", "error", "advice")} for row in self.failed]
        return {
            "samples": samples,
            "manifest": str(self.folder / NAME),
            "failed": failed,
            "notes": list(self.notes),
        }


def subjects_of(index: Index, items: Sequence[int], label: str) -> tuple[list[Subject], list[str]]:
    """Pictures as they are augmented, and the sources among them from which nothing may be made.

    Boxes are those of a file beside the picture, in YOLO's or COCO's form, else the regions that were read on it.

    Args:
        index: open for reading.
        items: ids; passages, and what is gone, are left out.
        label: the pictures' class.

    Raises:
        SourceError: boxes beside a picture make no sense.
    """
    rows = [row for row in index.items(items) if row.kind == "picture"]
    terms = index.terms()
    looks: dict[int, int] = {}
    if rows:
        seen, hashes = index.picture_hashes([row.id for row in rows])
        looks = dict(zip(seen.tolist(), hashes.tolist(), strict=True))
    found, kept_out = [], []
    for row in rows:
        said = terms.get(row.source_id)
        if said is not None and said.no_derivatives:
            kept_out.append(json_path(row.source))
            continue
        boxes, reads = _boxes(index, row)
        licence = said.licence if said is not None else ""
        found.append(Subject(row.id, label, json_path(row.source), row.page, boxes, reads, looks.get(row.id), licence))
    return found, kept_out


def make_augmented(
    folder: Path,
    request: AugmentRequest,
    subjects: Sequence[Subject],
    shelf: LibraryShelf,
    formats: Sequence[str],
    shares: Mapping[str, float],
    notes: Sequence[str] = (),
    told: Callable[[int, int], None] = lambda _done, _total: None,
    signer: Signer | None = None,
) -> Augmented:
    """Augment pictures and write the dataset in formats, with card, sheet and manifest.

    Raises:
        UsageError: there is no picture, the folder holds something else, or was begun with other settings.
        DependencyError: a package that a format needs is not installed.
        StorageFullError: the disk refused; what was finished is kept.
    """
    if not subjects:
        raise UsageError("There is no picture to augment.", "Search for something else, or name pictures with --like.")
    sign, by = seal(signer, TOOL, CHANGED), "" if signer is None else signer.fingerprint
    rows = augment(folder, request, subjects, shelf.picture, told, sign=sign, signer=by)
    splits = _splits(request, subjects, rows, shares)
    write_formats(folder, formats, _collection(folder, subjects, rows, splits))
    sheet = _sheet(folder, subjects, rows)
    said = card(request, subjects, rows, splits, formats, SHEET if sheet else None)
    document = manifest(__version__, request, subjects, rows, splits, notes)
    write_whole(folder, {folder / CARD: said.encode(), folder / NAME: document})
    return Augmented(folder, rows, subjects, splits, tuple(notes))


def record_augmented(made: Augmented, writing: Callable[[], AbstractContextManager[Index]]) -> Augmented:
    """Keep samples and parents in the catalogue; a library that is locked costs the record only."""
    pairs = [(os.path.abspath(made.folder / sample["path"]), [row["item"]])  # noqa: PTH100 - links stay
             for row in made.rows for sample in row["samples"]]  # fmt: skip
    try:
        with writing() as index:
            index.record_samples(pairs)
    except LibraryError as error:
        note = f"The samples are not in the catalogue yet: {error.message} Run the same command again."
        return Augmented(made.folder, made.rows, made.subjects, made.splits, (*made.notes, note))
    return made


def replay_augmented(
    told_of: tuple[AugmentRequest, Sequence[Subject], Sequence[Mapping[str, Any]]],
    shelf: LibraryShelf,
    folder: Path | None,
    told: Callable[[int, int], None],
) -> list[Replayed]:
    """Make all samples of a manifest again, and say of each whether its pixels are the same."""
    request, subjects, rows = told_of
    made = {row["item"]: row for row in rows}
    found = []
    for number, subject in enumerate(subjects):
        row = made[subject.item]
        samples = [
            {**sample, "label": subject.label, "accepted": True, "reasons": [], "parents": [subject.item]}
            for sample in row["samples"]
        ]
        found += _again(request, subject, number, row, samples, shelf, folder)
        told(number + 1, len(subjects))
    return found


def _again(
    request: AugmentRequest,
    subject: Subject,
    number: int,
    row: Mapping[str, Any],
    samples: Sequence[Mapping[str, Any]],
    shelf: LibraryShelf,
    folder: Path | None,
) -> list[Replayed]:
    try:
        image = fitted(shelf.picture(subject.item), request)
    except LucidaError as error:
        return [Replayed(sample, identical=False, problem=str(error)) for sample in samples]
    if pixel_digest(image).hex() != row.get("pixels_sha256"):
        problem = f"The picture of item {subject.item} is another one now."
        return [Replayed(sample, identical=False, problem=problem) for sample in samples]
    found = []
    for sample, (_, changed, _) in zip(samples, samples_of(image, request, subject, number), strict=False):
        found.append(Replayed(sample, pixel_digest(changed).hex() == sample["pixels_sha256"]))
        if folder is not None:
            target = folder / sample["path"]
            target.parent.mkdir(parents=True, exist_ok=True)
            changed.save(target)
    return found


def _boxes(index: Index, row: ItemRow) -> tuple[tuple[tuple[str, Box], ...], bool]:
    """What is known to be where on a picture, and whether it has writing."""
    page = index.page(row.source_id, row.page)
    words = page.words if page is not None else ()
    if row.media_type.startswith("image/") and tuple(row.box) == (0, 0, 1, 1):
        given = boxes_beside(Path(row.source))
        if given is not None:
            return given, bool(words)
    reads = row.role is PictureRole.PAGE or any(row.box.contains_point(*word.box.center) for word in words)
    regions = page.regions if page is not None else ()
    parts = ((region.kind.value, _within(region.box, row.box)) for region in regions if region.box != row.box)
    return tuple((kind, box) for kind, box in parts if box is not None), reads


def _within(box: Box, frame: Box) -> Box | None:
    """A page's box in fractions of a part of the page; None where most of it lies elsewhere."""
    if box.coverage(frame) < 0.5:
        return None
    left, top = box.x0 - frame.x0, box.y0 - frame.y0
    return Box.from_px(left, top, left + box.width, top + box.height, frame.width, frame.height)


def _files(row: Mapping[str, Any]) -> list[str]:
    return [*([row["original"]] if "original" in row else []), *(sample["path"] for sample in row["samples"])]


def _splits(
    request: AugmentRequest, subjects: Sequence[Subject], rows: Sequence[Mapping[str, Any]], shares: Mapping[str, float]
) -> dict[str, str]:
    by_item, bounds = {subject.item: subject for subject in subjects}, Thresholds()
    members = [
        Member(path, by_item[row["item"]].label, (row["item"],), by_item[row["item"]].look)
        for row in rows
        for path in _files(row)
    ]
    found = divide(members, shares, bits=bounds.leak_bits, cosine=bounds.leak_cosine, seed=request.seed)
    return {member.name: split for member, split in zip(members, found, strict=True)}


def _collection(
    folder: Path, subjects: Sequence[Subject], rows: Sequence[Mapping[str, Any]], splits: Mapping[str, str]
) -> Collection:
    by_item, entries = {subject.item: subject for subject in subjects}, []
    for row in rows:
        subject = by_item[row["item"]]
        origin = {"source": Path(subject.source).name, "page": subject.page, "licence": subject.licence}
        if "original" in row:
            facts = {"generated": False, **origin}
            size = row["width_px"], row["height_px"]
            entries.append(_entry(folder, row["original"], subject, splits, size, subject.boxes, facts))
        for sample in row["samples"]:
            facts = {"generated": False, "augmented": True, "digital_source_type": ENHANCED, "seed": sample["seed"]}
            facts |= {"parents": [subject.item], **origin}
            boxes, size = boxes_from_json(sample["boxes"]), (sample["width_px"], sample["height_px"])
            entries.append(_entry(folder, sample["path"], subject, splits, size, boxes, facts))
    labels = dict.fromkeys([subject.label for subject in subjects])
    labels |= dict.fromkeys(label for entry in entries for label, _ in entry.boxes)
    return Collection(tuple(labels), tuple(entries))


def _entry(
    folder: Path,
    path: str,
    subject: Subject,
    splits: Mapping[str, str],
    size: tuple[int, int],
    boxes: tuple[tuple[str, Box], ...],
    facts: Mapping[str, Any],
) -> Entry:
    return Entry(folder / path, path.replace("/", "-"), subject.label, splits[path], *size, boxes=boxes, facts=facts)


def _sheet(folder: Path, subjects: Sequence[Subject], rows: Sequence[Mapping[str, Any]]) -> Path | None:
    """Examples of each class: a picture, and what was made of it."""
    groups = []
    for label in dict.fromkeys(subject.label for subject in subjects):
        items = {subject.item for subject in subjects if subject.label == label}
        paths = [path for row in rows if row["item"] in items for path in _files(row)]
        if paths:
            shown = [(_opened(folder / path), Path(path).stem) for path in paths[:_SHOWN]]
            groups.append(Group(f"{label} · {len(paths):,}", shown))
    if not groups:
        return None
    save_sheet(grouped_sheet(groups, cell_px=_CELL_PX), folder / SHEET)
    return folder / SHEET


def _opened(path: Path) -> Image:
    from PIL import Image as Pillow

    with Pillow.open(path) as image:
        return image.convert("RGB")
