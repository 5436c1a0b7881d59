"""The verb *make*: new pictures and datasets from what a library holds, and what may be made from its sources."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from lucida.errors import ModelError, UsageError
from lucida.index import Filter, Rule, SourceRow, Terms
from lucida.library.deriving import DerivingLibrary
from lucida.types import Hit

if TYPE_CHECKING:
    from lucida.generate.augment.run import AugmentRequest
    from lucida.generate.making.credentials import Identity
    from lucida.generate.making.job import Making
    from lucida.generate.making.order import Order, Recipe, Use
    from lucida.generate.making.replaying import Replayed
    from lucida.library.benefit import BenefitRequest
    from lucida.library.generating import Made, Studio
    from lucida.library.ordering import DatasetRequest
    from lucida.library.retrieving import Retrieval
    from lucida.models.protocols.drawing import Generator
    from lucida.query.evaluation.datasets_report import BenefitReport


def _silent(_making: Making) -> None:
    """Hears how a run goes where nobody watches."""


class MakingLibrary(DerivingLibrary):
    """An open library from which pictures can be made."""

    def generate(
        self,
        prompt: str = "",
        *,
        like: Iterable[Hit | int] = (),
        n: int = 4,
        model: str | Generator | None = None,
        out: str | os.PathLike[str] | None = None,
        recipe: Recipe | None = None,
        use: Sequence[Use] | None = None,
        sign: Identity | None = None,
        allow_download: bool = False,
        told: Callable[[Making], None] = _silent,
        after: Iterable[int] = (),
        notes: Sequence[str] = (),
    ) -> Made:
        """Draw pictures of a prompt, like some pictures of the library, or both.

        Every picture is judged by the gates, and none is put aside. With ``out``, the same call goes on where it was
        interrupted.

        Args:
            prompt: what should be there.
            like: hits or ids of pictures that guide the drawings.
            n: how many pictures.
            model: spec of a generator, ``diffusers:ID_OR_FOLDER``, or one that is loaded already.
            out: folder, new or empty; None makes one below ``generated/`` in the library.
            recipe: seed, size, steps and so on; None for the usual.
            use: what guides the drawings; None for what the generator can do best.
            sign: who signs the files' content credentials; None for whom ``lucida.toml`` names, if it names anybody.
            allow_download: fetch weights that are not on this machine.
            told: hears how it goes.
            after: ids of items that the prompt was written after; they guide nothing, and count as parents.
            notes: what whoever reads the manifest should know.

        Raises:
            UsageError: the request makes no sense, or the generator cannot do it.
            ModelError, DependencyError: there is no generator, or a package that it needs is missing.
        """
        from lucida.generate.making.order import Recipe
        from lucida.library.generating import record
        from lucida.library.ordering import image_order

        studio, drawn = self._studio(model, sign, allow_download=allow_download), recipe or Recipe()
        items = [hit.id if isinstance(hit, Hit) else hit for hit in like]
        asked = {"prompt": prompt, "like": items, "n": n, "recipe": drawn.to_json(), "use": list(use or ())}
        chosen = tuple(use) if use is not None else None
        retrieval = self._retrieval(studio, drawn, None, max(len(items), 1))

        def settled() -> Order:
            order = image_order(prompt, n, items, drawn, chosen, studio.generator, studio.encoder, retrieval)
            return replace(order, notes=(*order.notes, *notes))

        made = studio.make(
            self._folder_for(out),
            asked,
            settled,
            lambda finish: finish.images(),
            told,
            labels=[" ".join(prompt.replace("|", " ").split()) or "like the given items"],
        )
        return record(made, self._writing, after)

    def generate_dataset(
        self,
        request: DatasetRequest,
        out: str | os.PathLike[str],
        *,
        model: str | None = None,
        formats: Sequence[str] = ("imagefolder",),
        shares: Mapping[str, float] | None = None,
        augment: AugmentRequest | None = None,
        sign: Identity | None = None,
        allow_download: bool = False,
        told: Callable[[Making], None] = _silent,
    ) -> Made:
        """Make a labelled dataset: real examples from the library first, and generated ones for what lacks.

        A run that was interrupted, killed, or that met a full disk goes on when the same is asked for again.

        Args:
            request: classes, numbers, recipe, gates.
            out: folder, new, empty, or of the run that is to go on.
            model: spec of a generator, ``diffusers:ID_OR_FOLDER``.
            formats: "imagefolder", "webdataset", "parquet", "coco", "yolo".
            shares: of the splits; None for 0.8 train, 0.1 validation, 0.1 test.
            augment: what to make from each real example besides; None for nothing.
            sign: who signs the files' content credentials; None for whom ``lucida.toml`` names, if it names anybody.
            allow_download: fetch weights that are not on this machine.
            told: hears how it goes.

        Raises:
            UsageError: the request makes no sense, or the generator cannot do it.
            ModelError, DependencyError: there is no generator, or a package that is needed is missing.
            StorageFullError: the disk refused; what was finished is kept.
        """
        from lucida.generate.formats.writing import check_formats
        from lucida.generate.making.splits import SHARES
        from lucida.library.generating import record
        from lucida.library.ordering import dataset_order

        request.check()
        wanted = check_formats(formats)
        studio = self._studio(model, sign, allow_download=allow_download)
        retrieval = self._retrieval(studio, request.recipe, request.path, request.pool)
        made = studio.make(
            Path(out).expanduser().absolute(),
            request.to_json(),
            lambda: dataset_order(request, studio.generator, studio.encoder, retrieval),
            lambda finish: finish.dataset(wanted, shares or SHARES, augment),
            told,
            labels=[topic.label for topic in request.topics],
            evaluation=request.evaluation,
        )
        return record(made, self._writing)

    def replay(
        self,
        manifest: str | os.PathLike[str],
        *,
        out: str | os.PathLike[str] | None = None,
        model: str | None = None,
        allow_download: bool = False,
        told: Callable[[int, int], None] = lambda _done, _total: None,
    ) -> list[Replayed]:
        """Draw all that a manifest tells of again, and say of each sample whether its pixels are the same.

        Args:
            manifest: the file, or the folder that it lies in.
            out: where the new pictures go; None keeps none.
            model: another generator than the manifest's.
            allow_download: fetch weights that are not on this machine.
            told: hears (drawings done, drawings in all).

        Raises:
            UsageError: it is no manifest.
            ModelError, DependencyError: its generator, or a package that it needs, is missing.
        """
        from lucida.generate.augment.card import read_manifest
        from lucida.generate.documents.run import replay_papers
        from lucida.generate.making.manifest import Manifest
        from lucida.generate.making.replaying import replay
        from lucida.library.augmenting import replay_augmented
        from lucida.library.generating import generator_named
        from lucida.library.shelf import LibraryShelf

        folder = None if out is None else Path(out).expanduser().absolute()
        shelf = LibraryShelf(self._reading(), self.passwords)
        augmented = read_manifest(Path(manifest).expanduser())
        if augmented is not None:
            return replay_augmented(augmented, shelf, folder, told)
        papers = replay_papers(Path(manifest).expanduser(), folder, told)
        if papers is not None:
            return papers
        found = Manifest.read(Path(manifest).expanduser())
        generator = generator_named(model or found.order.generator[0], allow_download=allow_download)
        return list(replay(found, generator, shelf, folder, told))

    def evaluate_dataset(
        self,
        request: BenefitRequest,
        *,
        encoder: str | None = None,
        told: Callable[[int, int, str], None] = lambda _done, _total, _what: None,
    ) -> BenefitReport:
        """Say whether a generated dataset helps, beside real pictures that this library retrieves for its classes.

        Args:
            request: the dataset, what else to train on, what to measure on.
            encoder: spec of another encoder than the library's own.
            told: hears (done, in all, what).

        Raises:
            UsageError: see ``lucida.library.benefit.judge``.
            ModelError, DependencyError: there is no encoder of pictures here.
        """
        from lucida.library.benefit import judge, library_retrieve
        from lucida.library.shelf import LibraryShelf
        from lucida.models.registry import load_shared_encoder

        index, own = self._reading(), self.shared_encoder()
        judging = own if encoder is None else load_shared_encoder(encoder)
        if judging is None:
            raise ModelError("This library has no encoder of pictures.", "Name one with --encoder mini.")
        shelf = LibraryShelf(index, self.passwords)
        bound = own if index.shared() is not None else None
        retrieve = None if bound is None else library_retrieve(index, bound, shelf.picture)
        return judge(request, judging, retrieve, told)

    def mark(
        self,
        *patterns: str,
        no_derivatives: bool | None = None,
        licence: str | None = None,
        rule: bool = False,
    ) -> list[SourceRow]:
        """Say what may be done with sources. From those marked so, nothing is ever made.

        Args:
            patterns: ids, paths, names or globs of sources; with ``rule``, globs that also hold for sources to come.
            no_derivatives: whether nothing may be made from them; None leaves what was said.
            licence: under which they stand; None leaves what was said, "" takes it back.
            rule: keep the globs, in place of marking what is there now. A rule that says nothing is dropped.

        Returns:
            The sources that are meant, now.

        Raises:
            UsageError: nothing is said, or a pattern matches no source.
        """
        if no_derivatives is None and licence is None and not rule:
            raise UsageError("Nothing is said about the sources.", "Give --no-derivatives or --licence.")
        rows = {} if rule else {row.id: row for pattern in patterns for row in self.find_sources(pattern)}
        with self._writing() as index:
            if rule:
                for pattern in patterns:
                    index.add_rule(Rule(pattern, no_derivatives, licence))
            else:
                index.mark(list(rows), no_derivatives=no_derivatives, licence=licence)
        return list(rows.values())

    def terms(self) -> dict[int, Terms]:
        """What may be done with each source of which anything is said, by its id: marks, rules and own copyright."""
        return self._reading().terms()

    def rules(self) -> list[Rule]:
        """The rules on paths that marks follow from, oldest first."""
        return self._reading().rules()

    def _studio(self, model: str | Generator | None, sign: Identity | None, *, allow_download: bool) -> Studio:
        from lucida.library.generating import Studio, generator_named

        signer = self._signer(sign)
        if model is None or isinstance(model, str):
            model = generator_named(model, allow_download=allow_download)
        return Studio(self._reading(), self.shared_encoder(), model, self.passwords, signer)

    def _retrieval(self, studio: Studio, recipe: Recipe, path: str | None, pool: int) -> Retrieval:
        from lucida.library.retrieving import Retrieval
        from lucida.query.search import SearchRequest, search

        index = studio.index

        def found(query: str, top_k: int) -> list[int]:
            wanted = SearchRequest(query, top_k, Filter(kind="picture", path=path))
            return [hit.id for hit in search(index, self._encoders(index), wanted)]

        return Retrieval(studio.index, studio.encoder, found, path, pool, recipe.thresholds.agreement)

    def _folder_for(self, out: str | os.PathLike[str] | None) -> Path:
        """The folder of a run; without a name, the next free number below ``generated/``."""
        from lucida.library.generating import next_folder

        return next_folder(self.folder / "generated") if out is None else Path(out).expanduser().absolute()
