"""``lucida classify``."""

from __future__ import annotations

import time
from collections import Counter as Tally
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lucida.cli.options import AsJson, LibraryDir, PathGlob
from lucida.cli.output import err, out, plural, print_json, short_path
from lucida.errors import ExitCode, UsageError
from lucida.types import Failure

if TYPE_CHECKING:
    from lucida.cli.labelfile import LabelFile
    from lucida.library.labelling import Labelled


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.command()(classify)


def classify(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(metavar="PATH", readable=False, help="Picture files and folders; none for a library's."),
    ] = None,
    labels: Annotated[
        str | None,
        typer.Option("--labels", metavar="WORDS", help='What pictures may show, e.g. "cat,dog,car|automobile".'),
    ] = None,
    labels_file: Annotated[
        Path | None, typer.Option("--labels-file", metavar="FILE", help="Labels from a file, one a line.")
    ] = None,
    none: Annotated[bool, typer.Option("--none/--no-none", help='Whether "none of these" may be the answer.')] = True,
    top_k: Annotated[int, typer.Option("-k", "--top-k", min=1, max=1000, help="Show so many labels each.")] = 1,
    output: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE.jsonl", help="Write a line per picture; a run that is broken off goes on."),
    ] = None,
    sheet: Annotated[
        Path | None, typer.Option("--sheet", metavar="OUT.png", help="Draw the pictures by label on a contact sheet.")
    ] = None,
    copy_into: Annotated[
        Path | None, typer.Option("--copy-into", metavar="DIR", help="Copy each file into a folder named by its label.")
    ] = None,
    move_into: Annotated[
        Path | None, typer.Option("--move-into", metavar="DIR", help="Move each file into a folder named by its label.")
    ] = None,
    spec: Annotated[
        str | None,
        typer.Option(
            "--encoder", "-e", metavar="SPEC", help="For files: a model of texts and pictures (default mini)."
        ),
    ] = None,
    library: LibraryDir = None,
    path: PathGlob = None,
    as_json: AsJson = False,
) -> int:
    """Label pictures with words of your own, without training: files and folders, or a library's pictures.

    Each picture gets the label that fits best with its probability, or "none of these".
    """
    words = _words(labels, labels_file)
    _check(sheet, copy_into, move_into, for_files=bool(copy_into or move_into or output or spec), named=bool(paths))
    options = _Options(words, none, top_k, as_json)
    run = _files(options, paths, spec or "mini", output) if paths else _library(options, library, path)
    if sheet is not None:
        _draw(run, sheet, library)
    if folder := copy_into or move_into:
        _sort(run, folder, move=move_into is not None)
    if as_json:
        print_json(run.to_json())
    _summarise(run)
    return int(ExitCode.SOME_FILES_FAILED if run.failed else ExitCode.DONE)


def _check(sheet: Path | None, copy_into: Path | None, move_into: Path | None, *, for_files: bool, named: bool) -> None:
    """Refuse options that cannot be meant together, before anything is read."""
    from lucida.query.contact_sheet import check_sheet_path

    check_sheet_path(sheet)
    if copy_into and move_into:
        raise UsageError("Files can be copied or moved, not both.", "Leave --copy-into or --move-into out.")
    if for_files and not named:
        raise UsageError(
            "--out, --encoder, --copy-into and --move-into are for files that are named.", "Name files or folders."
        )


@dataclass(frozen=True, slots=True)
class _Options:
    labels: tuple[str, ...]
    none: bool
    top_k: int
    as_json: bool


@dataclass(slots=True)
class _Run:
    """What has been done so far."""

    labels: tuple[str, ...]
    done: list[Labelled] = field(default_factory=list)
    failed: list[Failure] = field(default_factory=list)
    seconds: float = 0.0
    resumed: int = 0

    def to_json(self) -> dict[str, Any]:
        from lucida.types.paths import json_path

        return {
            "labels": list(self.labels),
            "pictures": [row.to_json() for row in self.done],
            "failed": [
                {"source": json_path(row.source), "error": row.error, "advice": row.advice} for row in self.failed
            ],
            "seconds": round(self.seconds, 2),
        }


