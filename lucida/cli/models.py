"""``lucida models``."""

from __future__ import annotations

import typer

from lucida.cli.options import AsJson
from lucida.cli.output import out, print_json
from lucida.errors import ExitCode


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.command()(models)


def models(as_json: AsJson = False) -> int:
    """List the models that can be named in lucida.toml, and which are here."""
    from lucida.models.registry import describe_models

    rows = describe_models()
    if as_json:
        print_json({"models": [row.to_json() for row in rows]})
        return int(ExitCode.DONE)
    from rich.table import Table

    table = Table("spec", "what it is", "here", "licence", box=None, pad_edge=False)
    for row in rows:
        table.add_row(row.spec, row.description, "yes" if row.installed else "no", row.licence)
    out().print(table)
    return int(ExitCode.DONE)
