"""``lucida evaluate dataset``: does a generated dataset help?"""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lucida.cli.options import AsJson, LibraryDir
from lucida.cli.output import err, out, print_json
from lucida.cli.run_bar import RunBar
from lucida.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from lucida.library.benefit import BenefitRequest
    from lucida.query.evaluation.datasets_report import BenefitReport

_WITHOUT_LIBRARY = "mini"


def dataset(
    path: Annotated[
        Path,
        typer.Argument(
            metavar="DATASET",
            readable=False,
            help="A run of generate dataset, one of its formats, or folders of generated pictures by class.",
        ),
    ],
    real: Annotated[
        Path | None,
        typer.Option(
            "--real", metavar="PATH", readable=False, help="Real pictures to train on (default: the dataset's own)."
        ),
    ] = None,
    held_out: Annotated[
        Path | None,
        typer.Option(
            "--held-out",
            metavar="PATH",
            readable=False,
            help="Real pictures to measure on (default: the test split of --real, else of the dataset).",
        ),
    ] = None,
    seeds: Annotated[int, typer.Option("--seeds", min=1, help="Resamples of the training pictures.")] = 5,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Of the first resample.")] = 0,
    drop_copies: Annotated[
        bool,
        typer.Option("--drop-copies", help="Leave out held-out pictures that are copies of training pictures."),
    ] = False,
    encoder: Annotated[
        str | None,
        typer.Option("--encoder", "-e", metavar="SPEC", help="Whose vectors (default: the library's, else mini)."),
    ] = None,
    card: Annotated[
        Path | None, typer.Option("--card", metavar="FILE", help="Write the figures as a part of a dataset card here.")
    ] = None,
    library: LibraryDir = None,
    as_json: AsJson = False,
) -> int:
    """Say whether a generated dataset helps to tell its classes apart.

    Probes are trained on frozen vectors of real pictures, of generated ones, of both, and of real ones that the library
    retrieves for the same classes; all are measured on the same held-out real pictures.
    """
    from lucida.library.benefit import BenefitRequest

    request = BenefitRequest(path, real, held_out, seeds, seed, drop_copies)
    with RunBar("Measuring", 1) as told:
        report = _judged(request, library, encoder, told)
    if card is not None:
        _write(card, report)
    if as_json:
        print_json(report.to_json())
    else:
        _print(report)
    return int(ExitCode.DONE)


def _judged(
    request: BenefitRequest, library: Path | None, encoder: str | None, told: Callable[..., None]
) -> BenefitReport:
    """By a library where one is named or there, else by the encoder alone."""
    from lucida.config import library_folder

    if library is not None or library_folder(None).exists():
        from lucida.library import Library

        with Library.open(library, create=False) as opened:
            return opened.evaluate_dataset(request, encoder=encoder, told=told)
    from lucida.library.benefit import judge
    from lucida.models.registry import load_shared_encoder

    return judge(request, load_shared_encoder(encoder or _WITHOUT_LIBRARY), None, told)


def _print(report: BenefitReport) -> None:
    from rich.table import Table

    out().print(report.headline())
    for rows in report.tables():
        table = Table(rows[0][0], box=None, pad_edge=False)
        for name in rows[0][1:]:
            table.add_column(name, justify="right")
        for row in rows[1:]:
            table.add_row(*row)
        out().print()
        out().print(table)
    if report.last_word():
        out().print(f"\n{report.last_word()}")
    for note in report.notes:
        err().print(f"note: {note}", style="yellow", markup=False)


def _write(path: Path, report: BenefitReport) -> None:
    """With names in place of whole paths: a card travels, and folders do not."""
    try:
        path.write_text(report.to_markdown(shlex.join(["lucida", *_travelling(sys.argv[1:])])), encoding="utf-8")
    except OSError as error:
        raise UsageError(f"The card {path} cannot be written: {error.strerror}.", "Check the path.") from error
    err().print(f"Wrote {path}.")


def _travelling(words: Sequence[str]) -> list[str]:
    return [Path(word).name if Path(word).is_absolute() else word for word in words]
