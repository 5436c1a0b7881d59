"""``lucida generate show``: what picture files say of their origin."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lucida.cli.options import AsJson
from lucida.cli.output import err, out, print_json, short_path
from lucida.errors import DependencyError, ExitCode, SourceError
from lucida.types.paths import json_path, printable

if TYPE_CHECKING:
    from lucida.generate.making.credentials import Credentials

_UNREAD = "Signed credentials were not looked for: pip install c2pa-python."


def show(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", readable=False, help="PNG, JPEG, WebP or PDF files, made or not.")
    ],
    as_json: AsJson = False,
) -> int:
    """Say where pictures and papers come from, as their files tell: marks of origin, and signed credentials (C2PA).

    Whoever changes a file can remove both: without them nothing is said, and nothing is proved.
    """
    rows = [(path, origin_of(path)) for path in files]
    if as_json:
        print_json({"files": [{"path": json_path(str(path)), **row} for path, row in rows]})
    for path, row in rows if not as_json else ():
        out().print(short_path(str(path)), style="bold cyan")
        for line in said(row):
            out().print(f"  {line}", markup=False)
    if any(not row["credentials_read"] for _, row in rows):
        err().print(f"note: {_UNREAD}", style="yellow")
    return int(ExitCode.DONE)


def origin_of(path: Path) -> dict[str, Any]:
    """What a file says of its origin, plain JSON.

    Raises:
        SourceError: it is no picture, or its credentials do not parse.
    """
    from lucida.generate.making.credentials import read_credentials

    try:
        declared = _declared(path)
    except (OSError, ValueError, SyntaxError) as error:
        raise SourceError(
            f"{printable(str(path))} is no picture: {error}.", "Name PNG, JPEG, WebP or PDF files."
        ) from error
    found: Credentials | None = None
    read = True
    try:
        found = read_credentials(path)
    except DependencyError:
        read = False
    credentials = None if found is None else found.to_json()
    return {"source_type": declared, "credentials": credentials, "credentials_read": read}


def _declared(path: Path) -> str | None:
    """What a file's mark of origin says. A paper has none: it says it in credentials alone."""
    if path.suffix.lower() == ".pdf":
        path.stat()  # it must be there all the same
        return None
    from lucida.generate.making.origin import source_type

    return source_type(path)


def said(origin: dict[str, Any]) -> list[str]:
    """The same for people, a line each."""
    lines = [f"declares: {_short(origin['source_type'])}"] if origin["source_type"] else ["declares nothing"]
    found = origin["credentials"]
    if found is None:
        return lines
    by = printable(found["signer"]) or "nobody named"
    lines.append(f"credentials: {found['state'].lower()}, signed by {by}")
    for row in found["actions"]:
        what = " ".join(part for part in (row["action"], _short(row["source_type"])) if part)
        lines.append(printable(f"{what}, by {row['software']}" if row["software"] else what))
    lines += [printable(f"from {row['title']} ({row['relationship']})") for row in found["parents"]]
    return [*lines, *(f"problem: {printable(code)}" for code in found["problems"])]


def _short(source_type: str) -> str:
    """The last part of IPTC's address of a term."""
    return printable(source_type.rstrip("/").rpartition("/")[2])
