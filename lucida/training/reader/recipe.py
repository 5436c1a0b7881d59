"""The shipped reader's recipe: its sources, their shares, and a trainer with both."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

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
    from lucida.training.reader.examples import Source


#: So many labelled questions are plenty: what is made and drawn then only adds what they lack.
PLENTY = 20_000
#: Questions that are turned into unanswerable ones; each needs the passages that are near to it.
_TURNED = 6_000
#: Shares of the sources at the beginning and at the end, where labelled questions are few and where there are plenty.
_FEW_SHARES = {
    "labelled": (0.30, 0.70), "negatives": (0.12, 0.12), "clozes": (0.22, 0.04), "facts": (0.28, 0.10),
    "documents": (0.08, 0.04),
}  # fmt: skip
_PLENTY_SHARES = {
    "labelled": (0.70, 0.86), "negatives": (0.06, 0.04), "clozes": (0.06, 0.0), "facts": (0.12, 0.06),
    "documents": (0.06, 0.04),
}  # fmt: skip


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

    Where labelled questions are few, it begins with what is made and drawn, of which there is no end, and ends with
    them; where there are plenty, they are most of it all along.

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
    sources: dict[str, Source] = {
        "labelled": Labelled(questions),
        "negatives": Negatives(_some(questions, recipe.seed), thesaurus, encoder),
        "clozes": Clozes(passages, thesaurus),
        "facts": Facts(),
        "documents": Documents(),
    }
    parts = _PLENTY_SHARES if len(questions) >= PLENTY else _FEW_SHARES
    shares = {name: Share(source, *parts[name]) for name, source in sources.items()}
    feed = Feed(shares, cutter, recipe.batch, recipe.seed)
    return Trainer(recipe, folder, read_base(weights), feed)


def _some(questions: Sequence[ProseQuestion], seed: int) -> list[ProseQuestion]:
    """As many questions as can be turned in good time, of whole passages."""
    if len(questions) <= _TURNED:
        return list(questions)
    passages = list(dict.fromkeys(question.passage for question in questions))
    share = _TURNED / len(questions)
    chosen = np.random.default_rng(seed).random(len(passages)) < share
    kept = {passage for passage, wanted in zip(passages, chosen.tolist(), strict=True) if wanted}
    return [question for question in questions if question.passage in kept]
