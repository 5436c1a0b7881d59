"""Zero-shot labels: which of some words fits a picture best, and whether any of them does.

A label is the mean of its prompts (prompt ensembling, Radford et al., 2021). Against it stand everyday words that mean
something else, and "none of these" is what they win, after Jiang et al., "Negative Label Guided OOD Detection with
Pretrained Vision-Language Models" (2024). Cosines are told in spreads above their mean over the everyday words, for
each picture, so that one calibration holds where all cosines are 0.2 and where they are -0.1.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from lucida.errors import UsageError
from lucida.query.evaluation.zero_shot import class_vectors

if TYPE_CHECKING:
    from lucida.models.protocols import TextEncoder, Vectors

NONE_OF_THESE = "none of these"
#: Everyday words with a cosine above this to a label mean much the same (cat: kitten) and do not stand against it.
_SAME_MEANING = 0.7
#: How much one spread above the mean counts, and how much the average everyday word counts against each label; so many
#: labels as there are, "none of these" is as likely before anybody looks. Chosen with half of the classes of a set of
#: photographs offered, see ``docs/classify.md``.
SHARPNESS, WEIGHT_OF_OTHERS = 2.5, 4.0
_TEMPLATES = ("{}", "a {}", "a photo of a {}")
_WORDS = Path(__file__).with_name("everyday_words.txt")


@dataclass(frozen=True, slots=True)
class Label:
    """What a picture may be called: its name, and what else says the same."""

    name: str
    synonyms: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name, *self.synonyms)


@dataclass(frozen=True, slots=True, eq=False)
class LabelSpace:
    """Labels as points of a space, with the everyday words that stand against them.

    Attributes:
        names: of the labels.
        vectors: float32 (labels, dimension), unit rows.
        others: float32 (words, dimension), unit rows.
    """

    names: tuple[str, ...]
    vectors: Vectors
    others: Vectors


@dataclass(frozen=True, slots=True)
class Guess:
    """What one picture shows.

    Attributes:
        label: the most probable label, ``NONE_OF_THESE`` where that is more probable than all labels together.
        probability: that this is right, 0..1.
        labels: (name, probability) of the best labels, best first.
        none: probability that none of the labels fits; 0 where that was not asked.
    """

    label: str
    probability: float
    labels: tuple[tuple[str, float], ...]
    none: float

    def to_json(self) -> dict[str, Any]:
        return {
            "label": self.label,
            "probability": round(self.probability, 4),
            "none": round(self.none, 4),
            "labels": [{"label": name, "probability": round(value, 4)} for name, value in self.labels],
        }


def parse_labels(texts: Sequence[str]) -> tuple[Label, ...]:
    """Labels as people write them: ``car|automobile`` is a label with a synonym.

    Raises:
        UsageError: there is none, or one comes twice, or is called as "none of these" is.
    """
    labels = []
    for text in texts:
        names = [" ".join(part.split()) for part in text.split("|")]
        names = [name for name in names if name]
        if names:
            labels.append(Label(names[0], tuple(names[1:])))
    if not labels:
        raise UsageError("There are no labels.", 'Name some, e.g. --labels "cat,dog,invoice".')
    seen: set[str] = set()
    for label in labels:
        if label.name.lower() in seen or label.name.lower() == NONE_OF_THESE:
            raise UsageError(f"The label {label.name!r} comes twice.", "Name each label once.")
        seen.add(label.name.lower())
    return tuple(labels)


@cache
def everyday_words() -> tuple[str, ...]:
    """The fixed list of things that pictures show, in order."""
    lines = _WORDS.read_text(encoding="utf-8").splitlines()
    return tuple(line for line in lines if line.strip() and not line.startswith("#"))


def word_vectors(encoder: TextEncoder) -> Vectors:
    """The everyday words in an encoder's space, float32 (words, dimension): thousands of prompts, worth keeping."""
    return class_vectors(encoder, [(word,) for word in everyday_words()], _TEMPLATES)


@cache
def words_version() -> str:
    """Changes with any word and any template: the first 12 hex digits of a SHA-256."""
    return hashlib.sha256("\n".join((*everyday_words(), *_TEMPLATES)).encode()).hexdigest()[:12]


def label_space(encoder: TextEncoder, labels: Sequence[Label], words: Vectors) -> LabelSpace:
    """Put labels into an encoder's space, with the everyday words that mean something else.

    Args:
        encoder: of texts.
        labels: at least one.
        words: from ``word_vectors`` of the same encoder.
    """
    vectors = class_vectors(encoder, [label.names for label in labels], _TEMPLATES)
    return LabelSpace(tuple(label.name for label in labels), vectors, against(vectors, words))


def against(labels: Vectors, words: Vectors) -> Vectors:
    """The words that mean none of the labels."""
    kept: Vectors = words[(words @ labels.T).max(axis=1) < _SAME_MEANING]
    return kept


def probabilities(pictures: Vectors, space: LabelSpace, *, none: bool = True) -> Vectors:
    """How probable each label is for each picture.

    Args:
        pictures: float32 (n, dimension), unit rows.
        space: the labels.
        none: whether "none of these" may be the answer.

    Returns:
        float32 (n, labels + 1): the last column is that of "none of these", zeros where it may not be. Rows sum to 1.
    """
    others = pictures @ space.others.T
    mean, spread = others.mean(axis=1, keepdims=True), others.std(axis=1, keepdims=True) + 1e-6
    fits = SHARPNESS * (pictures @ space.vectors.T - mean) / spread
    rest = SHARPNESS * (others - mean) / spread
    highest = np.maximum(fits.max(axis=1, keepdims=True), rest.max(axis=1, keepdims=True))
    weights = np.exp(fits - highest)
    stake = WEIGHT_OF_OTHERS * len(space.names) if none else 0.0
    left = stake * np.exp(rest - highest).mean(axis=1, keepdims=True)
    weights = np.concatenate([weights, left], axis=1)
    found: Vectors = (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)
    return found


def classify(pictures: Vectors, space: LabelSpace, *, none: bool = True, top_k: int = 1) -> list[Guess]:
    """Say of each picture which label fits best, or that none does.

    Args:
        pictures: float32 (n, dimension), unit rows.
        space: the labels.
        none: whether "none of these" may be the answer.
        top_k: how many labels each guess tells of.
    """
    return [_guess(row, space.names, top_k) for row in probabilities(pictures, space, none=none)]


def _guess(row: Vectors, names: tuple[str, ...], top_k: int) -> Guess:
    order = np.argsort(-row[:-1], kind="stable")
    best = tuple((names[at], float(row[at])) for at in order[: max(top_k, 1)].tolist())
    rest = float(row[-1])
    if rest > 0.5:
        return Guess(NONE_OF_THESE, rest, best, rest)
    return Guess(best[0][0], best[0][1], best, rest)


def folder_name(label: str) -> str:
    """A label as the name of a folder on any system: ``none-of-these``."""
    return re.sub(r"[^\w.+-]+", "-", label).strip("-.") or "label"
