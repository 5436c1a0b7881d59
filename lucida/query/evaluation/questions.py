"""Questions with accepted answers, as files have them: rows of JSON, SQuAD's form, FUNSD's form."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lucida.errors import UsageError
from lucida.query.evaluation.records import Row, json_lines, json_of
from lucida.query.evaluation.squad import Part, read_squad
from lucida.types import Box

#: What a document may be called in a row, and the like.
_DOCUMENT, _KIND, _ANSWERS = ("source", "document"), ("type", "kind"), ("answers", "answer")


@dataclass(frozen=True, slots=True)
class Gold:
    """An accepted answer, and where it stands where that is known."""

    text: str
    page: int | None = None
    box: Box | None = None


@dataclass(frozen=True, slots=True)
class GoldQuestion:
    """A question and what is accepted as its answer.

    Attributes:
        id: names it in reports.
        text: as asked.
        gold: accepted answers; empty when the documents do not answer it.
        kind: rows of one kind are reported together.
        source: end of the path of the document that answers it; empty when unknown.
    """

    id: str
    text: str
    gold: tuple[Gold, ...]
    kind: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """Questions and the documents they are about.

    Attributes:
        name: of the set.
        questions: in the file's order.
        documents: files and folders that must be in the library.
        texts: documents that are not files yet, by file name.
        each_alone: whether each question is meant of its own document alone.
    """

    name: str
    questions: tuple[GoldQuestion, ...]
    documents: tuple[Path, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict)
    each_alone: bool = False


def read_questions(path: Path, part: Part | None = None) -> QuestionSet:
    """Read a file or folder of questions; its form is recognised.

    A folder holds ``annotations.json`` and ``images/`` (FUNSD), or ``questions.jsonl`` or ``questions.json`` beside its
    documents, or one JSON file of questions. A file holds JSON objects, one a line or in a list (``question``,
    ``answers`` or ``answer``, and where known ``id``, ``type``, ``source``, ``page`` and ``box`` in fractions of the
    page; ``alone`` where the question is meant of its document alone), or is in SQuAD's form.

    Args:
        path: of the file or folder.
        part: of SQuAD's form, only the articles of this part.

    Raises:
        UsageError: there is no such file, or a row makes no sense; the error names its place.
    """
    if path.is_dir():
        return _folder(path, part)
    if path.suffix == ".jsonl":
        return _set(path.stem, list(json_lines(path)))
    document = json_of(path)
    if isinstance(document, dict) and "data" in document:
        return _squad(path, part)
    if not isinstance(document, list) or not all(isinstance(row, dict) for row in document):
        raise UsageError(f"{path} holds no questions.", "Write a list of JSON objects with question and answers.")
    return _set(path.stem, [Row(f"{path}[{number}]", fields) for number, fields in enumerate(document)])


def _set(name: str, rows: Sequence[Row]) -> QuestionSet:
    """Rows as questions; where every row says so (``alone``), each is asked of its own document alone."""
    alone = bool(rows) and all(row.fields.get("alone") is True for row in rows)
    return QuestionSet(name, tuple(_questions(rows)), each_alone=alone)


def _folder(path: Path, part: Part | None) -> QuestionSet:
    if (path / "annotations.json").is_file():
        from lucida.query.evaluation.forms import funsd

        return funsd(path)
    for name in ("questions.jsonl", "questions.json"):
        if (path / name).is_file():
            found = read_questions(path / name)
            return QuestionSet(path.name, found.questions, (path,), found.texts, found.each_alone)
    single = list(path.glob("*.json*"))
    if len(single) == 1:
        return read_questions(single[0], part)
    raise UsageError(f"{path} holds no questions.", "Put questions.jsonl beside the documents, or name a file.")


def _questions(rows: Iterable[Row]) -> Iterator[GoldQuestion]:
    for number, row in enumerate(rows, start=1):
        text = row.get(("question",))
        if not isinstance(text, str):
            raise UsageError(f"The question at {row.place} is no text.", "Write it as a string.")
        fields = row.fields
        document = next((str(fields[name]) for name in _DOCUMENT if fields.get(name)), "")
        kind = next((str(fields[name]) for name in _KIND if fields.get(name)), "")
        yield GoldQuestion(str(fields.get("id", number)), text, tuple(_golds(row)), kind, document)


def _golds(row: Row) -> Iterator[Gold]:
    """The accepted answers of a row; none where there is no answer, or the row says that it cannot be answered."""
    if row.fields.get("answerable") is False or row.fields.get("is_impossible"):
        return
    given: Any = next((row.fields[name] for name in _ANSWERS if row.fields.get(name) is not None), [])
    for answer in given if isinstance(given, list) else [given]:
        place: Mapping[str, Any] = answer if isinstance(answer, dict) else row.fields
        text = answer.get("text") if isinstance(answer, dict) else answer
        if not isinstance(text, str | int | float):
            raise UsageError(f"An answer at {row.place} is no text.", "Write answers as strings, or give each a text.")
        page = place.get("page")
        yield Gold(str(text), int(page) if page else None, _box(place.get("box"), row.place))


def _box(edges: Any, place: str) -> Box | None:
    if edges is None:
        return None
    fractions = isinstance(edges, list) and len(edges) == 4 and all(isinstance(edge, int | float) for edge in edges)
    if not fractions or not all(0 <= edge <= 1 for edge in edges):
        raise UsageError(f"The box at {place} is none.", "Write x0, y0, x1, y1 in fractions of the page, 0 to 1.")
    return Box(*edges)


def _squad(path: Path, part: Part | None) -> QuestionSet:
    """SQuAD's form: every paragraph is a document of its own."""
    questions: list[GoldQuestion] = []
    names: dict[str, str] = {}
    counts: dict[str, int] = {}
    for row in read_squad([path], part):
        if row.passage not in names:
            counts[row.title] = counts.get(row.title, 0) + 1
            names[row.passage] = f"{_file_name(row.title)}-{counts[row.title]:03}.txt"
        kind = "answerable" if row.answerable else "unanswerable"
        gold = tuple(Gold(answer) for answer in row.answers)
        questions.append(GoldQuestion(row.id, row.question, gold, kind, names[row.passage]))
    texts = {name: passage for passage, name in names.items()}
    return QuestionSet(path.stem, tuple(questions), texts=texts, each_alone=True)


def _file_name(title: str) -> str:
    return "".join(char if char.isalnum() else "-" for char in title)
