"""``lucida evaluate qa``: whether answers are right, proved, and absent where there are none."""

from __future__ import annotations

import contextlib
import glob
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lucida.cli.counter import Counter
from lucida.cli.options import AsJson, LibraryDir
from lucida.cli.output import err, out, plural, print_json, short_path
from lucida.errors import ExitCode, UsageError
from lucida.query.evaluation.squad import Part

if TYPE_CHECKING:
    from lucida.library import Library
    from lucida.query.evaluation.answering import Outcome
    from lucida.query.evaluation.intervals import Estimate
    from lucida.query.evaluation.questions import GoldQuestion, QuestionSet
    from lucida.query.evaluation.reliability import Bin
    from lucida.types import Word

#: What the figures are called where people read them.
_CALLED = {
    "anls": "ANLS",
    "exact_match": "exact match",
    "f1": "token F1",
    "f1_all": "token F1, silence counted where it is right",
    "right_of_answered": "right, of those answered",
    "box_on_target": "box on the answer, of right ones",
    "box_iou": "mean overlap of that box (IoU)",
    "source_of_right": "right document, of right ones",
    "quotes_that_stand": "quotes that stand in their page",
    "answerable_refused": "answerable ones refused",
    "unanswerable_refused": "unanswerable ones refused",
}


def qa(
    questions: Annotated[
        Path,
        typer.Argument(
            metavar="QUESTIONS", help="JSONL, JSON, SQuAD's or FUNSD's form: a file, or a folder with its documents."
        ),
    ],
    library: LibraryDir = None,
    scratch: Annotated[
        bool, typer.Option("--scratch", help="Read the documents into a library that is thrown away afterwards.")
    ] = False,
    each_alone: Annotated[
        bool | None,
        typer.Option(
            "--each-alone/--everywhere",
            help="Ask each question of its own document alone, or of the whole library. FUNSD and SQuAD: alone.",
        ),
    ] = None,
    part: Annotated[
        Part | None, typer.Option("--part", help="Of SQuAD's form, only the articles of this part; see docs/train.md.")
    ] = None,
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="Only so many questions, at random.")] = None,
    per_question: Annotated[
        Path | None, typer.Option("--per-question", metavar="FILE", help="Write every question's outcome as CSV.")
    ] = None,
    worst: Annotated[int, typer.Option("--worst", min=0, help="Show so many wrong answers, the surest first.")] = 5,
    seed: Annotated[int, typer.Option("--seed", help="Of the choice under --limit and of the intervals.")] = 0,
    as_json: AsJson = False,
) -> int:
    """Ask a library questions whose answers are known.

    Documents that come with the questions are read into the library first; what is there already is skipped.
    """
    from lucida.query.evaluation.questions import read_questions

    asked = read_questions(questions, part)
    chosen = _chosen(asked.questions, limit, seed)
    alone = asked.each_alone if each_alone is None else each_alone
    with _library(library, scratch=scratch) as opened:
        _fill(opened, asked)
        outcomes = _outcomes(opened, chosen, alone=alone)
    if per_question is not None:
        _write(per_question, outcomes)
    if as_json:
        print_json(_document(asked.name, outcomes, worst, seed))
    else:
        _print(asked.name, outcomes, worst, seed)
    return int(ExitCode.DONE)


def _chosen(questions: Sequence[GoldQuestion], limit: int | None, seed: int) -> Sequence[GoldQuestion]:
    if not questions:
        raise UsageError("There is no question in it.", "Give questions with their answers, one JSON object a line.")
    if limit is None or limit >= len(questions):
        return questions
    import random

    return random.Random(seed).sample(questions, limit)  # noqa: S311 - a sample, no secret


@contextlib.contextmanager
def _library(folder: Path | None, *, scratch: bool) -> Iterator[Library]:
    from lucida.library import Library

    if not scratch:
        with Library.open(folder) as library:
            yield library
        return
    with tempfile.TemporaryDirectory(prefix="lucida-qa-") as place, Library.open(Path(place) / "library") as library:
        yield library


def _fill(library: Library, asked: QuestionSet) -> None:
    """Read the documents of the set that the library does not have yet."""
    from lucida.cli.progress import display

    texts = library.folder / "questions" / asked.name
    for name, text in asked.texts.items():
        texts.mkdir(parents=True, exist_ok=True)
        if not (texts / name).is_file() or (texts / name).read_text(encoding="utf-8") != text:
            (texts / name).write_text(text, encoding="utf-8")
    places = [*asked.documents, *([texts] if asked.texts else [])]
    if places:
        with display() as show:
            report = library.ingest(*places, observer=show)
        for failure in report.failed:
            err().print(f"failed: {failure.source}: {failure.error}", style="red", markup=False)


