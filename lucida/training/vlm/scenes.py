"""Lessons on drawn scenes: what is there, how many, of what colour, and where."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from lucida.training.data.scene_plans import PLACES
from lucida.training.data.scene_plans import STYLES as SCENE_STYLES
from lucida.training.data.scene_things import COLOURS, NUMBERS, SHAPES, plural
from lucida.training.vlm.lessons import Exchange, Lesson, Shown, pick, worded
from lucida.training.vlm.named import article, is_new
from lucida.training.vlm.scene_facts import Facts, Group, facts_of

if TYPE_CHECKING:
    from lucida.training.augment import Views
    from lucida.training.data.packed import PackedSet

_WHAT = ("what is in the picture?", "what does the picture show?", "what do you see?", "describe the picture.",
         "what is shown here?", "what is there to see?")  # fmt: skip
_COLOUR = ("what colour {is} the {noun}?", "which colour {has} the {noun}?", "of what colour {is} the {noun}?",
           "tell me the colour of the {noun}.", "what is the colour of the {noun}?")  # fmt: skip
_COUNT = ("how many {words} are there?", "count the {words}.", "how many {words} do you see?",
          "how many {words} does the picture show?", "what is the number of {words}?")  # fmt: skip
_BEHIND = ("what colour is the background?", "what is the colour of the background?", "on what colour is it drawn?",
           "which colour is behind everything?")  # fmt: skip
_PLACE = ("where is this?", "what place is this?", "where does the scene take place?", "what is in the background?",
          "where are they?")  # fmt: skip
_SIDE = ("where is the {one}, seen from the {other}?", "on which side of the {other} is the {one}?",
         "is the {one} {pair} the {other}?", "where is the {one} relative to the {other}?")  # fmt: skip
_AT = ("what is {relation} the {other}?", "what do you see {relation} the {other}?",
       "which thing is {relation} the {other}?")  # fmt: skip
_TRUE = ("is the {one} {relation} the {other}?", "is it true that the {one} is {relation} the {other}?",
         "does the {one} stand {relation} the {other}?")  # fmt: skip
_THERE = ("is there {a} in the picture?", "do you see {a}?", "can you see {a} here?", "does the picture show {a}?")
_LARGER = ("which is larger, the {one} or the {other}?", "what is the bigger thing?", "which of the two is larger?")
_ABSENT = ("what colour is the {noun}?", "where is the {noun}?", "what is left of the {noun}?",
           "what is above the {noun}?", "how large is the {noun}?")  # fmt: skip
#: Questions of a scene, at least and below: the picture costs more than they do.
_ASKED = (1, 6)
#: The other way round, what one answers, and how one asks for either.
_TURNED = {"left of": "right of", "above": "below"}
_SAID = {"left of": "left", "right of": "right", "above": "above", "below": "below"}
_PAIRS = {"left of": "left or right of", "above": "above or below"}
_WAYS = {"left of": ("left of", "to the left of"), "right of": ("right of", "to the right of"),
         "above": ("above", "over"), "below": ("below", "under")}  # fmt: skip


class SceneLessons:
    """A ``Source`` of questions on scenes. Pairs of a colour and a thing are kept for measuring, one in ten.

    Args:
        packed: scenes of the recipe.
        views: how far they may be changed: neither mirrored nor recoloured.
    """

    def __init__(self, packed: PackedSet, views: Views) -> None:
        self._packed, self._views = packed, views
        painted = len(SCENE_STYLES) - 1
        style_of = dict(zip(packed.concepts.tolist(), packed.styles.tolist(), strict=True))
        self._facts = {
            concept: facts
            for concept, captions in enumerate(packed.card.concepts)
            if concept in style_of and (facts := facts_of(captions, painted=style_of[concept] == painted)) is not None
        }
        nouns = {group.noun for facts in self._facts.values() for group in facts.groups if group.count == 1}
        self._nouns = sorted(nouns | set(SHAPES))
        self._one_of = {plural(noun): noun for noun in self._nouns}
        kept = np.array([self._is_kept(row, int(concept)) for row, concept in enumerate(packed.concepts)])
        known = np.isin(packed.concepts, list(self._facts))
        every = np.arange(len(packed))
        self._rows = {False: every[known & ~kept], True: every[known & kept]}

    def draw(self, rng: np.random.Generator, *, held_out: bool = False) -> Lesson:
        """See ``Source``."""
        rows = self._rows[held_out]
        row = int(rows[rng.integers(len(rows))])
        facts = self._facts[int(self._packed.concepts[row])]
        ways = self._ways(facts)
        chosen = [ways[int(number)] for number in rng.permutation(len(ways))[: int(rng.integers(*_ASKED))]]
        if _what in chosen:  # it says all, and would answer the others
            chosen = [_what]
        exchanges = tuple(way(facts, rng) for way in chosen)
        return Lesson(exchanges, lambda: Shown(np.array(self._packed.pixels[row]), None, self._views))

    def _ways(self, facts: Facts) -> list[Callable[[Facts, np.random.Generator], Exchange]]:
        """What can be asked of a scene."""
        ways: list[Callable[[Facts, np.random.Generator], Exchange]] = [_what, self._there, self._absent]
        if facts.name:
            return ways
        if _coloured(facts):
            ways.append(_colour)
        ways.append(_count)
        if facts.behind:
            ways.append(_behind)
        if facts.place:
            ways.append(_place)
        if facts.relation:
            ways += [_side, _at, _true]
        if any(group.size for group in facts.groups):
            ways.append(_larger)
        return ways

    def _is_kept(self, row: int, concept: int) -> bool:
        """Scenes with a new pair of colour and thing; of those without colours one in ten."""
        facts = self._facts.get(concept)
        pairs = [(group.colour, group.noun) for group in facts.groups if group.colour] if facts else []
        return any(is_new(colour, self._one_of.get(noun, noun)) for colour, noun in pairs) if pairs else row % 10 == 0

    def _there(self, facts: Facts, rng: np.random.Generator) -> Exchange:
        """Yes or no, as often true as not; what is not there is another thing, or the same in another colour."""
        single = [group for group in facts.groups if group.count == 1]
        true = bool(single) and rng.random() < 0.5
        if true:
            name = pick(rng, single).words
        elif single and rng.random() < 0.6 and (others := self._recoloured(facts, pick(rng, single))):
            name = pick(rng, others)
        else:
            name = self._missing(facts, rng)
        return Exchange("yes or no", worded(rng, _THERE, a=article(name)), ("yes" if true else "no",))

    def _recoloured(self, facts: Facts, group: Group) -> list[str]:
        there = {one.words for one in facts.groups}
        return [f"{c} {group.noun}" for c in COLOURS if group.colour and f"{c} {group.noun}" not in there]

    def _missing(self, facts: Facts, rng: np.random.Generator) -> str:
        said = " ".join(facts.captions)
        while (noun := pick(rng, self._nouns)) in said:
            pass
        return noun

    def _absent(self, facts: Facts, rng: np.random.Generator) -> Exchange:
        noun = self._missing(facts, rng)
        return Exchange("absent", worded(rng, _ABSENT, noun=noun), (), f"There is no {noun} in the picture.")


def _what(facts: Facts, rng: np.random.Generator) -> Exchange:
    if facts.name:
        return Exchange("scene", worded(rng, _WHAT), facts.captions)
    order = facts.captions if rng.random() < 0.5 else facts.captions[::-1][-2:] + facts.captions
    return Exchange("scene", worded(rng, _WHAT), tuple(dict.fromkeys(order)))


def _coloured(facts: Facts) -> list[Group]:
    """Groups whose colour can be asked for: no other is of the same thing."""
    nouns = [_stem(group.noun) for group in facts.groups]
    return [group for group in facts.groups if group.colour and nouns.count(_stem(group.noun)) == 1]


def _stem(noun: str) -> str:
    """Enough of a noun to know it again in the plural."""
    return noun[:3]


def _colour(facts: Facts, rng: np.random.Generator) -> Exchange:
    group = pick(rng, _coloured(facts))
    many = group.count > 1
    forms = {"is": "are" if many else "is", "has": "have" if many else "has"}
    return Exchange("colour", worded(rng, _COLOUR, noun=group.noun, **forms), (group.colour,))


def _count(facts: Facts, rng: np.random.Generator) -> Exchange:
    several = [group for group in facts.groups if group.count > 1]
    if not several or (len(facts.groups) == 2 and rng.random() < 0.2):
        total = sum(group.count for group in facts.groups)
        return Exchange("count", worded(rng, _COUNT, words="things"), (_number(total), str(total)))
    group = pick(rng, several)
    return Exchange("count", worded(rng, _COUNT, words=group.words), (_number(group.count), str(group.count)))


def _number(count: int) -> str:
    return "one" if count == 1 else NUMBERS[count]


def _behind(facts: Facts, rng: np.random.Generator) -> Exchange:
    return Exchange("colour", worded(rng, _BEHIND), (facts.behind,))


def _place(facts: Facts, rng: np.random.Generator) -> Exchange:
    bare = facts.place.split(" ", 1)[1]
    names = [name for name, said in PLACES.items() if said == facts.place]
    return Exchange("scene", worded(rng, _PLACE), (facts.place, bare, *names))


def _related(facts: Facts, rng: np.random.Generator) -> tuple[str, str, str]:
    """A thing, how it stands, and to what: either way round."""
    first, second = (group.words for group in facts.groups)
    if rng.random() < 0.5:
        return first, facts.relation, second
    return second, _TURNED[facts.relation], first


def _side(facts: Facts, rng: np.random.Generator) -> Exchange:
    one, relation, other = _related(facts, rng)
    question = worded(rng, _SIDE, one=one, other=other, pair=_PAIRS[facts.relation])
    return Exchange("place", question, (_SAID[relation], *_WAYS[relation]))


def _at(facts: Facts, rng: np.random.Generator) -> Exchange:
    one, relation, other = _related(facts, rng)
    return Exchange("place", worded(rng, _AT, relation=pick(rng, _WAYS[relation]), other=other), (article(one),))


def _true(facts: Facts, rng: np.random.Generator) -> Exchange:
    one, relation, other = _related(facts, rng)
    true = rng.random() < 0.5
    turned = {**_TURNED, **{value: key for key, value in _TURNED.items()}}
    said = pick(rng, _WAYS[relation if true else turned[relation]])
    question = worded(rng, _TRUE, one=one, other=other, relation=said)
    return Exchange("yes or no", question, ("yes" if true else "no",))


def _larger(facts: Facts, rng: np.random.Generator) -> Exchange:
    big = facts.groups[0]
    words = [group.words for group in facts.groups]
    one, other = words if rng.random() < 0.5 else words[::-1]
    return Exchange("place", worded(rng, _LARGER, one=one, other=other), (f"the {big.words}", article(big.words)))
