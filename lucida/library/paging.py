"""Papers that are made: from templates, which need no library, and from pages that a library holds."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from lucida.errors import LibraryError, SourceError, UsageError
from lucida.generate.documents.layer import pdf_of_pictures
from lucida.generate.documents.lookalike.deciding import shown
from lucida.generate.documents.lookalike.page import Original, Sheaf, alike, sheaf
from lucida.generate.documents.run import TOOL, Made, Papers, make_papers, templates
from lucida.generate.documents.wearing import worn
from lucida.generate.making.acts import REWRITTEN, WRITTEN
from lucida.generate.making.credentials import Identity, Signer, seal
from lucida.ingest.render import render_page
from lucida.library.shelf import standing_for
from lucida.query.terms import stop_words
from lucida.types import Box, RegionKind
from lucida.types.paths import json_path

if TYPE_CHECKING:
    from PIL.Image import Image

    from lucida.generate.documents.request import PaperRequest
    from lucida.index import Index, PageRow, SourceRow

Told = Callable[[int, int], None]
#: A picture that takes more of a page than this is the page.
_WHOLE = 0.6


def draw_papers(
    request: PaperRequest,
    out: str | os.PathLike[str],
    told: Told = lambda _done, _total: None,
    sign: Identity | None = None,
) -> Papers:
    """Draw papers from the built-in templates into a folder; the same call goes on where it was interrupted.

    Args:
        request: what is wanted.
        out: folder, new, empty, or of the run that is to go on.
        told: hears (papers done, papers in all).
        sign: who signs the papers' content credentials; None for nobody.

    Raises:
        UsageError: the folder holds something else, or was begun with other settings, or the certificate cannot sign.
        DependencyError: c2pa-python is not installed, and somebody is to sign.
        StorageFullError: the disk refused; what was finished is kept.
    """
    names = [f"{number + 1:05d}-{request.kinds[number % len(request.kinds)]}" for number in range(request.count)]
    signer, folder = None if sign is None else Signer(sign), Path(out).expanduser().absolute()
    made = templates(request)
    return make_papers(folder, request, names, made, _signed_by(signer), told, seal(signer, TOOL, WRITTEN))


def like_papers(
    index: Index,
    request: PaperRequest,
    out: str | os.PathLike[str],
    pages: Sequence[PageRow],
    *,
    keep: Collection[str] = (),
    passwords: tuple[str, ...] = (),
    told: Told = lambda _done, _total: None,
    signer: Signer | None = None,
) -> Papers:
    """Draw papers like pages of a library: their layout and labels, other values.

    Args:
        index: open for reading.
        request: what is wanted; ``count`` versions of each page.
        out: folder, new, empty, or of the run that is to go on.
        pages: whose layout is kept.
        keep: further words that stay, e.g. those of a house's own labels.
        passwords: for encrypted documents.
        told: hears (papers done, papers in all).
        signer: signs the papers' content credentials; None for nobody.

    Raises:
        UsageError: the folder holds something else, or was begun with other settings.
        StorageFullError: the disk refused; what was finished is kept.
    """
    # A source's path may itself be somebody's name: papers are named by number, and told from another run by content.
    sums = {row.source_id: source.sha256 for row in pages if (source := index.source(row.source_id)) is not None}
    asked = {"like": [[sums.get(row.source_id, ""), row.number] for row in pages], "keep": sorted(keep)}
    asked |= _signed_by(signer)
    names = [f"{number + 1:05d}-like" for number in range(len(pages) * request.count)]
    drawer = _Drawer(index, request, pages, sums, (*keep, *everyday_words()), passwords)
    folder = Path(out).expanduser().absolute()
    return make_papers(folder, request, names, drawer.made, asked, told, seal(signer, TOOL, REWRITTEN))


def _signed_by(signer: Signer | None) -> dict[str, Any]:
    """A run that was signed does not go on unsigned."""
    return {} if signer is None else {"signed": signer.fingerprint}


def pages_named(index: Index, sources: Callable[[str], list[SourceRow]], named: Sequence[str]) -> list[PageRow]:
    """The pages that ids of items, or paths, names and globs of sources mean, each once.

    Args:
        index: open for reading.
        sources: finds sources by path, name or glob.
        named: what is meant.

    Raises:
        UsageError: there is no such item or source, or nothing may be made from it.
    """
    found: dict[tuple[int, int], PageRow] = {}
    for name in named:
        items = index.items([int(name)]) if name.isdigit() else []
        if items:
            rows = [row for row in index.pages(items[0].source_id) if row.number == items[0].page]
        else:
            rows = [row for source in sources(name) for row in index.pages(source.id)]
        found |= {(row.source_id, row.number): row for row in rows}
    terms = index.terms()
    for row in found.values():
        said = terms.get(row.source_id)
        if said is not None and said.no_derivatives:
            raise UsageError(
                f"Nothing may be made from {json_path(row.source)}: it is marked no-derivatives.",
                "Name other pages, or change the mark with: lucida mark SOURCE --derivatives.",
            )
    if not found:
        raise UsageError("There is no page to draw from.", "Name items or sources that have pages with --like.")
    return list(found.values())


def record_papers(made: Papers, writing: Callable[[], AbstractContextManager[Index]]) -> Papers:
    """Keep papers and their parents in the catalogue; what is recorded already is not recorded twice.

    A library that somebody else is writing to, or that may not be written, costs the record only: a note says so.
    """
    rows = [(os.path.abspath(made.folder / row["source"]), row["parents"]) for row in made.rows if row["parents"]]  # noqa: PTH100 - links stay
    try:
        with writing() as index:
            index.record_samples(rows)
    except LibraryError as error:
        note = f"The papers are not in the catalogue yet: {error.message} Run the same command again."
        return replace(made, notes=(*made.notes, note))
    return made


def everyday_words() -> frozenset[str]:
    """Small words of the languages that the library knows."""
    return frozenset(word for code in ("en", "de", "fr", "es") for word in stop_words(code))


class _Drawer:
    """Makes the papers of a run from pages; the pages of the source at hand are kept."""

    def __init__(
        self,
        index: Index,
        request: PaperRequest,
        pages: Sequence[PageRow],
        sums: Mapping[int, str],
        keep: Sequence[str],
        passwords: tuple[str, ...],
    ) -> None:
        self._index, self._request, self._pages, self._sums = index, request, pages, sums
        self._keep, self._passwords = keep, passwords
        self._held: tuple[int, list[int], Sheaf] | None = None

    def made(self, number: int) -> Made:
        """The paper of a number: one version of one page."""
        request, place = self._request, number // self._request.count
        page = self._pages[place]
        rng = np.random.default_rng([request.seed, place, number % request.count])
        image = self._image(page)
        dpi = image.width * 72 / _width(page)
        numbers, source = self._whole(page.source_id)
        drawn, truth = alike(image, source, numbers.index(page.number), rng, dpi=dpi)
        wear = request.wear[int(rng.integers(len(request.wear)))]
        picture = worn(drawn, truth, wear, request.strength, rng, dpi=dpi)
        pdf = pdf_of_pictures([picture], dpi=dpi, text_layer=request.text_layer, title="like")
        item = standing_for(self._index, page)
        facts, parents = {"wear": wear, "page": page.number}, () if item is None else (item.id,)
        return Made("like", source.language, [picture], pdf, facts, parents)

    def _whole(self, source: int) -> tuple[list[int], Sheaf]:
        """The numbers of a source's pages, and what is decided for all of them."""
        if self._held is None or self._held[0] != source:
            rows = self._index.pages(source)
            decided = sheaf([_original(row) for row in rows], self._keep)
            self._held = (source, [row.number for row in rows], decided)
        return self._held[1:]

    def _image(self, page: PageRow) -> Image:
        """The page as stored, upright; words and pixels must be of one file."""
        path = Path(page.source)
        try:
            changed = hashlib.sha256(path.read_bytes()).hexdigest() != self._sums[page.source_id]
        except OSError as error:
            raise SourceError(
                f"{json_path(page.source)} cannot be read: {error.strerror}.", "Ingest it again."
            ) from error
        if changed:
            raise SourceError(f"{json_path(page.source)} is no longer what was read.", "Ingest it again.")
        image = render_page(path, page.media_type, page.number, dpi=self._request.dpi, passwords=self._passwords)
        return image.convert("RGB").rotate(-page.rotation, expand=True)


def _original(page: PageRow) -> Original:
    """A page's words and pictures, upright; pictures that are the page itself, as in scans, are not among them."""
    words = [word._replace(box=_upright(word.box, page.rotation)) for word in shown(page.words)]
    pictures = [
        _upright(region.box, page.rotation)
        for region in page.regions
        if region.kind in {RegionKind.PHOTO, RegionKind.FIGURE} and region.box.area < _WHOLE
    ]
    return Original(words, pictures)


def _width(page: PageRow) -> float:
    """Width in points of the page once it is upright."""
    return page.height_pt if page.rotation in {90, 270} else page.width_pt


def _upright(box: Box, turns: int) -> Box:
    """A box after its page was turned clockwise by so many degrees."""
    for _ in range(turns // 90 % 4):
        box = Box(1 - box.y1, box.x0, 1 - box.y0, box.x1)
    return box
