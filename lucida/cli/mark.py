"""``lucida mark``: says what may be done with sources."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from lucida.cli.options import AsJson, LibraryDir
from lucida.cli.output import err, out, plural, print_json, short_path
from lucida.errors import ExitCode
from lucida.types.paths import json_path


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(mark)


def mark(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[SOURCE...]", help="Ids, paths, names or globs of sources; none lists the marks."),
    ] = None,
    no_derivatives: Annotated[
        bool | None,
        typer.Option("--no-derivatives/--derivatives", help="Whether nothing may be made from them."),
    ] = None,
    licence: Annotated[
        str | None, typer.Option("--licence", metavar="TEXT", help="Under which licence they stand; empty forgets it.")
    ] = None,
    rule: Annotated[
        bool, typer.Option("--rule", help="Keep the globs as rules, also for sources to come; alone, drop them.")
    ] = False,
    library: LibraryDir = None,
    as_json: AsJson = False,
) -> int:
    """Say what may be done with sources, or list what was said.

    From sources marked with --no-derivatives nothing is ever generated. Licences go onto the cards of datasets.
    """
    from lucida.library import Library

    with Library.open(library, create=False) as opened:
        rows = opened.mark(*names, no_derivatives=no_derivatives, licence=licence, rule=rule) if names else []
        terms, rules = opened.terms(), opened.rules()
        shown = rows if names else [row for row in opened.sources() if row.id in terms]
    sources: list[dict[str, Any]] = [
        {
            "id": row.id,
            "source": json_path(row.path),
            "no_derivatives": row.id in terms and terms[row.id].no_derivatives,
            "licence": terms[row.id].licence if row.id in terms else "",
        }
        for row in shown
    ]
    if as_json:
        said = [{"glob": r.pattern, "no_derivatives": r.no_derivatives, "licence": r.licence} for r in rules]
        print_json({"sources": sources, "rules": said})
        return int(ExitCode.DONE)
    for row in sources:
        facts = ["no-derivatives" if row["no_derivatives"] else "", row["licence"]]
        out().print(f"{short_path(row['source'])}: {', '.join(fact for fact in facts if fact) or 'nothing said'}")
    for one in rules:
        flag = {True: "no-derivatives", False: "derivatives", None: ""}[one.no_derivatives]
        out().print(f"rule {one.pattern}: {', '.join(fact for fact in (flag, one.licence or '') if fact)}")
    if not sources and not rules:
        err().print("Nothing is said about any source.")
    elif names:
        err().print(f"{plural(len(sources), 'source')} marked." if not rule else "Rules kept.")
    return int(ExitCode.DONE)
