"""Questions on running text in the form of SQuAD 2.0, parted by article.

Rajpurkar, Jia & Liang, "Know what you don't know: unanswerable questions for SQuAD", ACL 2018.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lucida.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


class Part(StrEnum):
    """What an article is for."""

    TRAINING = "training"
    VALIDATION = "validation"
    HELD_OUT = "held-out"


#: Shares of the articles that are trained on, and trained or validated on. The salt is such that a dozen of SQuAD's
#: articles fall into parts of about these sizes.
_TRAINED, _SEEN, _SALT = 0.6, 0.7, "lucida-12:"


@dataclass(frozen=True, slots=True)
class ProseQuestion:
    """A question on one passage.

    Attributes:
        id: the collection's own.
        title: of the article.
        spans: first and last character plus one of each accepted answer in the passage; empty where there is none.
    """

    id: str
    title: str
    question: str
    passage: str
    spans: tuple[tuple[int, int], ...]

    @property
    def answerable(self) -> bool:
        """Whether the passage holds an answer."""
        return bool(self.spans)

    @property
    def answers(self) -> tuple[str, ...]:
        """The accepted answers."""
        return tuple(self.passage[start:end] for start, end in self.spans)


def part_of(title: str) -> Part:
    """What an article is for: a question of its title's hash, so that a split is the same whatever else is there."""
    share = int(hashlib.sha256(f"{_SALT}{title}".encode()).hexdigest()[:8], 16) / 2**32
    return Part.TRAINING if share < _TRAINED else Part.VALIDATION if share < _SEEN else Part.HELD_OUT


def read_squad(paths: Sequence[Path], part: Part | None = None) -> list[ProseQuestion]:
    """Read files in SQuAD's form (1.1 or 2.0).

    Args:
        paths: JSON files, or folders of them.
        part: only articles of this part; None for all.

    Raises:
        UsageError: a file is of another form, or there is no question.
    """
    found: list[ProseQuestion] = []
    for path in _files(paths):
        try:
            articles = json.loads(path.read_text(encoding="utf-8"))["data"]
            found += [question for article in articles for question in _questions(article)]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise UsageError(
                f"{path} holds no questions in SQuAD's form: {error!r}.",
                "Give a JSON file with data, paragraphs, context and qas.",
            ) from error
    kept = [question for question in found if part is None or part_of(question.title) is part]
    if not kept:
        what = "no question" if part is None else f"no question for {part.value}"
        raise UsageError(
            f"There is {what} in {', '.join(map(str, paths))}.", "Give more articles: they are parted whole."
        )
    return kept


def _files(paths: Sequence[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted(path.glob("*.json"))
        else:
            yield path


def _questions(article: dict[str, Any]) -> Iterator[ProseQuestion]:
    for paragraph in article["paragraphs"]:
        passage = str(paragraph["context"])
        for entry in paragraph["qas"]:
            given = [] if entry.get("is_impossible") else entry["answers"]
            spans = dict.fromkeys(_span(passage, answer) for answer in given)
            # Annotators now and then took a space along; an offset that does not fit its text is left out.
            kept = tuple(span for span in spans if span is not None)
            if kept or not given:
                yield ProseQuestion(str(entry["id"]), str(article["title"]), str(entry["question"]), passage, kept)


def _span(passage: str, answer: dict[str, Any]) -> tuple[int, int] | None:
    text, start = str(answer["text"]).rstrip(), int(answer["answer_start"])
    start += len(text) - len(text.lstrip())
    text = text.lstrip()
    return (start, start + len(text)) if text and passage[start : start + len(text)] == text else None
