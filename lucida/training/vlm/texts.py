"""Lessons on texts: to copy what is asked for from what was read, or to say that it is not there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lucida.training.data.sheet_words import Words
from lucida.training.reader.documents import Documents
from lucida.training.reader.facts import Facts
from lucida.training.reader.values import sentences_in
from lucida.training.vlm.lessons import Exchange, Lesson, is_kept, pick, worded
from lucida.types import Box

if TYPE_CHECKING:
    import numpy as np

    from lucida.training.reader.examples import Example

_WANTED = ("what is the {label}?", "what {label} is given?", "which {label} does it say?", "tell me the {label}.",
           "what does it say for {label}?", "{label}?")  # fmt: skip
#: Where business paper has what; elsewhere the whole page is read.
_LOW = re.compile(r"\b(?:sign|total|due|pay|paid|tax|vat|subtotal|net|bank|amount|warranty)", re.IGNORECASE)
_HIGH = re.compile(
    r"\b(?:number|sent|sender|addressed|recipient|title|subject|seller|issued|manufacturer|model)", re.IGNORECASE
)
_LOWER, _UPPER = Box(0.0, 0.5, 1.0, 1.0), Box(0.0, 0.0, 1.0, 0.5)
#: A text of more characters than this, and a longer quote, is not taught.
LONGEST_TEXT, LONGEST_QUOTE = 500, 120
#: Of drawn lists, those that are asked for what is not in them.
_IN_VAIN = 0.25


@dataclass(frozen=True, slots=True)
class Read:
    """A question on a text.

    Attributes:
        question: of it.
        text: that is read.
        answer: printed in it; empty where it answers nothing.
        quote: the line or sentence of the answer.
        part: of the page where one would look.
    """

    question: str
    text: str
    answer: str
    quote: str
    part: Box


class Readings:
    """Draws questions on texts: business papers, prose, lists. One value in ten is kept for measuring."""

    def __init__(self) -> None:
        self._sources = (Documents(), Facts())

    def draw(self, rng: np.random.Generator, *, held_out: bool = False) -> Read:
        """A question, of those whose answers are learned from or of the others; the same state gives the same."""
        kind = rng.choice(3, p=(0.45, 0.2, 0.35))
        while True:
            found = _listed(rng) if kind == 2 else _read(self._sources[kind].draw(rng))
            if found is not None and is_kept(found.answer or found.question) == held_out:
                return found


class TextLessons:
    """A ``Source`` of questions on texts that are given in the place of a picture."""

    def __init__(self, readings: Readings) -> None:
        self._readings = readings

    def draw(self, rng: np.random.Generator, *, held_out: bool = False) -> Lesson:
        """See ``Source``."""
        found = self._readings.draw(rng, held_out=held_out)
        answers = (found.answer,) if found.answer else ()
        return Lesson((Exchange("text", found.question, answers, quote=found.quote),), document=found.text)


def part_for(question: str) -> Box:
    """Where on a page one would read for a question: a half where business paper has it, else the whole."""
    low, high = bool(_LOW.search(question)), bool(_HIGH.search(question))
    return Box.whole() if low == high else _LOWER if low else _UPPER


def _read(example: Example) -> Read | None:
    """A question of the reader's own sources; None where its text is too long."""
    if len(example.passage) > LONGEST_TEXT:
        return None
    part = part_for(example.question)
    if not example.spans:
        return Read(example.question, example.passage, "", "", part)
    start, end = example.spans[0]
    answer, quote = example.passage[start:end], _quote(example.passage, start, end)
    return Read(example.question, example.passage, answer, quote, part) if "\n" not in answer else None


def _quote(text: str, start: int, end: int) -> str:
    """The line that holds a stretch of a text, or of a long line the sentence, or the stretch itself."""
    first = text.rfind("\n", 0, start) + 1
    last = text.find("\n", end)
    line = text[first : last if last >= 0 else len(text)]
    if len(line) <= LONGEST_QUOTE:
        return line.strip()
    holding = [line[a:b] for a, b in sentences_in(line) if a <= start - first and end - first <= b]
    return holding[0] if holding and len(holding[0]) <= LONGEST_QUOTE else text[start:end]


def _listed(rng: np.random.Generator) -> Read:
    """A list of labels with values, of which one is asked for: nothing but copying."""
    words = Words(rng)
    labels = list(dict.fromkeys(words.title(int(rng.integers(1, 3))).lower() for _ in words.several(3, 9)))
    lines = {label: _value(words) for label in labels}
    sign = pick(rng, (": ", " ", " - ", "\t", ":\n"))
    asked = pick(rng, labels)
    value = lines.pop(asked) if rng.random() < _IN_VAIN and len(labels) > 1 else ""
    text = "\n".join(f"{label.capitalize()}{sign}{value}" for label, value in lines.items())
    question = worded(rng, _WANTED, label=asked)
    if value:
        return Read(question, text, "", "", Box.whole())
    quote = f"{asked.capitalize()}{sign}{lines[asked]}".replace("\n", " ").replace("\t", " ")
    return Read(question, text, lines[asked], quote, Box.whole())


def _value(words: Words) -> str:
    """A value of any sort."""
    if words.rng.random() < 0.2:
        return words.title(2)
    return pick(words.rng, (words.person, words.date, words.amount, words.code, words.firm, words.noun))()
