"""Papers and pictures that are derived from a library's own without a model: look-alikes and augmented ones."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from lucida.errors import UsageError
from lucida.index import Filter
from lucida.library.opened import OpenLibrary
from lucida.types import Hit

if TYPE_CHECKING:
    from lucida.generate.augment.run import AugmentRequest, Subject
    from lucida.generate.documents.request import PaperRequest
    from lucida.generate.documents.run import Papers
    from lucida.generate.making.credentials import Identity, Signer
    from lucida.library.augmenting import Augmented


class DerivingLibrary(OpenLibrary):
    """An open library of which look-alikes can be made."""

    def generate_documents(
        self,
        request: PaperRequest,
        out: str | os.PathLike[str],
        *,
        like: Iterable[str | int | Hit],
        keep: Collection[str] = (),
        sign: Identity | None = None,
        told: Callable[[int, int], None] = lambda _done, _total: None,
    ) -> Papers:
        """Draw papers like pages of the library: layout and labels stay, all that may be personal is replaced.

        Papers from templates need no library: ``lucida.library.paging.draw_papers``.

        Args:
            request: what is wanted; ``count`` versions of each page.
            out: folder, new, empty, or of the run that is to go on.
            like: hits or ids of items, or paths, names and globs of sources.
            keep: further words that stay, e.g. those of a house's own labels.
            sign: who signs the files' content credentials; None for whom ``lucida.toml`` names, if it names anybody.
            told: hears (papers done, papers in all).

        Raises:
            UsageError: the request makes no sense, or nothing may be made from a source.
            StorageFullError: the disk refused; what was finished is kept.
        """
        from lucida.library.paging import like_papers, pages_named, record_papers

        named = [str(one.id if isinstance(one, Hit) else one) for one in like]
        index, signer = self._reading(), self._signer(sign)
        pages = pages_named(index, self.find_sources, named)
        made = like_papers(index, request, out, pages, keep=keep, passwords=self.passwords, told=told, signer=signer)
        return record_papers(made, self._writing)

    def generate_augmented(
        self,
        request: AugmentRequest,
        out: str | os.PathLike[str],
        *,
        query: str = "",
        like: Iterable[int | Hit] = (),
        classes: Sequence[str] = (),
        path: str | None = None,
        top_k: int = 100,
        label: str = "",
        formats: Sequence[str] = ("imagefolder",),
        shares: Mapping[str, float] | None = None,
        sign: Identity | None = None,
        told: Callable[[int, int], None] = lambda _done, _total: None,
    ) -> Augmented:
        """Change pictures of the library by chance, their boxes with them, and write a dataset.

        Args:
            request: what may happen, how often.
            out: folder, new, empty, or of the run that is to go on.
            query: which pictures; without it and ``like``, all that fit ``path``.
            like: hits or ids of pictures.
            classes: several labels, told apart as ``classify`` tells them; ``car|automobile`` has a synonym.
            path: only sources that fit this glob.
            top_k: most pictures, of each class.
            label: their class; empty for the query.
            formats: see ``generate_dataset``.
            shares: of the splits; None for 0.8 train, 0.1 validation, 0.1 test.
            sign: who signs the files' content credentials; None for whom ``lucida.toml`` names, if it names anybody.
            told: hears (pictures done, pictures in all).

        Raises:
            UsageError: there is no such picture, or nothing may be made from one that was named.
            DependencyError: a package that is needed is missing.
            StorageFullError: the disk refused; what was finished is kept.
        """
        from lucida.generate.formats.writing import check_formats
        from lucida.generate.making.splits import SHARES
        from lucida.library.augmenting import make_augmented, record_augmented, subjects_of
        from lucida.library.shelf import LibraryShelf

        index, wanted, signer = self._reading(), check_formats(formats), self._signer(sign)
        named = [one.id if isinstance(one, Hit) else one for one in like]
        if classes and (named or query or label):
            raise UsageError("Classes are named, and other pictures too.", "Give either classes, or a query or items.")
        found = self._classes(classes, path, top_k) if classes else {}
        if not classes:
            found = {label or query or "picture": named or self._pictures(query, path, top_k)}
        subjects: list[Subject] = []
        kept_out: list[str] = []
        for name, items in found.items():
            allowed, kept = subjects_of(index, items, name)
            subjects, kept_out = [*subjects, *allowed], [*kept_out, *kept]
        if named and kept_out:
            raise UsageError(
                f"Nothing may be made from {kept_out[0]}: it is marked no-derivatives.",
                "Name other items, or change the mark with: lucida mark SOURCE --derivatives.",
            )
        notes = [f"{len(kept_out)} pictures are of sources marked no-derivatives and left out."] if kept_out else []
        shown = {subject.label for subject in subjects}
        notes += [f"Nothing in the library shows {name}: it is no class here." for name in found if name not in shown]
        folder, shelf = Path(out).expanduser().absolute(), LibraryShelf(index, self.passwords)
        made = make_augmented(folder, request, subjects, shelf, wanted, shares or SHARES, notes, told, signer)
        return record_augmented(made, self._writing)

    def _signer(self, sign: Identity | None) -> Signer | None:
        from lucida.library.generating import signer_for

        return signer_for(sign, self.config, self.folder)

    def _classes(self, labels: Sequence[str], path: str | None, most: int) -> dict[str, list[int]]:
        """Pictures that show each label and none of the others, by the label's first name, the surest first."""
        from lucida.generate.gates.gate import Thresholds
        from lucida.library.retrieving import Retrieval, Topic

        topics = [Topic(label) for label in dict.fromkeys(labels)]
        least = Thresholds().agreement
        retrieval = Retrieval(self._reading(), self.shared_encoder(), lambda *_: [], path, most, least)
        found = retrieval.find(topics, most)
        return {topic.name: [one.id for one in row.real] for topic, row in zip(topics, found, strict=True)}

    def _pictures(self, query: str, path: str | None, top_k: int) -> list[int]:
        """Pictures that a query finds, or all below a path, whole pages apart."""
        from lucida.query.search import SearchRequest, search
        from lucida.types import PictureRole

        index = self._reading()
        if query:
            wanted = SearchRequest(query, top_k, Filter(kind="picture", path=path))
            return [hit.id for hit in search(index, self._encoders(index), wanted)]
        ids = index.select(Filter(kind="picture", path=path))
        rows = [] if ids is None else index.items(ids.tolist())
        return [row.id for row in rows if row.role is not PictureRole.PAGE][:top_k]
