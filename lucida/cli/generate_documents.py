"""``lucida generate documents``: drawn papers with words, fields, tables and questions known to the point."""

from __future__ import annotations

from collections import Counter as Tally
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lucida.cli.generate_options import Key, Sign, identity_of, names_in
from lucida.cli.options import AsJson, LibraryDir
from lucida.cli.output import err, out, plural, print_json, short_path
from lucida.cli.run_bar import RunBar
from lucida.errors import ExitCode

if TYPE_CHECKING:
    from lucida.generate.documents.request import PaperRequest
    from lucida.generate.documents.run import Papers
    from lucida.generate.making.credentials import Identity


def documents(
    target: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder of the papers; a run there goes on.")],
    seed: Annotated[int, typer.Option("--seed", min=0, help="Of everything: the same seed gives the same bytes.")] = 0,
    count: Annotated[
        int | None,
        typer.Option("-n", "--count", min=1, max=1_000_000, help="Papers (20); with --like, versions of a page (1)."),
    ] = None,
    kinds: Annotated[
        str | None,
        typer.Option(
            "--kinds",
            metavar="NAMES",
            help="invoice, receipt, form, letter, statement, table, report, datasheet, office (default: all, in turn).",
        ),
    ] = None,
    languages: Annotated[
        str, typer.Option("--languages", metavar="CODES", help="Of the papers: en, de, fr, es.")
    ] = "en",
    like: Annotated[
        list[str] | None,
        typer.Option(
            "--like",
            metavar="ID|PATH",
            help="Page of the library whose layout and labels stay while all else is replaced: an item's id, or a "
            "source by path, name or glob; repeatable.",
        ),
    ] = None,
    keep: Annotated[
        str, typer.Option("--keep", metavar="WORDS", help="With --like: further words that stay, e.g. own labels.")
    ] = "",
    wear: Annotated[
        str, typer.Option("--wear", metavar="NAMES", help="What happened to the pages: none, scan, fax, photo.")
    ] = "none",
    strength: Annotated[float, typer.Option("--strength", min=0.0, max=1.0, help="Of the wear.")] = 0.5,
    text_layer: Annotated[
        bool, typer.Option("--text-layer/--no-text-layer", help="Whether PDFs have text that can be selected.")
    ] = True,
    written: Annotated[str, typer.Option("--as", metavar="FORMAT", help="Papers as pdf, or as png alone.")] = "pdf",
    dpi: Annotated[int, typer.Option("--dpi", min=36, max=600, help="Of the pages' pictures.")] = 150,
    letters_pt: Annotated[
        float | None,
        typer.Option("--letters-pt", min=3.0, max=18.0, help="Size of running text, e.g. 5 for fine print."),
    ] = None,
    sign: Sign = None,
    key: Key = None,
    library: LibraryDir = None,
    as_json: AsJson = False,
) -> int:
    """Draw papers of which everything is known: words with boxes, fields, tables, questions and answers.

    They come from built-in templates, or with --like from pages of the library, of which layout and labels stay and all
    else is replaced. Beside them stand annotations in FUNSD's and SQuAD's form, and questions that lucida evaluate qa
    asks. A run that was interrupted goes on when the same command is given again.
    """
    from lucida.generate.documents.kinds import KINDS
    from lucida.generate.documents.request import PaperRequest

    request = PaperRequest(
        seed=seed,
        count=count if count is not None else (1 if like else 20),
        kinds=names_in(kinds) if kinds is not None else tuple(KINDS),
        languages=names_in(languages),
        wear=names_in(wear),
        strength=strength,
        text_layer=text_layer,
        written=written,
        dpi=dpi,
        letters_pt=letters_pt,
    )
    made = _made(request, target, like or [], names_in(keep), library, identity_of(sign, key))
    _report(made, as_json=as_json)
    return int(ExitCode.SOME_FILES_FAILED if made.failed else ExitCode.DONE)


def _made(
    request: PaperRequest,
    target: Path,
    like: list[str],
    keep: tuple[str, ...],
    library: Path | None,
    sign: Identity | None,
) -> Papers:
    from lucida.library import Library
    from lucida.library.paging import draw_papers

    with RunBar("Drawing papers", request.count) as told:
        if not like:
            return draw_papers(request, target, told, sign)
        with Library.open(library, create=False) as opened:
            return opened.generate_documents(request, target, like=like, keep=keep, sign=sign, told=told)


def _report(made: Papers, *, as_json: bool) -> None:
    if as_json:
        print_json(made.to_json())
    else:
        pages, asked = (sum(row[key] for row in made.rows) for key in ("pages", "questions"))
        told = f"{plural(len(made.rows), 'paper')}, {plural(pages, 'page')}, {plural(asked, 'question')}"
        out().print(told)
        kinds = Tally(row["kind"] for row in made.rows)
        out().print(", ".join(f"{kind} {number:,}" for kind, number in kinds.items()))
        out().print(f"papers and annotations: {short_path(str(made.folder))}")
        out().print(f"Ask them with: lucida evaluate qa {short_path(str(made.folder))} --scratch", markup=False)
    for note in made.notes:
        err().print(f"note: {note}", style="yellow", markup=False)
    for row in made.failed:
        err().print(f"failed: {row['name']}: {row['error']} {row['advice']}", style="red", markup=False)
