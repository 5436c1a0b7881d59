"""``lucida ingest``."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from lucida.cli.options import AsJson, LibraryDir
from lucida.cli.output import err, out, plural, print_json
from lucida.errors import ExitCode

if TYPE_CHECKING:
    from lucida.config import ReadOptions
    from lucida.library import Library
    from lucida.types import IngestReport


Passwords = Annotated[
    list[str] | None,
    typer.Option("--password", metavar="TEXT", help="Password for encrypted documents; repeatable."),
]
Languages = Annotated[
    list[str] | None,
    typer.Option("--language", metavar="CODE", help="Language of scans, as Tesseract names it; repeatable."),
]
Layout = Annotated[
    Literal["auto", "always", "never"],
    typer.Option("--layout", help="The layout model, slow but good at tangled pages: when needed, or as told."),
]
Workers = Annotated[int | None, typer.Option("--workers", min=1, help="Reading processes (default: one per core).")]
Patience = Annotated[
    float, typer.Option("--timeout", min=1, metavar="SECONDS", help="Give a file up after so long without progress.")
]


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.command()(ingest)


def ingest(
    # readable=False: the parser's own check would refuse the whole run for one file.
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", readable=False, help="Files and folders to read.")],
    library: LibraryDir = None,
    prune: Annotated[
        bool, typer.Option("--prune", help="Forget sources below PATH whose files have vanished.")
    ] = False,
    retry: Annotated[bool, typer.Option("--retry", help="Read files again that failed before.")] = False,
    watch: Annotated[
        bool, typer.Option("--watch", help="Keep going: read what changes, forget what vanishes.")
    ] = False,
    password: Passwords = None,
    language: Languages = None,
    layout: Layout = "auto",
    workers: Workers = None,
    stall: Patience = 60.0,
    as_json: AsJson = False,
) -> int:
    """Read files and folders into the library; what has not changed is skipped.

    PDF, XPS, EPUB, MOBI, FB2, CBZ, SVG, DOCX, XLSX, PPTX, HTML, Markdown, text, and pictures (JPEG, PNG, WebP, GIF,
    BMP, TIFF, AVIF, HEIC). Scans are read by OCR. Ignore rules: .gitignore and .lucidaignore.
    """
    from lucida.cli.progress import display
    from lucida.config import ReadOptions
    from lucida.library import Library

    with Library.open(library) as opened:
        options = ReadOptions(
            layout=layout,
            languages=tuple(language) if language else opened.config.languages,
            passwords=tuple(password or ()),
            stall_seconds=stall,
        )
        if watch:
            return _watch(opened, paths, options, as_json=as_json)
        with display() as show:
            report = opened.ingest(
                *paths, options=options, prune=prune, retry_failed=retry, workers=workers, observer=show
            )
        blind = opened.shared_problem() if report.items else None
    if blind is not None:
        err().print(f"note: pictures were not embedded. {blind.message} {blind.advice}", style="yellow")
    if as_json:
        print_json(report.to_json())
    else:
        _summarise(report)
    return int(ExitCode.SOME_FILES_FAILED if report.failed else ExitCode.DONE)


def _watch(library: Library, paths: list[Path], options: ReadOptions, *, as_json: bool) -> int:
    """Report each batch until interrupted; with ``--json`` one document per batch (JSON lines would need no less)."""
    from lucida.cli.progress import display

    stop = threading.Event()
    err().print("Watching. Press Ctrl+C to end.")
    try:
        with display() as show:
            for report in library.watch(*paths, stop=stop, options=options, observer=show):
                print_json(report.to_json()) if as_json else _summarise(report)
    finally:
        stop.set()
    return int(ExitCode.DONE)


def _summarise(report: IngestReport) -> None:
    rate = report.pages / report.seconds if report.seconds else 0.0
    counts = [
        f"{count:,} {word}"
        for count, word in (
            (report.added, "added"),
            (report.updated, "updated"),
            (report.moved, "moved"),
            (report.unchanged, "unchanged"),
            (report.removed, "removed"),
            (len(report.failed), "failed"),
        )
        if count
    ]
    out().print(", ".join(counts) or "nothing to read")
    if report.pages:
        out().print(
            f"{plural(report.pages, 'page')}, {plural(report.items, 'item')} in {report.seconds:.1f} s "
            f"({rate:.1f} pages/s)"
        )
    for failure in report.failed:
        err().print(f"failed: {failure.source}", style="bold red")
        err().print(f"  {failure.error} {failure.advice}")
