"""Drawn prose: a few things, some facts about each, and questions on what is said and on what is not.

Nothing of it is true, so a reader cannot know an answer without reading. What is asked in vain is near to what is said:
a fact of another thing, another fact of the thing, a fact of nothing in the passage.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from lucida.training.reader.examples import Example
from lucida.training.reader.names import Names

if TYPE_CHECKING:
    import numpy as np

_FILE = Path(__file__).with_name("relations.txt")
_PRONOUNS = {"person": ("She", "He"), "organisation": ("It",), "place": ("The town", "It"), "event": ("It",),
             "project": ("It",), "device": ("It", "The device"), "idea": ("It",)}  # fmt: skip
_FILLERS = (
    "Little else is known about it.", "The sources disagree on the details.", "This was not to everybody's liking.",
    "Letters from that time tell the same story.", "For further details see the annex.", "Much has changed since then.",
    "Not all of it has been published.", "The matter was discussed at length.", "We will inform you of any change.",
)  # fmt: skip
#: Of the questions, those without an answer.
_IN_VAIN = 0.45


@dataclass(frozen=True, slots=True)
class Relation:
    """What can be said of a subject of a kind; see the head of ``relations.txt``."""

    subject: str
    object: str
    sentences: tuple[str, ...]
    for_object: tuple[str, ...]
    for_subject: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Fact:
    relation: Relation
    subject: str
    object: str


class Facts:
    """A ``Source`` of questions on drawn prose."""

    def __init__(self) -> None:
        by_kind: dict[str, list[Relation]] = defaultdict(list)
        for relation in relations():
            by_kind[relation.subject].append(relation)
        self._by_kind = dict(by_kind)

    def draw(self, rng: np.random.Generator) -> Example:
        """See ``Source``."""
        names = Names(rng)
        kind = names.pick(sorted(self._by_kind))
        subjects = [names.draw(kind) for _ in range(int(rng.integers(1, 4)))]
        facts = [fact for subject in subjects for fact in self._about(kind, subject, names)]
        text, places = _told(facts, kind, names)
        if rng.random() < _IN_VAIN:
            return Example(self._in_vain(kind, subjects, facts, names), text)
        at = int(rng.integers(len(facts)))
        return _asked(facts, at, text, places, names)

    def _about(self, kind: str, subject: str, names: Names) -> list[_Fact]:
        options = self._by_kind[kind]
        count = min(int(names.rng.integers(2, 5)), len(options))
        chosen = names.rng.choice(len(options), count, replace=False)
        return [_Fact(options[at], subject, names.draw(options[at].object)) for at in chosen]

    def _in_vain(self, kind: str, subjects: list[str], facts: list[_Fact], names: Names) -> str:
        """A question that the facts do not answer."""
        said = {(fact.relation, fact.subject) for fact in facts}
        unsaid = [(one, subject) for one in self._by_kind[kind] for subject in subjects if (one, subject) not in said]
        chance = names.rng.random()
        elsewhere = [pair for pair in unsaid if any(fact.relation == pair[0] for fact in facts)]
        pool = elsewhere if elsewhere and chance < 0.5 else unsaid
        if pool and chance < 0.75:
            relation, subject = pool[int(names.rng.integers(len(pool)))]
            return _worded(names.pick(relation.for_object), subject, "")
        fact = facts[int(names.rng.integers(len(facts)))]
        if chance < 0.9:
            return _worded(names.pick(fact.relation.for_object), names.draw(kind), "")
        return _worded(names.pick(fact.relation.for_subject), "", names.draw(fact.relation.object))


def _asked(facts: list[_Fact], at: int, text: str, places: list[tuple[int, int]], names: Names) -> Example:
    """A question for a fact's object, or for its subject where the sentence names it."""
    fact = facts[at]
    start, end = places[at]
    if names.rng.random() < 0.25:
        # The subject may stand in an earlier sentence, where only a pronoun stands in this one.
        found = text.lower().rfind(fact.subject.lower(), 0, end)
        question = _worded(names.pick(fact.relation.for_subject), "", fact.object)
        place = (found, found + len(fact.subject))
    else:
        found = text.lower().find(fact.object.lower(), start, end)
        question = _worded(names.pick(fact.relation.for_object), fact.subject, "")
        place = (found, found + len(fact.object))
    return Example(question, text, (place,) if found >= 0 else ())


def _told(facts: list[_Fact], kind: str, names: Names) -> tuple[str, list[tuple[int, int]]]:
    """The facts as a text, and where each one's sentence stands."""
    parts: list[str] = []
    places: list[tuple[int, int]] = []
    length, last = 0, ""
    for fact in facts:
        # A pronoun stands where a sentence begins with its subject, and the one before was about the same.
        led = [form for form in fact.relation.sentences if form.startswith("{s} ")]
        known = led and fact.subject == last and names.rng.random() < 0.5
        subject = names.pick(_PRONOUNS[kind]) if known else fact.subject
        sentence = _worded(names.pick(led if known else fact.relation.sentences), subject, fact.object)
        places.append((length, length + len(sentence)))
        parts.append(sentence)
        length += len(sentence) + 1
        last = fact.subject
        if names.rng.random() < 0.2:
            parts.append(names.pick(_FILLERS))
            length += len(parts[-1]) + 1
    return " ".join(parts), places


def _worded(form: str, subject: str, of: str) -> str:
    text = form.format(s=subject, o=of)
    return text[0].upper() + text[1:]


@cache
def relations() -> tuple[Relation, ...]:
    """All relations of ``relations.txt``."""
    found: list[Relation] = []
    for block in _FILE.read_text(encoding="utf-8").split("\n\n"):
        lines = [line for line in block.splitlines() if line and not line.startswith("#")]
        if not lines:
            continue
        subject, _, of = lines[0].partition(" > ")
        forms = {line[0]: tuple(form.strip() for form in line[2:].split("|")) for line in lines[1:]}
        found.append(Relation(subject, of, forms["s"], forms["o"], forms["q"]))
    return tuple(found)
