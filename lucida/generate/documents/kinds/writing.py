"""Parts that several kinds of paper share: optional fields, running text with facts, letterheads."""

from __future__ import annotations

import re
from collections.abc import Mapping

from lucida.generate.documents.content import Entry, Fact, Heading, Letterhead, Prose, Remark
from lucida.generate.documents.values import Values

_PLACEHOLDER = re.compile(r"\{(\w+)\}")


def entries(values: Values, wanted: Mapping[str, str], least: int = 2) -> tuple[list[Entry], list[str]]:
    """Some of the fields that a paper may have, in a new order, and the names of those that it lacks.

    Args:
        values: draws.
        wanted: values by name.
        least: how many there are in any case.
    """
    names = list(wanted)
    count = values.whole(min(least, len(names)), len(names))
    kept = values.sample(names, count)
    if values.chance(0.5):
        kept = [kept[place] for place in values.rng.permutation(len(kept)).tolist()]
    found = [Entry(name, values.label(name), wanted[name]) for name in kept]
    return found, [name for name in names if name not in kept]


def prose(values: Values, count: int) -> tuple[list[Prose], list[str]]:
    """Paragraphs that say something that can be asked for among filler, and questions that they do not answer."""
    patterns = list(values.tongue.all("prose", "said"))
    order = values.rng.permutation(len(patterns)).tolist()
    paragraphs = []
    for pattern in (patterns[place] for place in order[:count]):
        text, facts = told(values, pattern)
        filler = values.sample(values.tongue.all("prose", "filler"), values.whole(0, 2))
        sentences = [*filler, text] if values.chance(0.5) else [text, *filler]
        paragraphs.append(Prose(" ".join(sentences), facts))
    silent = [fact.question for place in order[count:] for fact in told(values, patterns[place])[1]]
    return paragraphs, silent


def told(values: Values, pattern: str) -> tuple[str, list[Fact]]:
    """A sentence with its gaps filled, and the questions on what was put in."""
    sentence, *asked = (part.strip() for part in pattern.split(" # "))
    drawn = {name: values.filled_out(f"{{{name}}}") for name in _PLACEHOLDER.findall(sentence)}
    facts = [Fact(question, drawn[name]) for name, question in (part.split(": ", 1) for part in asked)]
    return sentence.format(**drawn), facts


def letterhead(values: Values, name: str = "seller") -> Letterhead:
    """A firm with its address and, now and then, more."""
    firm = values.firm()
    lines = values.address()
    more = (values.phone(), values.email(firm))
    return Letterhead(name, firm, [*lines, *more[: values.whole(0, 2)]])


def title(values: Values, key: str) -> Heading:
    """What the kind of paper is headed with."""
    return Heading(values.tongue.pick("titles", key, values.rng))


def remarks(values: Values, most: int = 2) -> list[Remark]:
    """Small print."""
    return [Remark(text) for text in values.sample(values.tongue.all("prose", "noise"), values.whole(0, most))]
