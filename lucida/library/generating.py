"""Runs that make pictures: opens the journal, settles the order or takes it up again, draws, finishes, records."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lucida import __version__
from lucida.errors import LibraryError, ModelError, UsageError
from lucida.generate.making.credentials import seal
from lucida.generate.making.job import Job, Making
from lucida.generate.making.journal import Journal
from lucida.generate.making.manifest import NAME, Manifest
from lucida.library.finishing import CARD, SHEET, Finish
from lucida.library.gating import panel
from lucida.library.shelf import LibraryShelf

if TYPE_CHECKING:
    from lucida.config import LibraryConfig
    from lucida.generate.making.credentials import Identity, Signer
    from lucida.generate.making.order import Order
    from lucida.index import Index
    from lucida.models.protocols import SharedEncoder
    from lucida.models.protocols.drawing import Generator

Told = Callable[[Making], None]


@dataclass(frozen=True, slots=True)
class Made:
    """What a run made.

    Attributes:
        folder: where it lies.
        manifest: what was done; also in ``manifest.json``.
    """

    folder: Path
    manifest: Manifest

    @property
    def sheet(self) -> Path | None:
        """The sheet of examples, None where nothing was drawn."""
        return path if (path := self.folder / SHEET).exists() else None

    @property
    def card(self) -> Path | None:
        """The dataset card, None where it is no dataset."""
        return path if (path := self.folder / CARD).exists() else None

    def to_json(self) -> dict[str, Any]:
        keys = ("path", "label", "seed", "accepted", "reasons", "parents", "scores", "split", "orphaned")
        samples = [
            {key: row[key] for key in keys if key in row} | {"path": str(self.folder / row["path"])}
            for row in self.manifest.samples()
        ]
        return {
            "samples": samples,
            "manifest": str(self.folder / NAME),
            "real": [{**row, "path": str(self.folder / row["path"])} for row in self.manifest.real],
            "seconds": self.manifest.seconds(),
            "shortfalls": self.manifest.shortfalls(),
            "notes": list(self.manifest.notes),
        }


def generator_named(spec: str | None, *, allow_download: bool = False) -> Generator:
    """The generator that a spec names.

    Raises:
        ModelError: none is named, or its weights are absent or altered.
        UsageError: there is no such generator.
        DependencyError: a package that it needs is absent.
    """
    from lucida.models.mini import drawer
    from lucida.models.registry import load_generator

    if not spec and drawer.find() is None:
        raise ModelError(
            "There is no generator of pictures at hand: none is named, and none came with this package.",
            "Name one with --model diffusers:ID_OR_FOLDER (lucida models get fetches its weights), or train mini.",
        )
    return load_generator(spec or drawer.SPEC, allow_download=allow_download)


def signer_for(sign: Identity | None, config: LibraryConfig, folder: Path) -> Signer | None:
    """Who signs what is drawn: as given, else whom the settings name, whose paths begin in the library's folder.

    Raises:
        UsageError: the settings name a certificate without its key, or they cannot sign.
        DependencyError: c2pa-python is not installed.
    """
    from lucida.generate.making.credentials import Identity, Signer

    if sign is None and bool(config.sign) != bool(config.sign_key):
        raise UsageError(
            f"{folder / 'lucida.toml'} names only one of sign and sign_key.", "Name both: a certificate and its key."
        )
    if sign is None and config.sign:
        sign = Identity(*(folder / Path(name).expanduser() for name in (config.sign, config.sign_key)))
    return None if sign is None else Signer(sign)


def next_folder(below: Path) -> Path:
    """The folder of the next free number below another; it is not made yet."""
    number = 1
    while (folder := below / f"{number:04d}").exists():
        number += 1
    return folder


@dataclass(frozen=True, slots=True)
class Studio:
    """What a run works with.

    Attributes:
        index: of the library, for reading.
        encoder: of texts and pictures, None where there is none.
        generator: who draws.
        passwords: for pages of encrypted documents.
        signer: signs what is drawn; None leaves it at marks of origin.
    """

    index: Index
    encoder: SharedEncoder | None
    generator: Generator
    passwords: tuple[str, ...] = ()
    signer: Signer | None = None

    def make(
        self,
        folder: Path,
        asked: Mapping[str, Any],
        settle: Callable[[], Order],
        finish: Callable[[Finish], Manifest],
        told: Told,
        *,
        labels: Sequence[str] | None = None,
        evaluation: Sequence[Path] = (),
    ) -> Made:
        """Make what is asked for in a folder, or go on where an earlier run of the same ended.

        Args:
            folder: new, empty, or of an earlier run.
            asked: plain JSON; what tells two runs apart.
            settle: makes the order; not called where an earlier run did.
            finish: completes what is drawn.
            told: hears how it goes.
            labels: of the classes with synonyms; None for their names.
            evaluation: files and folders that no sample may show.

        Raises:
            UsageError: the folder holds something else, or the request makes no sense.
            KeyboardInterrupt: passed on; the same call goes on.
        """
        with Journal(folder) as journal:
            signed = {} if self.signer is None else {"signed": self.signer.fingerprint}
            asked = json.loads(json.dumps({**asked, "model": self.generator.spec, **signed}))
            if journal.order is None:
                journal.begin(asked, settle())
            elif journal.asked != asked:
                raise UsageError(
                    f"{folder} was begun with other settings.", "Name another folder with --out, or repeat those."
                )
            assert journal.order is not None
            order, shelf = journal.order, LibraryShelf(self.index, self.passwords)
            self._check_judge(order, folder)
            bounds = order.recipe.thresholds
            names = labels if labels is not None else [wanted.label for wanted in order.classes]
            gates = panel(self.index, self.encoder, names, bounds, evaluation)
            tool = f"Lucida {__version__}, {self.generator.spec}"
            sign = seal(self.signer, self.generator.spec)
            Job(journal, self.generator, gates, shelf, tool=tool, sign=sign, told=told).run()
            manifest = Manifest(__version__, order, journal.draws, notes=order.notes)
            return Made(folder, finish(Finish(folder, manifest, self.index, shelf, self.signer)))

    def _check_judge(self, order: Order, folder: Path) -> None:
        now = "" if self.encoder is None else self.encoder.fingerprint
        if now != order.encoder[1]:
            raise ModelError(
                f"{folder} was begun with another encoder ({order.encoder[0] or 'none'}).",
                "Name another folder with --out, or switch the library back to it.",
            )


def record(made: Made, writing: Callable[[], Any], after: Iterable[int] = ()) -> Made:
    """Keep the accepted samples and their parents in the catalogue; what is recorded already is not recorded twice.

    A library that somebody else is writing to, or that may not be written, costs the record only: the manifest says so.

    Args:
        made: what a run made.
        writing: opens the catalogue for writing.
        after: ids of further items that all of it was made after.
    """
    rows, further = [row for row in made.manifest.samples() if row["accepted"]], list(after)
    if not rows:
        return made
    try:
        with writing() as index:
            index.record_samples(
                [(os.path.abspath(made.folder / row["path"]), [*row["parents"], *further]) for row in rows]  # noqa: PTH100 - links stay
            )
    except LibraryError as error:
        note = f"The samples are not in the catalogue yet: {error.message} Run the same command again."
        manifest = replace(made.manifest, notes=[*made.manifest.notes, note])
        manifest.write(made.folder)
        return Made(made.folder, manifest)
    return made
