"""What follows a run: real examples, splits, formats, sheet, card and manifest."""

from __future__ import annotations

import hashlib
import io
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lucida.errors import SourceError
from lucida.generate.augment.children import augment_examples
from lucida.generate.augment.run import TOOL
from lucida.generate.formats.entry import Collection, Entry
from lucida.generate.formats.writing import write_formats
from lucida.generate.making.acts import CHANGED
from lucida.generate.making.card import card
from lucida.generate.making.credentials import seal
from lucida.generate.making.files import write_whole
from lucida.generate.making.job import accepted
from lucida.generate.making.manifest import Manifest
from lucida.generate.making.origin import ENHANCED, TRAINED
from lucida.generate.making.splits import Member, divide
from lucida.query.contact_sheet import Group, grouped_sheet, save_sheet
from lucida.types.paths import json_path

if TYPE_CHECKING:
    from PIL.Image import Image

    from lucida.generate.augment.run import AugmentRequest
    from lucida.generate.making.credentials import Signer
    from lucida.generate.making.order import Parent, Wanted
    from lucida.index import Index, ItemRow
    from lucida.library.shelf import LibraryShelf

REAL, SHEET, CARD = "real", "examples.png", "README.md"
#: Formats whose files go into a dataset as they are.
_KEPT = {"image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp"}
_SHOWN = 12
_CELL_PX = 160