def _words(labels: str | None, file: Path | None) -> tuple[str, ...]:
    if (labels is None) == (file is None):
        raise UsageError("Labels are needed, from one place.", 'Give --labels "cat,dog" or --labels-file FILE.')
    if file is None:
        return tuple(word.strip() for word in (labels or "").split(",") if word.strip())
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"The labels in {file} cannot be read: {error}.", "Give a text file, one label a line."
        ) from error
    return tuple(line.strip() for line in lines if line.strip() and not line.startswith("#"))


def _files(options: _Options, paths: Sequence[Path], spec: str, output: Path | None) -> _Run:
    from lucida.cli.labelfile import LabelFile
    from lucida.library.labelling import Labeller, load_encoder

    encoder = load_encoder(spec)
    labeller = Labeller(encoder, options.labels, none=options.none, top_k=options.top_k)
    run = _Run(options.labels)
    if output is None:
        return _consumed(run, labeller.files(paths), options, None)
    with LabelFile(output, options.labels, encoder.fingerprint, none=options.none) as lines:
        run.done, run.resumed = lines.earlier, len(lines.earlier)
        return _consumed(run, labeller.files(paths, lines.done), options, lines)


def _library(options: _Options, folder: Path | None, path: str | None) -> _Run:
    from lucida.library import Library

    with Library.open(folder, create=False) as opened:
        rows = opened.classify(options.labels, none=options.none, top_k=options.top_k, path=path)
        return _consumed(_Run(options.labels), rows, options, None)


def _consumed(
    run: _Run, rows: Iterator[Labelled | Failure] | Iterator[Labelled], options: _Options, lines: LabelFile | None
) -> _Run:
    from lucida.cli.counter import Counter

    started = time.monotonic()
    with Counter("Labelling", "pictures") as count:
        for number, row in enumerate(rows, start=1):
            if isinstance(row, Failure):
                run.failed.append(row)
                err().print(f"failed: {row.source}", style="bold red")
                err().print(f"  {row.error} {row.advice}")
            else:
                run.done.append(row)
                if not options.as_json:
                    _print(row, options.top_k)
            if lines is not None:
                lines.write(row)
            count(number, 0)
    run.seconds = time.monotonic() - started
    return run


def _print(row: Labelled, top_k: int) -> None:
    from rich.text import Text

    guess = row.guess
    place = short_path(row.source) + (f", page {row.page}" if row.page > 1 else "")
    text = Text.assemble((f"{guess.probability:.2f}  ", "dim"), (f"{guess.label:<16}  ", "bold cyan"), place)
    if top_k > 1:
        text.append("  " + ", ".join(f"{name} {value:.2f}" for name, value in guess.labels), "dim")
    out().print(text)


def _summarise(run: _Run) -> None:
    counts = Tally(row.guess.label for row in run.done)
    rate = (len(run.done) - run.resumed) / max(run.seconds, 1e-9)
    told = f"{plural(len(run.done), 'picture')} in {run.seconds:.1f} s ({rate:.1f}/s)"
    if run.resumed:
        told += f", {run.resumed:,} of them from an earlier run"
    err().print(told + (f", {len(run.failed):,} failed" if run.failed else ""))
    err().print(", ".join(f"{label} {count:,}" for label, count in counts.most_common(20)))


def _draw(run: _Run, target: Path, folder: Path | None) -> None:
    from lucida.cli.labelled import file_picture, labelled_sheet, library_picture
    from lucida.library import Library
    from lucida.query.contact_sheet import save_sheet

    if run.done and run.done[0].id is not None:
        with Library.open(folder, create=False) as opened:
            picture = labelled_sheet(run.done, library_picture(opened))
    else:
        picture = labelled_sheet(run.done, file_picture)
    save_sheet(picture, target)
    err().print(f"Sheet: {target}")


def _sort(run: _Run, folder: Path, *, move: bool) -> None:
    from lucida.cli.labelled import sort_into

    failures = sort_into(run.done, folder, move=move)
    for row in failures:
        err().print(f"failed: {row.source}", style="bold red")
        err().print(f"  {row.error} {row.advice}")
    run.failed.extend(failures)
    err().print(f"{'Moved' if move else 'Copied'} into: {folder}")
