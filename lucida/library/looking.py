"""Looking a library's pictures over: which are there more than once, and what they show."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from fnmatch import fnmatch
from typing import TYPE_CHECKING

from lucida.errors import LucidaError, ModelError, UsageError
from lucida.index import Filter

if TYPE_CHECKING:
    from lucida.index import Index, ItemRow
    from lucida.library.labelling import Labelled
    from lucida.models.protocols import SharedEncoder
    from lucida.query.duplicates import Copy, DuplicateGroup
    from lucida.query.sameness import View

#: Told (done, total).
Counted = Callable[[int, int], None]


def duplicates(
    index: Index,
    *,
    kinds: Iterable[str] = ("exact", "near", "alike"),
    path: str | None = None,
    alike: float | None = None,
    on_compared: Counted = lambda _done, _total: None,
) -> list[DuplicateGroup]:
    """Files and pictures that are there more than once; see ``query.duplicates``.

    Pictures are those that are files of their own. Other files take part in what is exact.

    Args:
        index: open for reading.
        kinds: of "exact", "near" and "alike".
        path: only sources that fit this glob.
        alike: closeness, 0..1, from which pictures are alike; None for the usual.
        on_compared: told (done, total) while pixels are compared.

    Raises:
        UsageError: there is no such kind.
        DependencyError: FAISS or Pillow is not installed.
    """
    from lucida.query.duplicates import ALIKE, find_duplicates, kind_named

    chosen = [kind_named(kind) for kind in kinds]
    rows = _pictures(index, path)
    copies = [*_copies(index, rows), *_other_files(index, rows, path)]
    by_id = {row.id: row for row in rows}
    return find_duplicates(
        copies,
        index.vectors([row.id for row in rows], "picture") if rows else None,
        lambda item: _view(index, by_id[item]),
        kinds=chosen,
        alike=ALIKE if alike is None else alike,
        on_compared=on_compared,
    )


def classify(
    index: Index, encoder: SharedEncoder | None, labels: Sequence[str], *, none: bool, top_k: int, path: str | None
) -> Iterator[Labelled]:
    """The library's pictures with the labels that fit them best; see ``labelling.Labeller.library``.

    Raises:
        UsageError: there are no labels, no encoder of pictures, or no pictures with vectors.
        ModelError: the pictures' vectors belong to another encoder.
    """
    from lucida.library.labelling import Labeller

    if encoder is None:
        raise UsageError(
            "The library's encoder knows no pictures.", "Choose one that does with: lucida models switch mini."
        )
    bound = index.shared()
    if bound is None:
        raise UsageError(
            "No picture in the library has a vector yet.",
            "Add pictures, or embed those there are, with: lucida ingest.",
        )
    if bound.fingerprint != encoder.fingerprint:
        raise ModelError(
            f"The library's pictures were embedded by {bound.spec}, and {encoder.spec} is another encoder.",
            f"Embed them anew with: lucida models switch {encoder.spec}.",
        )
    return Labeller(encoder, labels, none=none, top_k=top_k).library(index, path)


def _pictures(index: Index, path: str | None) -> list[ItemRow]:
    """Pictures that are files, photographs and scanned pages alike; not those inside documents."""
    found = [index.select(Filter(kind=kind, media_type="image/*", path=path)) for kind in ("picture", "page")]
    return index.items(sorted(item for ids in found if ids is not None for item in ids.tolist()))


def _view(index: Index, row: ItemRow) -> View | None:
    from lucida.library.previews import preview
    from lucida.query.sameness import view

    try:
        return view(preview(index, row))
    except LucidaError:  # gone since it was read
        return None


def _copies(index: Index, rows: list[ItemRow]) -> list[Copy]:
    from lucida.query.duplicates import Copy

    sources = {row.id: row for row in index.sources(failed=False)}
    digests = index.pixel_digests()
    ids, hashes = index.picture_hashes()
    looks = dict(zip(ids.tolist(), hashes.tolist(), strict=True))
    copies = []
    for row in rows:
        source = sources[row.source_id]
        keys = [f"{source.sha256} {row.page}".encode()] if source.sha256 else []
        keys += [digests[row.id]] if row.id in digests else []
        size = row.width_px, row.height_px
        copies.append(Copy(row.id, row.source, row.page, source.size, *size, tuple(keys), looks.get(row.id)))
    return copies


def _other_files(index: Index, rows: list[ItemRow], path: str | None) -> list[Copy]:
    from lucida.query.duplicates import Copy

    shown = {row.source_id for row in rows}
    return [
        Copy(-source.id, source.path, 1, source.size, 0, 0, (f"{source.sha256} 1".encode(),))
        for source in index.sources(failed=False)
        if source.id not in shown and source.sha256 and _fits(source.path, path)
    ]


def _fits(path: str, glob: str | None) -> bool:
    """As filters do: a glob without a slash is held against the name."""
    return glob is None or fnmatch(path if "/" in glob else path.rpartition("/")[2], glob)
