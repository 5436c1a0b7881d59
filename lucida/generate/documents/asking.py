"""Questions on a drawn page: on its fields, its tables, its text, and on what it does not say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from lucida.generate.documents.content import Entry, Goods
from lucida.generate.documents.tongues import Tongue
from lucida.generate.documents.truth import Asked, PageTruth, TrueTable, TrueWord

if TYPE_CHECKING:
    import numpy as np

#: Questions on one part of a table, and how often a field is asked for in two wordings.
_OF_TABLE, _TWICE = 4, 0.4
#: Questions without an answer, of those with one.
_IN_VAIN = 0.25
_MARKS = ".,;:!?\u201e\u201c\u201d\u00ab\u00bb()"


def worded(tongue: Tongue, entry: Entry, rng: np.random.Generator, asked: str = "") -> list[str]:
    """Questions for a field, in one or two wordings; ``asked`` fills the question's gap (of ticks)."""
    if not tongue.has("questions", entry.name):
        return [tongue.pick("questions", "any", rng).format(entry.label)] if entry.label else []
    wordings = list(tongue.all("questions", entry.name))
    count = min(len(wordings), 2 if rng.random() < _TWICE else 1)
    return [wordings[place].format(asked) for place in rng.permutation(len(wordings))[:count].tolist()]


def asked_of_table(
    tongue: Tongue, block: Goods, drawn: TrueTable, rows: Sequence[Sequence[str]], rng: np.random.Generator
) -> list[Asked]:
    """Some questions on a table's cells; rows of one name are left out, since no question can tell them apart."""
    names = Counter(row[block.key] for row in rows)
    words = {(cell.row, cell.column): cell.words for cell in drawn.cells}
    places = [
        (number, column)
        for number, row in enumerate(rows, start=1)
        for column in block.asked
        if names[row[block.key]] == 1 and (number, column) in words
    ]
    chosen = sorted(rng.permutation(len(places))[:_OF_TABLE].tolist())
    return [
        Asked(_cell_question(tongue, block, rows[row - 1], column, rng), "table", words[row, column])
        for row, column in (places[place] for place in chosen)
    ]


def fact_words(words: Sequence[TrueWord], start: int, answer: str) -> tuple[int, ...]:
    """The words from ``start`` on that spell an answer, signs around them apart; nothing where they do not."""
    wanted = answer.split()
    for at in range(start, len(words) - len(wanted) + 1):
        printed = [word.text.strip(_MARKS) for word in words[at : at + len(wanted)]]
        if printed == [part.strip(_MARKS) for part in wanted]:
            return tuple(range(at, at + len(wanted)))
    return ()


def in_vain(tongue: Tongue, pages: Sequence[PageTruth], absent: Sequence[str], rng: np.random.Generator) -> list[Asked]:
    """Questions that none of these pages answers, about one for every three or four that they do.

    Args:
        tongue: of the paper.
        pages: of one paper.
        absent: names of fields that it lacks, and whole questions.
        rng: where chance comes from.
    """
    answered = {asked.question for page in pages for asked in page.questions}
    names = {link.name for page in pages for link in page.links}
    found = [name for name in absent if not tongue.has("questions", name) and name not in answered]
    for name in absent:
        if tongue.has("questions", name) and name not in names:
            wording = tongue.pick("questions", name, rng)
            found += [wording] if wording not in answered else []
    count = max(1, round(_IN_VAIN * len(answered)))
    chosen = sorted(rng.permutation(len(found))[:count].tolist())
    return [Asked(found[place], "unanswerable") for place in chosen]


def told_apart(questions: Sequence[Asked], page: PageTruth) -> list[Asked]:
    """Without questions that two places of the page answer differently."""
    answers: dict[str, set[str]] = {}
    for asked in questions:
        answers.setdefault(asked.question, set()).add(page.text(asked.words) if asked.words else "")
    seen: set[str] = set()
    kept = []
    for asked in questions:
        if len(answers[asked.question]) == 1 and asked.question not in seen:
            seen.add(asked.question)
            kept.append(asked)
    return kept


def cell_question(tongue: Tongue, column: str, row: str, rng: np.random.Generator) -> str:
    """What one asks to have a column's value of a row."""
    return tongue.pick("cells", column, rng).format(row)


def _cell_question(tongue: Tongue, block: Goods, row: Sequence[str], column: int, rng: np.random.Generator) -> str:
    if block.series:
        return tongue.pick("cells", "series", rng).format(_in_sentence(row[block.key], tongue), block.headings[column])
    return cell_question(tongue, block.columns[column], row[block.key], rng)


def _in_sentence(name: str, tongue: Tongue) -> str:
    """A row's name within a sentence: German writes its nouns large."""
    return name if tongue.code == "de" else name[:1].lower() + name[1:]
