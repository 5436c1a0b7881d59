"""``lucida ask``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lucida.cli.generate_show import MakingBar
from lucida.cli.options import AsJson, LibraryDir, MediaType, PathGlob
from lucida.cli.output import err, out, print_json, short_path
from lucida.errors import ExitCode, SourceError, UsageError

if TYPE_CHECKING:
    from lucida.library import Library
    from lucida.library.sketching import Sketchbook
    from lucida.types import Answer


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.command()(ask)


def ask(
    question: Annotated[str, typer.Argument(metavar="QUESTION", help="A question about the documents.")],
    library: LibraryDir = None,
    path: PathGlob = None,
    media_type: MediaType = None,
    evidence: Annotated[
        Path | None,
        typer.Option("--evidence", metavar="OUT.png", help="Draw the places that prove the answer into this picture."),
    ] = None,
    password: Annotated[
        list[str] | None,
        typer.Option("--password", metavar="TEXT", help="Password for drawing evidence from encrypted documents."),
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(
            "--model",
            "-m",
            metavar="SPEC",
            help="Vision-language model that looks at the pages: hf:..., openai:..., none.",
        ),
    ] = None,
    draw: Annotated[
        Path | None,
        typer.Option(
            "--draw",
            metavar="DIR",
            help="Let the model have pictures drawn into this folder, where the question asks for one.",
        ),
    ] = None,
    draw_with: Annotated[
        str | None,
        typer.Option(
            "--draw-with", metavar="SPEC", help="Who draws: diffusers:ID_OR_FOLDER, or mini where one was trained."
        ),
    ] = None,
    timeout: Annotated[
        float | None,
        typer.Option("--timeout", metavar="SECONDS", min=0.0, help="Begin nothing costly after so many seconds."),
    ] = None,
    trace: Annotated[bool, typer.Option("--trace", help="Show every step and its time.")] = False,
    as_json: AsJson = False,
) -> int:
    """Answer from the documents, with source, page and quote, or say that they do not answer it."""
    from lucida.library import Library

    _check_evidence(evidence)
    if draw_with is not None and draw is None:
        raise UsageError("A generator is named, and no folder for its pictures.", "Give one with --draw DIR.")
    with Library.open(library, create=False) as opened, MakingBar() as told:
        book = None if draw is None else _sketchbook(draw, draw_with, told)
        answer = opened.ask(question, path=path, media_type=media_type, model=model, draw=book, timeout=timeout)
        told.stop()
        if as_json:
            print_json(answer.to_json())
        else:
            _print(answer)
        if book is not None and not answer.drawings:
            _say_why(answer)
        if trace:
            for step in answer.trace:
                err().print(f"{step.seconds * 1000:7.1f} ms  {step.name}: {step.detail}", style="dim")
        opened.passwords = tuple(password or ())
        return int(_draw(opened, answer, evidence) if evidence else ExitCode.DONE)


def _sketchbook(folder: Path, generator: str | None, told: MakingBar) -> Sketchbook:
    from lucida.library.sketching import Sketchbook

    return Sketchbook(folder, generator, told)


def _say_why(answer: Answer) -> None:
    """Say why nothing was drawn, as the trace has it."""
    why = [step.detail for step in answer.trace if step.name == "draw"]
    err().print(f"Nothing was drawn: {''.join(why).removeprefix('nothing: ')}.", style="yellow", markup=False)


def _draw(library: Library, answer: Answer, target: Path) -> ExitCode:
    """Write the evidence; when its page can no longer be drawn, the answer above still stands."""
    try:
        picture = library.evidence(answer)
    except SourceError as error:
        err().print(f"The evidence cannot be drawn: {error}", style="bold red")
        return error.exit_code
    if picture is None:
        err().print("No evidence was drawn, for there is no answer.")
        return ExitCode.DONE
    picture.save(target)
    err().print(f"Evidence: {target}")
    return ExitCode.DONE


def _check_evidence(path: Path | None) -> None:
    """Complain before the work, not after it."""
    if path is None:
        return
    if path.suffix.lower() not in {".png", ".jpg", ".jpeg", ".webp"}:
        raise UsageError(f"{path} does not end in .png, .jpg or .webp.", "Give --evidence a picture's name.")
    if not path.absolute().parent.is_dir():
        raise UsageError(f"The folder of {path} does not exist.", "Make it first, or name another.")


def _print(answer: Answer) -> None:
    out().print(answer.text, style="yellow" if answer.abstained else "bold", markup=False)
    if not answer.abstained:
        out().print(f"confidence {answer.confidence:.2f}", style="dim")
    for citation in answer.citations:
        out().print(f"{short_path(citation.source)}, page {citation.page}", style="cyan")
        if citation.quote:
            out().print(f"  “{citation.quote}”")
    for drawing in answer.drawings:
        out().print(f"drawn: {short_path(drawing.path)}", style="cyan")
        out().print(f"  “{drawing.prompt}”, by {drawing.generator}", markup=False)
        for doubt in drawing.doubts:
            out().print(f"  Careful: {doubt}", style="bold yellow", markup=False)
    for warning in answer.warnings:
        out().print(f"Careful: {warning}", style="bold yellow", markup=False)
