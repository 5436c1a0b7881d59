"""Packed sets: ``pixels.npy`` uint8 (n, side, side, 3), ``concepts.npy``, ``styles.npy`` and ``meta.json``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from lucida.errors import DamagedSourceError, UsageError
from lucida.query.evaluation.labelled import PictureSet, read_json

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray
    from PIL.Image import Image


def load_packed(
    folder: Path, style: str | None = None, without: Sequence[str] = (), only: str | None = None
) -> PictureSet:
    """Map a packed set; only the pictures that are looked at are read from the disk.

    Args:
        folder: of the set.
        style: only pictures of this style or family of styles, and of each concept the first: one picture each.
        without: marks of the card, e.g. "flag"; concepts that bear one are left out.
        only: a mark that concepts must bear, where the set has it.

    Raises:
        UsageError: the set has no such style or mark.
        DamagedSourceError: its files do not parse or do not belong together.
    """
    card = read_json(folder / "meta.json")
    try:
        captions = tuple(tuple(str(caption) for caption in row) for row in card["concepts"])
        styles = [str(name) for name in card["styles"]]
        pixels = np.load(folder / "pixels.npy", mmap_mode="r", allow_pickle=False)
        concepts = np.load(folder / "concepts.npy", allow_pickle=False).astype(np.int64)
        drawn = np.load(folder / "styles.npy", allow_pickle=False)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DamagedSourceError(f"The packed set {folder} is damaged: {error!r}.", "Make it again.") from error
    if not len(pixels) == len(concepts) == len(drawn) or not all(captions):
        raise DamagedSourceError(f"The files of {folder} do not belong together.", "Make the set again.")
    ids = tuple(str(key) for key in card.get("keys") or ()) or tuple(map(str, range(len(captions))))
    leading = tuple(int(count) for count in card.get("names") or ())
    whole = PictureSet(folder.name, ids, captions, concepts, lambda i: _picture(pixels[i]), True, leading)
    kept = _of_style(drawn, styles, card.get("families") or (), style) & ~_marked(concepts, card, without)
    if only in (card.get("marks") or {}):
        kept &= _marked(concepts, card, [str(only)])
    rows = np.flatnonzero(kept)
    return whole.part(rows if style is None else rows[np.sort(np.unique(concepts[rows], return_index=True)[1])])


def _marked(concepts: NDArray[np.int64], card: dict[str, Any], without: Sequence[str]) -> NDArray[np.bool_]:
    marks = card.get("marks") or {}
    unknown = [name for name in without if name not in marks]
    if unknown:
        raise UsageError(f"The set marks no concept as {unknown[0]!r}.", f"Its marks: {', '.join(marks) or 'none'}.")
    return np.isin(concepts, [number for name in without for number in marks[name]])


def _of_style(
    drawn: NDArray[np.integer], styles: list[str], families: list[str] | tuple[str, ...], style: str | None
) -> NDArray[np.bool_]:
    if style is None:
        return np.ones(len(drawn), dtype=bool)
    wanted = [number for number, name in enumerate(styles) if name == style]
    wanted = wanted or [number for number, name in enumerate(families) if name == style]
    if not wanted:
        known = ", ".join(dict.fromkeys([*styles, *families]))
        raise UsageError(f"The set has no style {style!r}.", f"It has: {known}.")
    return np.isin(drawn, wanted)


def _picture(pixels: NDArray[np.uint8]) -> Image:
    from PIL.Image import fromarray

    return fromarray(np.asarray(pixels))
