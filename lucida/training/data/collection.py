"""All packed sets of the embedded encoder's recipe, from what there is: each is made, gone on with, or left out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from lucida.errors import UsageError
from lucida.lazy import require
from lucida.training.data.nouns import WORDNET, Nouns
from lucida.training.data.packed import CARD, PackedSet
from lucida.training.data.packing import Recipe, pack
from lucida.training.data.photographs import photos_of_classes, photos_of_objects, photos_of_searches
from lucida.training.data.pictograms import FONT, STYLES, Pictograms
from lucida.training.data.scenes import Scenes
from lucida.training.data.sheets import Sheets

#: Label columns of a folder of parquet files, and what to call and do with it; the first that fits is taken.
_READERS = (
    ({"wnid"}, "photos64", photos_of_classes),
    ({"label", "name"}, "photos32", photos_of_searches),
    ({"label"}, "objects", photos_of_objects),
)


@dataclass(frozen=True, slots=True)
class Ingredients:
    """What there is to make sets from.

    Attributes:
        emoji: a folder that holds ``node_modules``, or that folder itself; None makes no pictograms.
        photographs: a folder of folders of parquet files; None makes no sets of photographs.
        scenes: how many scenes to draw.
        sheets: how many pages and charts to draw.
        held_out: families of art styles that scenes must not show, because a measurement holds them out.
        seed: of everything drawn.
        font: the colour emoji font.
        wordnet: folder of WordNet.
        only: names of the sets to make; empty makes all.
        side: of scenes and sheets, in pixels.
    """

    emoji: Path | None = None
    photographs: Path | None = None
    scenes: int = 15_000
    sheets: int = 8_000
    held_out: tuple[str, ...] = ()
    seed: int = 7
    font: Path = FONT
    wordnet: Path = WORDNET
    only: tuple[str, ...] = field(default=())
    side: int = 96


@dataclass(frozen=True, slots=True)
class Made:
    """A finished set, and whether this run had anything to do for it."""

    name: str
    packed: PackedSet
    was_there: bool


def make_sets(
    folder: Path,
    given: Ingredients,
    *,
    workers: int = 1,
    progress: Callable[[str, int, int], None] | None = None,
) -> list[Made]:
    """Make every set that can be made; an interrupted call is gone on with by the same call.

    Args:
        folder: where the sets lie, each in a folder of its own.
        given: what to make them from.
        workers: processes that draw.
        progress: called with a set's name, jobs done and jobs in all.

    Raises:
        UsageError: nothing can be made, or a set is there that was made from something else.
        DependencyError: a package, font or word list is missing.
    """
    orders = [(name, order) for name, order in _orders(folder, given) if not given.only or name in given.only]
    if not orders:
        raise UsageError("There is no set to make.", "Give --emoji or --photographs, or a number of scenes or sheets.")
    made = []
    for name, order in orders:
        was_there = (folder / name / CARD).exists()
        report = None if progress is None else lambda done, total, name=name: progress(name, done, total)
        made.append(Made(name, pack(folder / name, order(), workers=workers, progress=report), was_there))
    return made


def _orders(folder: Path, given: Ingredients) -> list[tuple[str, Callable[[], Recipe]]]:
    """Names of sets and how to begin each; scenes come after the pictograms that stand in them."""
    orders: list[tuple[str, Callable[[], Recipe]]] = []
    if given.emoji is not None:
        orders.append(("pictograms", lambda: Pictograms(_modules(given.emoji), font=given.font)))
    if given.photographs is not None:
        orders += _photographs(given.photographs, given.wordnet)
    if given.sheets:
        orders.append(("sheets", lambda: Sheets(given.sheets, side=given.side, seed=given.seed)))
    if given.scenes:
        orders.append(("scenes", lambda: _scenes(folder, given)))
    return orders


def _scenes(folder: Path, given: Ingredients) -> Scenes:
    pictograms = folder / "pictograms"
    families = {family for family, _ in STYLES.values()}
    unknown = {*given.held_out} - families
    if unknown:
        raise UsageError(
            f"There is no family of art styles {', '.join(sorted(unknown))}.",
            f"Choose among: {', '.join(sorted(families))}.",
        )
    kept = sorted(families - {*given.held_out})
    return Scenes(
        given.scenes,
        pictograms if (pictograms / CARD).exists() else None,
        kept if given.held_out else (),
        side=given.side,
        seed=given.seed,
    )


def _modules(place: Path | None) -> Path:
    assert place is not None
    return place / "node_modules" if (place / "node_modules").is_dir() else place


def _photographs(place: Path, wordnet: Path) -> list[tuple[str, Callable[[], Recipe]]]:
    """Folders of parquet files, told apart by their columns; a validation split becomes a set of its own."""
    if not place.is_dir():
        raise UsageError(f"There is no folder {place}.", "Give a folder of folders of parquet files.")
    orders: list[tuple[str, Callable[[], Recipe]]] = []
    for folder in sorted(path for path in place.iterdir() if path.is_dir()):
        for split in ("train", "val"):
            files = sorted(folder.glob(f"{split}-*.parquet"))
            if files:
                orders += _reader(files[0], folder, split, wordnet)
    return orders


def _reader(file: Path, folder: Path, split: str, wordnet: Path) -> Sequence[tuple[str, Callable[[], Recipe]]]:
    columns = {*require("pyarrow.parquet", "read photographs").read_schema(file).names}
    for needed, name, read in _READERS:
        if needed <= columns and "webp" in columns:
            label = name if split == "train" else f"{name}-{split}"
            return [(label, lambda read=read: read(folder, Nouns(wordnet), split))]
    return []