def _outcomes(library: Library, questions: Sequence[GoldQuestion], *, alone: bool) -> list[Outcome]:
    from lucida.query.evaluation.answering import judged
    from lucida.query.evaluation.naming import naming

    names = naming({one.source for one in questions if one.source}, [row.path for row in library.sources()])
    paths = {name: path for path, name in names.sources.items()}
    if names.absent:
        many = plural(len(names.absent), "document")
        err().print(f"{many} of the questions not in the library, e.g. {names.absent[0]}.", markup=False)
    words = _PageWords(library)
    outcomes = []
    with Counter("Asking", "questions") as count:
        for number, question in enumerate(questions, start=1):
            path = paths.get(question.source)
            if alone and path is None:
                continue
            begun = time.perf_counter()
            answer = library.ask(question.text, path=glob.escape(path) if alone and path else None, record=False)
            outcomes.append(judged(question, answer, time.perf_counter() - begun, words))
            count(number, len(questions))
    if not outcomes:
        raise UsageError("No question's document is in the library.", "Ingest them first, or ask --everywhere.")
    return outcomes


class _PageWords:
    """The words of cited pages, read from the library; a source's pages are kept while the questions stay with it."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._ids = {row.path: row.id for row in library.sources()}
        self._held: tuple[str, dict[int, Sequence[Word]]] = ("", {})

    def __call__(self, source: str, page: int) -> Sequence[Word] | None:
        if source not in self._ids:
            return None
        if self._held[0] != source:
            self._held = (source, {row.number: row.words for row in self._library.pages(self._ids[source])})
        return self._held[1].get(page)


def _wrong(outcomes: Sequence[Outcome], count: int) -> list[Outcome]:
    """Wrong answers, the surest first, then refusals of what could be answered."""
    wrong = [one for one in outcomes if not one.right]
    return sorted(wrong, key=lambda one: (one.answer.abstained, -one.answer.confidence))[:count]


def _kinds(outcomes: Sequence[Outcome]) -> dict[str, list[Outcome]]:
    """By type of question, where there are several."""
    kinds: dict[str, list[Outcome]] = {}
    for one in outcomes:
        kinds.setdefault(one.question.kind, []).append(one)
    return kinds if len(kinds) > 1 else {}


def _seconds(outcomes: Sequence[Outcome]) -> dict[str, float]:
    ordered = sorted(one.seconds for one in outcomes)
    return {"median": ordered[len(ordered) // 2], "p95": ordered[int(0.95 * (len(ordered) - 1))]}


def _document(name: str, outcomes: Sequence[Outcome], worst: int, seed: int) -> dict[str, Any]:
    from lucida.query.evaluation.answering import confidences, measures

    def figures(rows: Sequence[Outcome]) -> dict[str, Any]:
        return {key: found.to_json() for key, found in measures(rows, seed=seed).items()}

    bins, error = confidences(outcomes)
    return {
        "set": name,
        "questions": len(outcomes),
        "measures": figures(outcomes),
        "types": {kind: figures(rows) for kind, rows in _kinds(outcomes).items()},
        "reliability": [row.to_json() for row in bins],
        "calibration_error": round(error, 4),
        "seconds": {key: round(value, 4) for key, value in _seconds(outcomes).items()},
        "worst": [one.to_json() for one in _wrong(outcomes, worst)],
        "seed": seed,
    }


def _print(name: str, outcomes: Sequence[Outcome], worst: int, seed: int) -> None:
    from lucida.query.evaluation.answering import confidences, measures

    out().print(f"{name}: {plural(len(outcomes), 'question')}")
    _print_measures(measures(outcomes, seed=seed))
    for kind, rows in _kinds(outcomes).items():
        out().print(f"\n{kind or '(no type)'}: {plural(len(rows), 'question')}", markup=False)
        _print_measures(measures(rows, seed=seed))
    bins, error = confidences(outcomes)
    if bins:
        _print_reliability(bins, error)
    times = _seconds(outcomes)
    out().print(f"\nSeconds per question: median {times['median']:.3f}, 95 % below {times['p95']:.3f}")
    for one in _wrong(outcomes, worst):
        said = "(refused)" if one.answer.abstained else one.answer.text
        out().print(f"\n  {one.question.text}", markup=False)
        accepted = " | ".join(gold.text for gold in one.question.gold[:3]) or "(no answer)"
        out().print(f"    {said}   {one.answer.confidence:.2f}", style="red", markup=False)
        out().print(f"    accepted: {accepted}", style="dim", markup=False)
        if one.answer.citations:
            out().print(f"    {short_path(one.answer.citations[0].source)}", style="dim", markup=False)


def _print_measures(found: dict[str, Estimate]) -> None:
    from rich.table import Table

    table = Table("measure", "value", "95 % interval", "of", box=None, pad_edge=False)
    for name, at in found.items():
        table.add_row(_CALLED[name], f"{at.value:.3f}", f"{at.low:.3f} to {at.high:.3f}", f"{at.count:,}")
    out().print(table)


def _print_reliability(bins: Sequence[Bin], error: float) -> None:
    from rich.table import Table

    table = Table("confidence", "mean", "right", "answers", box=None, pad_edge=False)
    for row in bins:
        table.add_row(f"{row.low:.1f} to {row.high:.1f}", f"{row.confidence:.2f}", f"{row.right:.2f}", f"{row.count:,}")
    out().print(f"\nConfidence against truth; expected calibration error {error:.3f}")
    out().print(table)


def _write(path: Path, outcomes: Sequence[Outcome]) -> None:
    from lucida.query.evaluation.tables import write_table

    rows = [one.to_json() | {"accepted": " | ".join(gold.text for gold in one.question.gold)} for one in outcomes]
    write_table(path, list(rows[0]), [list(row.values()) for row in rows])
