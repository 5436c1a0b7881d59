"""``lucida evaluate vlm``: how well a vision-language model looks, by kind of question."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lucida.cli.options import AsJson
from lucida.cli.output import out, print_json
from lucida.cli.run_bar import RunBar
from lucida.cli.train_vlm import Data, HoldOut, Papers
from lucida.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lucida.query.evaluation.vlm import Asked, VlmReport


def vlm(
    spec: Annotated[str, typer.Argument(metavar="MODEL", help="Spec of the model, e.g. hf:RUN/model.")],
    data: Data,
    each: Annotated[int, typer.Option("--each", min=1, help="Questions of a kind and set, at most.")] = 100,
    hold_out: HoldOut = None,
    papers: Papers = None,
    card: Annotated[
        Path | None, typer.Option("--card", metavar="FILE", help="Write the figures as a table for a model card here.")
    ] = None,
    answers: Annotated[
        Path | None,
        typer.Option("--answers", metavar="FILE", help="Write what it said to each question here, as JSONL."),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="Of the questions, and of the resampling.")] = 0,
    as_json: AsJson = False,
) -> int:
    """Measure a vision-language model on what lucida train vlm has not shown it.

    Other pictures, pairs of colour and thing, documents, art styles and values than it learned from, each question
    asked on its own, with the instructions and the tool that lucida ask gives.
    """
    from lucida.models.registry import load_vlm
    from lucida.query.evaluation.vlm import ask_all, summarise
    from lucida.training.vlm.held_out import held_out_questions
    from lucida.training.vlm.recipe import HELD_OUT, sources

    model = load_vlm(spec)
    questions = held_out_questions(sources(data, hold_out or HELD_OUT, papers or ()), each, seed)
    with RunBar("Asking", len(questions)) as advance:
        asked = ask_all(model, questions, advance)
    report = summarise(asked, seed=seed)
    if card is not None:
        _write(card, report.to_markdown())
    if answers is not None:
        _write(answers, _lines(asked))
    if as_json:
        print_json({"model": model.spec, "questions": len(questions), **report.to_json()})
    else:
        _print(report)
    return int(ExitCode.DONE)


def _lines(asked: Sequence[Asked]) -> str:
    import json

    rows = [
        {"kind": one.question.kind, "question": one.question.question, "accepted": one.question.accepted,
         "said": one.said, "called": one.called, "right": one.right}
        for one in asked
    ]  # fmt: skip
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}.", "Check the path.") from error


def _print(report: VlmReport) -> None:
    from rich.table import Table

    table = Table("question", "right", "95 % interval", "questions", "always the same", box=None, pad_edge=False)
    for row in report.kinds:
        at = row.accuracy
        table.add_row(
            row.kind, f"{at.value:.3f}", f"{at.low:.3f} to {at.high:.3f}", f"{at.count:,}", f"{row.commonest:.3f}"
        )
    out().print(table)
    out().print(f"Called for reading when needed and not else: {report.calls}. Missed: {report.missed}.")
    out().print(f"{report.seconds:.2f} s per question.")
