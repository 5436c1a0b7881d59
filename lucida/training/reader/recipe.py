"""The shipped reader's recipe: its sources, their shares, and a trainer with both."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from lucida.training.reader.clozes import Clozes
from lucida.training.reader.documents import Documents
from lucida.training.reader.facts import Facts
from lucida.training.reader.feed import Feed, Share
from lucida.training.reader.labelled import Labelled
from lucida.training.reader.negatives import Negatives
from lucida.training.reader.network import read_base
from lucida.training.reader.thesaurus import read_thesaurus
from lucida.training.reader.trainer import Recipe, Trainer

if TYPE_CHECKING:
    from lucida.models.protocols import PairCutter, TextEncoder
    from lucida.query.evaluation.squad import ProseQuestion


def reader_trainer(
    questions: Sequence[ProseQuestion],
    folder: Path,
    recipe: Recipe,
    *,
    weights: Path,
    cutter: PairCutter,
    encoder: TextEncoder,
) -> Trainer:
    """A trainer of the recipe that the shipped reader comes from.

    It begins with what is made and drawn, of which there is no end, and ends with labelled questions, which are few.

    Args:
        questions: labelled ones, of training articles alone.
        folder: of the run.
        recipe: what the run is made of.
        weights: MiniLM's safetensors file.
        cutter: makes tokens.
        encoder: tells which passages are near to a question.

    Raises:
        UsageError: the folder holds a run of another shape.
    """
    thesaurus = read_thesaurus()
    passages = list(dict.fromkeys(question.passage for question in questions))
    shares = {
        "labelled": Share(Labelled(questions), 0.30, 0.70),
        "negatives": Share(Negatives(questions, thesaurus, encoder), 0.12, 0.12),
        "clozes": Share(Clozes(passages, thesaurus), 0.22, 0.04),
        "facts": Share(Facts(), 0.28, 0.10),
        "documents": Share(Documents(), 0.08, 0.04),
    }
    feed = Feed(shares, cutter, recipe.batch, recipe.seed)
    return Trainer(recipe, folder, read_base(weights), feed)
