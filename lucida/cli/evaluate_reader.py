"""``lucida evaluate reader``: answers on running text, and knowing when there is none."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lucida.cli.options import AsJson
from lucida.cli.output import out, print_json
from lucida.cli.run_bar import RunBar
from lucida.errors import ExitCode, UsageError
from lucida.query.evaluation.squad import Part

if TYPE_CHECKING:
    from lucida.models.reader.reader import SpanReader
    from lucida.query.evaluation.prose import ProseReport

_ROWS = {
    "f1": "F1, all questions",
    "exact": "exact match, all questions",
    "span_f1": "F1 of best spans, answerable",
    "unanswerable_refused": "unanswerable refused",
    "answerable_refused": "answerable refused",
}


def reader(
    data: Annotated[
        list[Path],
        typer.Option("--data", metavar="PATH", help="Questions in SQuAD's form, a file or a folder; repeatable."),
    ],
    folder: Annotated[
        Path | None,
        typer.Option(
            "--reader", metavar="FOLDER", help="As lucida train reader writes it; the installed one if not given."
        ),
    ] = None,
    part: Annotated[Part, typer.Option("--part", help="Articles to ask about, parted as in training.")] = Part.HELD_OUT,
    whole: Annotated[bool, typer.Option("--all", help="Ask about all articles, whatever they were for.")] = False,
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="Take at most so many questions, evenly.")] = None,
    threshold: Annotated[
        float | None,
        typer.Option(
            "--threshold", min=0.0, max=1.0, help="Refuse below this probability; the reader's own if not given."
        ),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="Of the resampling behind the intervals.")] = 0,
    as_json: AsJson = False,
) -> int:
    """Measure a reader of running text on questions with and without an answer.

    Each question is asked of its own passage. By default only articles count that training has not seen; the reader's
    threshold was chosen on yet others.
    """
    from lucida.query.evaluation.prose import outcomes_of, summarise
    from lucida.query.evaluation.squad import read_squad

    model = _loaded(folder)
    questions = read_squad(data, None if whole else part)
    if limit is not None and limit < len(questions):
        questions = [questions[place * len(questions) // limit] for place in range(limit)]
    with RunBar("Asking", len(questions)) as advance:
        found = outcomes_of(model, questions, advance)
    report = summarise(found, model.threshold if threshold is None else threshold, seed=seed)
    if as_json:
        articles = sorted({question.title for question in questions})
        print_json({"reader": model.spec, "questions": len(questions), "articles": articles, **report.to_json()})
    else:
        _print(report)
    return int(ExitCode.DONE)


def _loaded(folder: Path | None) -> SpanReader:
    from lucida.models.reader import load_reader, load_shipped

    model = load_shipped() if folder is None else load_reader(folder)
    if model is None:
        raise UsageError("No reader is installed.", "Name one with --reader, or train one with: lucida train reader.")
    return model


def _print(report: ProseReport) -> None:
    from rich.table import Table

    figures = Table("measure", "value", "95 % interval", "questions", box=None, pad_edge=False)
    for name, label in _ROWS.items():
        at = getattr(report, name)
        figures.add_row(label, f"{at.value:.3f}", f"{at.low:.3f} to {at.high:.3f}", f"{at.count:,}")
    out().print(figures)
    out().print(f"Threshold {report.threshold:.3f}. Calibration error {report.calibration_error:.3f}.")
    out().print()
    table = Table("probability", "mean", "right", "answers", box=None, pad_edge=False)
    for one in report.bins:
        table.add_row(f"{one.low:.1f} to {one.high:.1f}", f"{one.confidence:.3f}", f"{one.right:.3f}", f"{one.count:,}")
    out().print(table)
