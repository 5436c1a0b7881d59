"""``lucida generate replay``: draws what a manifest tells of again, and says whether it is the same to the bit."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lucida.cli.generate_options import Download, Model
from lucida.cli.options import AsJson, LibraryDir
from lucida.cli.output import err, out, plural, print_json
from lucida.cli.run_bar import RunBar
from lucida.errors import ExitCode


def replay(
    manifest: Annotated[
        Path, typer.Argument(metavar="MANIFEST", readable=False, help="A run's manifest.json, or its folder.")
    ],
    target: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Keep the new pictures here (default: nowhere).")
    ] = None,
    model: Model = None,
    download: Download = False,
    library: LibraryDir = None,
    as_json: AsJson = False,
) -> int:
    """Draw everything in a manifest again, and say whether every pixel is the same.

    The exit code is 1 where one is not. Another machine, another number format or another version of a library may
    change the last bits.
    """
    from lucida.library import Library

    with Library.open(library, create=False) as opened, RunBar("Drawing again", 1) as told:
        rows = opened.replay(
            manifest,
            out=target,
            model=model,
            allow_download=download,
            told=told,
        )
    same = sum(row.identical for row in rows)
    if as_json:
        samples = [row.to_json() for row in rows]
        print_json({"samples": samples, "manifest": str(manifest), "identical": same == len(rows)})
    else:
        out().print(f"{same:,} of {plural(len(rows), 'sample')} are the same to the bit.")
    for row in rows:
        if not row.identical:
            err().print(f"differs: {row.sample['path']} {row.problem}".rstrip(), style="yellow", markup=False)
    return int(ExitCode.DONE if same == len(rows) else ExitCode.SOME_FILES_FAILED)
