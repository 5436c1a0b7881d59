"""Lessons on pictures whose names are known: photographs and pictograms of packed sets."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from lucida.training.data.scene_things import plural
from lucida.training.vlm.lessons import Exchange, Lesson, Shown, is_kept, pick, worded

if TYPE_CHECKING:
    from lucida.training.augment import Views
    from lucida.training.data.packed import PackedSet

_NAME = ("what is this?", "what is in the picture?", "what does the picture show?", "what do you see?",
         "what can be seen here?", "name the thing in the picture.", "what thing is shown?")  # fmt: skip
_THERE = ("is there {a} in the picture?", "is this {a}?", "does the picture show {a}?", "can you see {a}?",
          "do you see {a} here?")  # fmt: skip
_SORT = ("is this {a}, of whatever sort?", "does the picture show some sort of {name}?",
         "is what you see {a} of some sort?")  # fmt: skip
_MEDIUM = ("is this a photograph, a drawing, a page or a chart?", "what kind of picture is this?",
           "what sort of image is it?",
           "how was this picture made?")  # fmt: skip
_ABSENT = ("what colour is the {name}?", "where is the {name}?", "how many {names} are there?",
           "how big is the {name}?", "what is beside the {name}?", "what is the {name} doing?")  # fmt: skip

#: Kinds of questions, and how often each comes.
_KINDS = {"name": 0.42, "yes or no": 0.26, "sort": 0.12, "medium": 0.06, "absent": 0.14}
#: Questions of a picture, at least and below: the picture costs more than they do.
_ASKED = (1, 5)
#: What can be asked for by its name: some sets name a thing by a file or a number.
_SAYABLE = re.compile(r"[^\W\d_][^\W\d_ '’-]*(?:[ '’-][^\W\d_'’-]+){0,3}")


class Named:
    """A ``Source`` of questions on what a picture shows.

    Args:
        packed: pictures with names.
        medium: "photograph" or "drawing".
        views: how far the pictures may be changed.
        held_out: families of styles that are kept for measuring; where the set has none of them, every tenth picture.
    """

    def __init__(self, packed: PackedSet, medium: str, views: Views, held_out: Sequence[str] = ()) -> None:
        self._packed, self._medium, self._views = packed, medium, views
        card = packed.card
        families = card.families or card.styles
        kept_styles = [number for number, family in enumerate(families) if family in held_out]
        counts = card.names or tuple(len(captions) for captions in card.concepts)
        self._names = [
            tuple(name for name in captions[: max(count, 1)] if _SAYABLE.fullmatch(name))
            for captions, count in zip(card.concepts, counts, strict=True)
        ]
        self._askable = [names[0] for names in self._names if names]
        every = np.arange(len(packed))
        named = np.array([bool(self._names[concept]) for concept in packed.concepts])
        kept = np.isin(packed.styles, kept_styles) if kept_styles else every % 10 == 0
        self._rows = {False: every[named & ~kept], True: every[named & kept]}
        self._topics = [set(topics) for topics in card.topics] or [set[str]() for _ in card.concepts]
        self._general = sorted(set[str]().union(*self._topics))

    def draw(self, rng: np.random.Generator, *, held_out: bool = False) -> Lesson:
        """See ``Source``."""
        rows = self._rows[held_out]
        row = int(rows[rng.integers(len(rows))])
        concept = int(self._packed.concepts[row])
        drawn = rng.choice(list(_KINDS), int(rng.integers(*_ASKED)), replace=False, p=list(_KINDS.values()))
        # A name that was asked after answers what is asked after it: nothing would have to be looked at.
        kinds = [str(kind) for kind in drawn if kind != "yes or no" or "name" not in drawn]
        exchanges = tuple(made for kind in kinds if (made := self._asked(kind, concept, rng)) is not None)
        return Lesson(exchanges or (self._name(concept, rng),), lambda: self._shown(row))

    def _asked(self, kind: str, concept: int, rng: np.random.Generator) -> Exchange | None:
        if kind == "name":
            return self._name(concept, rng)
        if kind == "yes or no":
            true = rng.random() < 0.5
            name = pick(rng, self._names[concept]) if true else self._other(concept, rng)
            return Exchange(kind, worded(rng, _THERE, a=article(name)), ("yes" if true else "no",))
        if kind == "sort":
            return self._sort(concept, rng)
        if kind == "medium":
            return Exchange(kind, worded(rng, _MEDIUM), (self._medium,))
        name = self._other(concept, rng)
        return Exchange(
            kind, worded(rng, _ABSENT, name=name, names=plural(name)), (), f"There is no {name} in the picture."
        )

    def _name(self, concept: int, rng: np.random.Generator) -> Exchange:
        return Exchange("name", worded(rng, _NAME), tuple(dict.fromkeys(self._names[concept])))

    def _sort(self, concept: int, rng: np.random.Generator) -> Exchange | None:
        """Whether it falls under a general word, as often true as not."""
        own = sorted(self._topics[concept])
        others = [topic for topic in self._general if topic not in self._topics[concept]]
        if not own or not others:
            return None
        true = rng.random() < 0.5
        topic = pick(rng, own if true else others)
        return Exchange("yes or no", worded(rng, _SORT, name=topic, a=article(topic)), ("yes" if true else "no",))

    def _other(self, concept: int, rng: np.random.Generator) -> str:
        """The name of something else; nothing that goes by one of the same words."""
        own = {word for name in self._names[concept] for word in name.lower().split()} | self._topics[concept]
        name = ""
        for _ in range(20):
            name = pick(rng, self._askable)
            if not own & set(name.lower().split()):
                break
        return name

    def _shown(self, row: int) -> Shown:
        alpha = None if self._packed.alpha is None else np.array(self._packed.alpha[row])
        return Shown(np.array(self._packed.pixels[row]), alpha, self._views)


def article(name: str) -> str:
    """With "a" or "an": "an apple", "a unicorn"."""
    vowel = name[:1].lower() in set("aeiou") and not name.lower().startswith(("uni", "one", "eu"))
    return f"{'an' if vowel else 'a'} {name}"


def is_new(*words: str) -> bool:
    """Whether these words together are kept for measuring."""
    return is_kept(" ".join(words))
