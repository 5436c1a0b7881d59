"""The embedded vision-language model's recipe: its sources, their shares, and a trainer with all of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from lucida.errors import UsageError
from lucida.training.augment import Views
from lucida.training.data.packed import CARD, PackedSet
from lucida.training.vlm.beginning import Space
from lucida.training.vlm.building import Eye, build_processor
from lucida.training.vlm.charts import ChartLessons
from lucida.training.vlm.conversation import Scribe, Writer
from lucida.training.vlm.feed import Feed, Share, texts_of
from lucida.training.vlm.named import Named
from lucida.training.vlm.pages import PageLessons
from lucida.training.vlm.papers import PaperLessons
from lucida.training.vlm.scenes import SceneLessons
from lucida.training.vlm.texts import Readings, TextLessons
from lucida.training.vlm.trainer import Recipe, Trainer
from lucida.training.vlm.vocabulary import read_tokenizer, train_tokenizer

if TYPE_CHECKING:
    from typing import Any


#: Families of art styles that are kept for measuring.
HELD_OUT = ("twemoji",)
#: Nobody is asked where in a photograph something is, so it may be mirrored.
_PHOTOGRAPHS = Views(scale=(0.75, 1.05), aspect=1.15, rotate=4.0, colour=0.15, grey=0.02)
_PICTOGRAMS = Views(scale=(0.9, 1.4), aspect=1.1, rotate=8.0, colour=0.15, grey=0.0)
_SCENES = Views(scale=(0.97, 1.03), aspect=1.03, flip=False, rotate=1.5, colour=0.06, grey=0.0)
_SHEETS = Views(scale=(0.85, 1.03), aspect=1.3, flip=False, rotate=2.0, colour=0.15, grey=0.1)
#: The packed sets by their folders' names: what they are, share at the beginning and at the end.
_SETS = {
    "photos64": ("photograph", 0.14, 0.14),
    "photos32": ("photograph", 0.06, 0.05),
    "objects": ("photograph", 0.03, 0.03),
    "pictograms": ("drawing", 0.08, 0.07),
    "scenes": ("scenes", 0.28, 0.30),
    "sheets": ("sheets", 0.18, 0.24),
}
#: What needs no packed set: copying is learned first.
_TEXTS, _CHARTS = (0.04, 0.08), (0.05, 0.08)
#: Drawn papers, where some are given.
_PAPERS = (0.10, 0.15)
_TOKENIZER = "tokenizer.json"


def sources(data: Sequence[Path], held_out: Sequence[str] = HELD_OUT, papers: Sequence[Path] = ()) -> dict[str, Share]:
    """What is taught, by name.

    Args:
        data: folders of packed sets that ``lucida train data`` makes; of sets of one name the last is taken, and sets
            that are not there are left out.
        held_out: families of art styles that are kept for measuring.
        papers: folders of papers that ``lucida generate documents`` drew.

    Raises:
        UsageError: there is no packed set, or a folder holds no papers.
    """
    found = {name: folder / name for folder in data for name in _SETS if (folder / name / CARD).is_file()}
    if not found:
        raise UsageError(
            f"There is none of the sets {', '.join(_SETS)} in {', '.join(map(str, data))}.",
            "Make them with: lucida train data.",
        )
    readings = Readings()
    shares = {name: _share(name, PackedSet.open(found[name]), readings, held_out) for name in _SETS if name in found}
    shares["texts"] = Share(TextLessons(readings), *_TEXTS)
    shares["charts"] = Share(ChartLessons(_SHEETS), *_CHARTS)
    if papers:
        # The last: a run without papers draws its lessons as it always did.
        shares["papers"] = Share(PaperLessons(papers, _SHEETS), *_PAPERS)
    return shares


def _share(name: str, packed: PackedSet, readings: Readings, held_out: Sequence[str]) -> Share:
    what, begin, end = _SETS[name]
    if what == "scenes":
        return Share(SceneLessons(packed, _SCENES), begin, end)
    if what == "sheets":
        return Share(PageLessons(packed, _SHEETS, readings), begin, end)
    views = _PICTOGRAMS if what == "drawing" else _PHOTOGRAPHS
    return Share(Named(packed, what, views, held_out), begin, end)


def vlm_trainer(
    shares: Mapping[str, Share],
    folder: Path,
    recipe: Recipe,
    eye: Eye,
    writer: Callable[[Any], Writer],
    space: Space | None = None,
) -> Trainer:
    """A run of the recipe, begun or gone on with. Its tokenizer is learned first, and kept in the folder.

    Args:
        shares: what is taught.
        folder: of the run.
        recipe: length, seed and the like.
        eye: the image tower, which stays as it is.
        writer: gives, for a processor, what fills in its template for a model at work.
        space: of the eye's encoder, in which a new run begins.

    Raises:
        UsageError: the folder holds a run of another shape.
    """
    import torch

    processor = build_processor(recipe.shape, _tokenizer(shares, folder, recipe), eye)
    feed = Feed(
        shares,
        Scribe(writer(processor), processor.tokenizer, recipe.shape.places),
        batch=recipe.batch,
        side=recipe.shape.side,
        stage=recipe.stage,
        seed=recipe.seed,
        device="cuda" if torch.cuda.is_available() else "cpu",
    )
    return Trainer(recipe, folder, eye, processor, feed, space)


def _tokenizer(shares: Mapping[str, Share], folder: Path, recipe: Recipe) -> Any:
    path = folder / _TOKENIZER
    if not path.is_file():
        made = train_tokenizer(texts_of(shares, recipe.lessons, recipe.seed), recipe.shape.vocabulary)
        folder.mkdir(parents=True, exist_ok=True)
        half = path.with_suffix(".half")
        made.backend_tokenizer.save(str(half))
        half.replace(path)
        return made
    return read_tokenizer(path)