class Finish:
    """Puts a dataset together from what a run drew and what the library has.

    Args:
        folder: of the run.
        manifest: with order and drawings.
        index: for reading.
        shelf: pixels of items.
        signer: signs what is made here; None for nobody.
    """

    def __init__(
        self, folder: Path, manifest: Manifest, index: Index, shelf: LibraryShelf, signer: Signer | None = None
    ) -> None:
        self._folder, self._index, self._shelf, self._signer = folder, index, shelf, signer
        self._terms = index.terms()
        self._notes = list(manifest.notes)
        self.manifest = replace(manifest, orphans=self._orphans(manifest))
        self._sizes: dict[str, tuple[int, int]] = {}

    def dataset(
        self, formats: Sequence[str], shares: Mapping[str, float], augment: AugmentRequest | None = None
    ) -> Manifest:
        """Write everything but the record in the catalogue.

        Raises:
            DependencyError: a format needs a package that is not here.
            StorageFullError: the disk refused.
        """
        real = [row for wanted in self.manifest.order.classes for row in self._real(wanted)]
        self.manifest = replace(self.manifest, real=real)
        self.manifest = replace(self.manifest, splits=self._splits(shares))
        if augment is not None:
            self._augment(augment)
        write_formats(self._folder, formats, self._collection())
        self._note_empty_splits(shares)
        self.manifest = replace(self.manifest, notes=self._notes)
        sheet = self.sheet()
        text = card(self.manifest, self._sources(), formats, SHEET if sheet else None)
        write_whole(self._folder, {self._folder / CARD: text.encode()})
        self.manifest.write(self._folder)
        return self.manifest

    def _augment(self, request: AugmentRequest) -> None:
        """Add augmented pictures of the real examples, each in its example's split."""
        sign = seal(self._signer, TOOL, CHANGED)
        rows = augment_examples(self._folder, request, self.manifest.real, self._opened, sign)
        splits = {row["path"]: self.manifest.splits[row["of"]] for row in rows}
        self._sizes |= {row["path"]: (row["width_px"], row["height_px"]) for row in rows}
        self.manifest = replace(self.manifest, augmented=rows, splits={**self.manifest.splits, **splits})

    def images(self) -> Manifest:
        """Write the sheet and the manifest of a few pictures."""
        self.sheet()
        self.manifest.write(self._folder)
        return self.manifest

    def sheet(self) -> Path | None:
        """Draw examples: of each class some that are real, accepted and rejected, the last with the reason."""
        groups = []
        for wanted in self.manifest.order.classes:
            real = [row for row in self.manifest.real if row["label"] == wanted.label]
            if real:
                shown = [(self._opened(row["path"]), Path(row["source"]).name) for row in real[:_SHOWN]]
                groups.append(Group(f"{wanted.label} · {len(real):,} real", shown))
            own = [row for row in self.manifest.samples() if row["label"] == wanted.label]
            for passed, what in ((True, "accepted"), (False, "rejected")):
                rows = [row for row in own if row["accepted"] == passed]
                if rows:
                    entries = [(self._opened(row["path"]), _caption(row)) for row in rows[:_SHOWN]]
                    groups.append(Group(f"{wanted.label} · {len(rows):,} {what}", entries))
        if not groups:
            return None
        save_sheet(grouped_sheet(groups, cell_px=_CELL_PX), self._folder / SHEET)
        return self._folder / SHEET

    def _opened(self, path: str) -> Image:
        """A picture of the run as displayed, RGB."""
        from PIL import Image as Pillow
        from PIL import ImageOps

        with Pillow.open(self._folder / path) as image:
            return ImageOps.exif_transpose(image).convert("RGB")

    def _size(self, path: str) -> tuple[int, int]:
        """Width and height as displayed, from the file's head alone."""
        from PIL import Image as Pillow
        from PIL.ExifTags import Base

        with Pillow.open(self._folder / path) as image:
            width, height = image.size
            return (height, width) if image.getexif().get(Base.Orientation, 1) >= 5 else (width, height)

    def _real(self, wanted: Wanted) -> Iterator[dict[str, Any]]:
        """Copy a class's real examples into the run's folder; what is gone is left out and noted."""
        rows = {row.id: row for row in self._index.items([parent.id for parent in wanted.real])}
        for parent in wanted.real:
            try:
                path = self._copied(wanted, rows[parent.id])
            except (SourceError, KeyError):
                self._notes.append(f"A real example of {wanted.label} is gone since: {json_path(parent.source)}.")
                continue
            self._sizes[path] = self._size(path)
            terms = self._terms.get(rows[parent.id].source_id)
            yield {
                "path": path,
                "label": wanted.label,
                "item": parent.id,
                "source": json_path(parent.source),
                "page": parent.page,
                "licence": terms.licence if terms else "",
            }

    def _copied(self, wanted: Wanted, row: ItemRow) -> str:
        suffix = _KEPT.get(row.media_type) if row.page == 1 and tuple(row.box) == (0, 0, 1, 1) else None
        name = f"{REAL}/{wanted.folder}/{row.id:05d}{suffix or '.png'}"
        target = self._folder / name
        if not target.exists():
            content = _as_png(self._shelf.picture(row.id)) if suffix is None else self._read(row)
            write_whole(self._folder, {target: content})
        return name

    def _read(self, row: ItemRow) -> bytes:
        """The file of an item, if it is still what was read: its label is of that."""
        source = self._index.source(row.source_id)
        try:
            content = Path(row.source).read_bytes()
        except OSError as error:
            raise SourceError(f"{row.source} cannot be read: {error.strerror}.", "Ingest it again.") from error
        if source is None or hashlib.sha256(content).hexdigest() != source.sha256:
            raise SourceError(f"{row.source} is no longer what was read.", "Ingest it again.")
        return content

    def _members(self) -> list[Member]:
        order = self.manifest.order
        draws = [dict(draw) for draw in self.manifest.draws]
        parents = [tuple(draw["parents"]) for draw in draws for sample in draw["samples"] if sample["accepted"]]
        drawn = [
            Member(f"samples/{name}", candidate.label, items, candidate.look, candidate.vector)
            for (name, candidate), items in zip(accepted(draws), parents, strict=True)
        ]
        paths = {(row["label"], row["item"]): row["path"] for row in self.manifest.real}
        for wanted in order.classes:
            known: dict[int, Parent] = {parent.id: parent for parent in (*wanted.real, *wanted.pool)}
            for item, parent in known.items():
                path = paths.get((wanted.label, item))
                name = path or f"{wanted.label} {item}"
                drawn.append(Member(name, wanted.label, (item,), parent.look, parent.vector, counts=path is not None))
        return drawn

    def _splits(self, shares: Mapping[str, float]) -> dict[str, str]:
        recipe, members = self.manifest.order.recipe, self._members()
        bounds = recipe.thresholds
        found = divide(members, shares, bits=bounds.leak_bits, cosine=bounds.leak_cosine, seed=recipe.seed)
        return {member.name: split for member, split in zip(members, found, strict=True) if member.counts}

    def _note_empty_splits(self, shares: Mapping[str, float]) -> None:
        filled = set(self.manifest.splits.values())
        if filled and (empty := [name for name in shares if name not in filled]):
            self._notes.append(
                f"{' and '.join(empty)} stayed empty: too few groups of pictures that have nothing in common."
            )

    def _collection(self) -> Collection:
        splits = self.manifest.splits
        sizes = {
            sample["path"]: (sample["width_px"], sample["height_px"])
            for draw in self.manifest.draws
            for sample in draw["samples"]
        } | self._sizes
        generator = self.manifest.order.generator[0]
        entries = []
        for row in (*self.manifest.real, *self.manifest.samples(), *self.manifest.augmented):
            if row["path"] not in splits:
                continue
            if "of" in row:
                facts = {"generated": False, "augmented": True, "digital_source_type": ENHANCED, "seed": row["seed"]}
                facts |= {"parents": [row["item"]], "source": Path(row["source"]).name, "licence": row["licence"]}
            elif "seed" in row:
                facts = {"generated": True, "digital_source_type": TRAINED, "generator": generator, "seed": row["seed"]}
                facts |= {"parents": row["parents"], **({"orphaned": True} if row.get("orphaned") else {})}
            else:
                # A dataset is made to be given away: where its maker keeps his files stays in the manifest.
                facts = {"generated": False, "source": Path(row["source"]).name, "page": row["page"]}
                facts |= {"licence": row["licence"]}
            name = row["path"].replace("samples/", "drawn-").replace("real/", "real-").replace("/", "-")
            size = sizes[row["path"]]
            entries.append(
                Entry(self._folder / row["path"], name, row["label"], splits[row["path"]], *size, facts=facts)
            )
        return Collection(tuple(wanted.label for wanted in self.manifest.order.classes), tuple(entries))

    def _sources(self) -> list[dict[str, Any]]:
        """Sources of real examples and of parents, with their licences and how often each was used."""
        order = self.manifest.order
        where = {parent.id: parent.source for wanted in order.classes for parent in (*wanted.pool, *wanted.real)}
        examples = Counter(row["source"] for row in self.manifest.real)
        samples: Counter[str] = Counter()
        for row in self.manifest.samples():
            if row["accepted"]:
                samples.update({json_path(where[item]) for item in row["parents"] if item in where})
        licences: defaultdict[str, str] = defaultdict(str)
        for source in self._index.sources():
            if source.id in self._terms:
                licences[json_path(source.path)] = self._terms[source.id].licence
        return [
            {"source": name, "licence": licences[name], "examples": examples[name], "samples": samples[name]}
            for name in sorted({*examples, *samples})
        ]

    def _orphans(self, manifest: Manifest) -> list[str]:
        """Samples of which a parent is gone by now."""
        rows = [row for row in manifest.samples() if row["parents"]]
        there = self._shelf.there(sorted({item for row in rows for item in row["parents"]}))
        found = [row["path"] for row in rows if not set(row["parents"]) <= set(there)]
        if found:
            self._notes.append(f"A parent of {len(found)} samples has been removed since: they are flagged orphaned.")
        return found


def _caption(row: Mapping[str, Any]) -> str:
    reasons = row["reasons"]
    return f"seed {row['seed']}" + (f"\n{reasons[0]['says']}" if reasons else "")


def _as_png(image: Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()
