"""Questions made of sentences: a value is taken out, a question word put in, and the rest turned round.

Lewis, Denoyer & Riedel, "Unsupervised question answering by cloze translation", ACL 2019; Fabbri, Ng, Wang, Nallapati &
Xiang, "Template-based question generation from retrieved sentences for improved unsupervised question answering",
ACL 2020. Without a parser: clauses are cut at signs, and turned at their first auxiliary.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from lucida.query.concepts import ValueType
from lucida.query.terms import stop_words
from lucida.training.reader.examples import Example
from lucida.training.reader.values import sentences_in, values_in

if TYPE_CHECKING:
    import numpy as np

    from lucida.training.reader.thesaurus import Thesaurus
    from lucida.training.reader.values import Value

_AUXILIARY = re.compile(r"\b(?:was|were|is|are|has|had|have|can|could|will|would|may|might|must|should|did|does|do)\b")
_BORDER = re.compile(r"[;:()]|, (?:and|but|while|which|who|where|when|although)\b|, ")
#: Where a clause with the value is shorter than this, the whole sentence is asked.
_SHORTEST_CLAUSE = 5
_LONGEST_QUESTION = 24
#: A preposition that the question word takes with it: "in 1911" is "when".
_LEAD = re.compile(r"\b(?:in|on|at|during|around|about|near)\s+(?:the\s+)?$", re.IGNORECASE)
#: What a clause with a subject of its own begins with; others are read from the sentence's beginning.
_SUBJECT = re.compile(r"[A-Z0-9]|(?:the|a|an|its|their|his|her|it|they|he|she|some|many|most|all)\s")
#: Share of the questions whose answer has a form of its own: a number, a day, a name.
_TYPED = 0.75
_PLACE_LEAD = re.compile(r"\b(?:in|at|near|from|to)\s+(?:the\s+)?$", re.IGNORECASE)
_PERSON_LEAD = re.compile(
    r"\b(?:by|with|king|queen|president|general|emperor|pope|professor|mr|mrs|dr|sir)\s+$", re.IGNORECASE
)
_QUESTION_WORDS = {
    ValueType.DATE: ("When", "When", "In what year", "What year"),
    ValueType.PERCENT: ("What percentage", "What percent", "How much"),
    ValueType.MONEY: ("How much", "What amount", "How much money"),
    ValueType.DURATION: ("How long", "For how long"),
    ValueType.NUMBER: ("How many",),
    ValueType.ANY: ("What", "What", "Which"),
}


class Clozes:
    """A ``Source`` of questions on sentences of given passages.

    Args:
        passages: texts that may be trained on.
        thesaurus: for other words than the sentence's own.
    """

    def __init__(self, passages: Sequence[str], thesaurus: Thesaurus) -> None:
        self._thesaurus = thesaurus
        places = [
            (passage, start, end, value)
            for passage in passages
            for start, end in sentences_in(passage)
            for value in values_in(passage[start:end])
            if len(passage[start:end].split()) >= _SHORTEST_CLAUSE
        ]
        self._typed = [place for place in places if place[3].kind is not ValueType.ANY] or places
        self._others = [place for place in places if place[3].kind is ValueType.ANY] or places

    def __len__(self) -> int:
        return len(self._typed) + len(self._others)

    def draw(self, rng: np.random.Generator) -> Example:
        """See ``Source``."""
        places = self._typed if rng.random() < _TYPED else self._others
        passage, start, end, value = places[int(rng.integers(len(places)))]
        question = varied(cloze(passage[start:end], value, rng), rng, self._thesaurus)
        return Example(question, passage, ((start + value.start, start + value.end),))


def cloze(sentence: str, value: Value, rng: np.random.Generator) -> str:
    """A question on a sentence whose answer is the value."""
    start, end = _clause(sentence, value)
    before, after = sentence[start : value.start].strip(" ,"), sentence[value.end : end].strip(" ,.;:")
    word = _question_word(sentence, value, rng)
    if lead := _LEAD.search(before + " "):
        before = before[: lead.start()].strip(" ,")
    if not before:
        return _asked(f"{word} {after}")
    turn = _AUXILIARY.search(before)
    if turn and rng.random() < 0.85:
        subject, rest = before[: turn.start()].strip(), before[turn.end() :].strip()
        return _asked(f"{word} {turn.group()} {subject} {rest} {after}")
    if rng.random() < 0.4:
        return _asked(f"{word} {before} {after}")
    return _asked(f"{before} {word.lower()} {after}")


def varied(question: str, rng: np.random.Generator, thesaurus: Thesaurus) -> str:
    """The same question in other words: some of them synonyms, some left out, no mark at its end now and then."""
    words: list[str] = []
    stops = stop_words("en")
    for place, word in enumerate(question.rstrip("?").split()):
        others = thesaurus.synonyms.get(word, ()) if word not in stops else ()
        chance = rng.random()
        if others and chance < 0.3:
            words.append(others[int(rng.integers(len(others)))])
        elif place < 2 or chance < 0.94:
            words.append(word)
    return " ".join(words) + ("?" if rng.random() < 0.9 else "")


def _clause(sentence: str, value: Value) -> tuple[int, int]:
    start, end = 0, len(sentence)
    for border in _BORDER.finditer(sentence):
        if border.end() <= value.start:
            start = border.end()
        elif border.start() >= value.end:
            end = border.start()
            break
    whole = len(sentence[start:end].split()) >= _SHORTEST_CLAUSE and _SUBJECT.match(sentence[start:end].lstrip())
    return (start, end) if whole else (0, len(sentence))


def _question_word(sentence: str, value: Value, rng: np.random.Generator) -> str:
    before = sentence[: value.start]
    if value.kind is ValueType.NAME:
        if _PERSON_LEAD.search(before):
            return "Who"
        if _PLACE_LEAD.search(before):
            return ("Where", "What place", "Which country", "What")[int(rng.integers(4))]
        return ("Who", "What", "Which", "Who")[int(rng.integers(4))]
    options = _QUESTION_WORDS[value.kind]
    return options[int(rng.integers(len(options)))]


def _asked(text: str) -> str:
    words = text.split()[:_LONGEST_QUESTION]
    return " ".join(words) + "?"
