"""Options that several commands share, so that they read and behave alike."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from lucida.config import LIBRARY_VARIABLE

LibraryDir = Annotated[
    Path | None,
    typer.Option(
        "--library",
        "-L",
        metavar="DIR",
        envvar=LIBRARY_VARIABLE,
        readable=False,  # the library says more about it than the parser
        help="Library folder (default: ./.lucida).",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout; everything else on stderr.")]
PathGlob = Annotated[
    str | None,
    typer.Option("--path", metavar="GLOB", help="Only sources whose path (or name, without a slash) fits this glob."),
]
MediaType = Annotated[
    str | None, typer.Option("--type", metavar="TYPE", help="Only this media type, e.g. application/pdf or 'image/*'.")
]
Since = Annotated[
    datetime | None,
    typer.Option(
        "--since",
        formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"],
        metavar="DATE",
        help="Only sources dated so (2025-06-30) or later.",
    ),
]
Until = Annotated[
    datetime | None,
    typer.Option(
        "--until",
        formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"],
        metavar="DATE",
        help="Only sources dated so (2025-06-30, the whole day) or earlier.",
    ),
]
Names = Annotated[list[str], typer.Argument(metavar="SOURCE...", help="Ids, paths, names or globs of sources.")]
